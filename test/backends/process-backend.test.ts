import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FbbError, MonotonicClock } from '../../src/core/index.js';
import type { LaunchedBackend } from '../../src/backends/launched/index.js';
import { createProcessBackend } from '../../src/backends/process/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { runtimeFolder } from '../runtime/built-programs.js';
import { nobody } from '../support/container-observers.js';
import { describeBackendContract } from './contract.js';
import { LiveCell } from './live-cell.js';
import { temporaryFolder } from './temporary-folder.js';

function createBackend(): { backend: LaunchedBackend; clock: MonotonicClock } {
  const clock = new MonotonicClock();
  return { backend: createProcessBackend({ clock, cores: 2, runtimeFolder, launchLimit: 3, memoryLimitMb: 512, containerCores: 2, whyNoRealTime: undefined, classChanger: 'chrt', observer: nobody }), clock };
}

describeBackendContract('process', {
  create: createBackend,
  meetingPlace: () => temporaryFolder(),
  functions: {
    cpu: fixtureSpec('cpu', { functionId: 'cpu' }),
    io: fixtureSpec('io', { functionId: 'io' }),
    unloadable: fixtureSpec('io', { functionId: 'unloadable', file: 'fails-to-load.cjs' }),
  },
});

/** The most loads of the function that were under way at once, from what it noted itself. */
function mostAtOnce(log: string): number {
  let [now, most] = [0, 0];
  const notes = readFileSync(log, 'utf8').trim().split('\n').map((line) => line.split(' ') as [string, string, string]);
  for (const [what] of notes.sort(([, , a], [, , b]) => (BigInt(a) < BigInt(b) ? -1 : 1))) {
    now += what === 'begin' ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

it.each([1, 3])('has no more than %i launches under way, and as many as that', async (launchLimit) => {
  const log = join(temporaryFolder(), 'loads');
  const cell = await LiveCell.open({
    spec: fixtureSpec('io', { file: 'loads-slowly.cjs' }),
    launchLimit,
    env: { FBB_TEST_LOAD_MS: '200', FBB_TEST_LOAD_LOG: log },
    scheduler: { onArrival: (invocation, ctx) => ctx.assign(ctx.launch('f'), [invocation], 'serial') },
  });
  const outcomes = await cell.run(Array.from({ length: 5 }, () => ({})));
  expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'completed'));
  expect(mostAtOnce(log)).toBe(launchLimit);
});

it('gives a place among the launches free when a launch is given up', async () => {
  const log = join(temporaryFolder(), 'loads');
  const cell = await LiveCell.open({
    spec: fixtureSpec('io', { file: 'loads-slowly.cjs' }),
    launchLimit: 1,
    env: { FBB_TEST_LOAD_MS: '60000', FBB_TEST_LOAD_LOG: log },
    scheduler: { onArrival: (_invocation, ctx) => [ctx.launch('f'), ctx.launch('f'), ctx.launch('f')].forEach((container) => ctx.retire(container)) },
  });
  cell.submit([{}]);
  await vi.waitFor(() => expect(cell.containersEnded).toBe(3), 10_000);
});

it('announces the processes of its containers while they live', async () => {
  const cell = await LiveCell.open({ spec: fixtureSpec('io') });
  await cell.run([{ do: 'returns' }]);
  expect([...cell.pids.keys()]).toEqual([0]);
  await cell.close();
  expect([...cell.pids.keys()]).toEqual([]);
});

/** Opens a backend with this as its temporary folder; gives back the error, and what its listener was told also when it is closed. */
async function openIn(folder: string): Promise<{ error: unknown; told: ReturnType<typeof vi.fn> }> {
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { backend } = createBackend();
  const told = vi.fn();
  const listener = { containerReady: told, invocationEnded: told, containerLost: told, containerEnded: told, backendFailed: told };
  const error: unknown = await backend.open({ listener, functions: new Map(), inputOf: () => undefined, resourceCache: { policy: 'off' } }).catch((thrown: unknown) => thrown);
  await backend.close();
  return { error, told };
}

it('refuses a temporary folder whose path is too long for sockets, says what to do, and leaves nothing there', async () => {
  const folder = join(temporaryFolder(), 'x'.repeat(100));
  mkdirSync(folder);
  const { error, told } = await openIn(folder);
  expect(error).toBeInstanceOf(FbbError);
  expect(error).toMatchObject({ code: 'FBB_ERR_BACKEND_SOCKET_PATH', message: expect.stringContaining(folder), fix: 'Set TMPDIR to a shorter path.', exitCode: 6 });
  expect(readdirSync(folder)).toEqual([]);
  expect(told).not.toHaveBeenCalled();
});

it('says so when it can have no temporary folder', async () => {
  const folder = join(temporaryFolder(), 'missing');
  const { error, told } = await openIn(folder);
  expect(error).toMatchObject({ code: 'FBB_ERR_BACKEND_TEMP_FOLDER', message: expect.stringContaining(folder), exitCode: 6 });
  expect(told).not.toHaveBeenCalled();
});

it('says why a container did not start, every time', async () => {
  const cell = await LiveCell.open({
    spec: fixtureSpec('io', { file: 'fails-to-load.cjs' }),
    scheduler: { onArrival: (invocation, ctx) => ctx.assign(ctx.launch('f'), [invocation], 'serial') },
  });
  cell.submit([{}]);
  const error = await cell.finished;
  expect(error).toMatchObject({ code: 'FBB_ERR_CONTAINER_LAUNCH' });
  expect(cell.engine.problems).toHaveLength(5);
  for (const problem of cell.engine.problems) expect(problem).toMatch(/exited with code 1: cannot load the function: this module is broken on purpose/);
  expect(cell.outcomes).toMatchObject([{ status: 'rejected', errorCode: 'FBB_ERR_CONTAINER_LAUNCH' }]);
});

it('passes sharing of resources on to containers', async () => {
  const cell = await LiveCell.open({ spec: fixtureSpec('io'), multiplexing: true, mode: 'expanded' });
  const outcomes = await cell.run([{ do: 'asks-resource', args: 1, value: 1 }, { do: 'asks-resource', args: 1, value: 1 }]);
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed']);
});
