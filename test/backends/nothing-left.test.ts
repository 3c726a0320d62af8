import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { FbbError, Scheduler } from '../../src/core/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { LiveCell } from './live-cell.js';
import { isRunning, processesWith, type FoundProcess } from './processes.js';
import { temporaryFolder } from './temporary-folder.js';

const oneEach: Scheduler = { onArrival: (invocation, ctx) => ctx.assign(ctx.launch('f'), [invocation], 'serial') };
const patience = { timeout: 10_000, interval: 20 };

function commandsOf(processes: readonly FoundProcess[]): string {
  return processes.map(({ command }) => command).join('\n');
}

function pidIn(path: string): number {
  return Number(readFileSync(path, 'utf8'));
}

/** A cell with containers that idle and that have left processes behind which are out of their group, and one container for `last`. */
async function busyCell(last: { readonly do: string; readonly mark: string }): Promise<LiveCell> {
  const cell = await LiveCell.open({ spec: fixtureSpec('io', { timeoutMs: 60_000 }), scheduler: oneEach });
  const file = (name: string): string => join(cell.folder, name);
  cell.submit([
    { do: 'returns' },
    { do: 'leaves-grandchild', pidFile: file('grandchild') },
    { do: 'leaves-session', pidFile: file('session') },
    { ...last, mark: file(last.mark), pidFile: file('last') },
  ]);
  await expect.poll(() => cell.outcomes.length >= 3 && existsSync(file(last.mark)), patience).toBe(true);
  return cell;
}

it('leaves no process and no folder when it is closed, not even those that functions detached', async () => {
  const cell = await busyCell({ do: 'leaves-stranger', mark: 'stranger-begun' });
  await cell.finished;
  const [grandchild, stranger] = [pidIn(join(cell.folder, 'grandchild')), pidIn(join(cell.folder, 'last'))];
  expect([isRunning(grandchild), isRunning(stranger)]).toEqual([true, true]);
  // The grandchild and the one in a session of its own; the stranger has another environment.
  await expect.poll(() => commandsOf(cell.processes()).match(/^sleep 600$/gm), patience).toHaveLength(2);
  expect(cell.folders()).toHaveLength(1);
  await cell.close();
  expect(cell.folders()).toEqual([]);
  // Signalled by now; the kernel may take a moment.
  await expect.poll(() => cell.processes(), { timeout: 1_000, interval: 10 }).toEqual([]);
  expect([isRunning(grandchild), isRunning(stranger)]).toEqual([false, false]);
});

it('ends what a container left in its process group together with the container', async () => {
  const cell = await LiveCell.open({
    spec: fixtureSpec('io'),
    scheduler: { ...oneEach, onContainerIdle: (container, ctx) => ctx.retire(container) },
  });
  const pidFile = join(cell.folder, 'child');
  await cell.run([{ do: 'leaves-child', pidFile }]);
  await expect.poll(() => cell.containersEnded, patience).toBe(1);
  await expect.poll(() => isRunning(pidIn(pidFile)), patience).toBe(false);
});

it('leaves nothing when the harness is killed', async () => {
  const folder = temporaryFolder();
  const harness = fork(join(import.meta.dirname, 'killed-harness.mjs'), { execArgv: [], env: { ...process.env, TMPDIR: folder } });
  onTestFinished(() => void harness.kill('SIGKILL'));
  const exited = once(harness, 'exit');
  expect((await once(harness, 'message'))[0]).toBe('up');
  await expect.poll(() => commandsOf(processesWith('TMPDIR', folder)).match(/main\.cjs/g)?.length, patience).toBeGreaterThanOrEqual(6);
  await expect.poll(() => commandsOf(processesWith('TMPDIR', folder)).match(/^sleep 600$/gm), patience).toHaveLength(2);
  expect(commandsOf(processesWith('TMPDIR', folder))).toMatch(/launcher\.cjs/);
  expect(readdirSync(folder).filter((name) => name.startsWith('fbb-'))).toHaveLength(1);

  const stranger = pidIn(join(folder, 'stranger'));
  expect(isRunning(stranger)).toBe(true);

  harness.kill('SIGKILL');
  await exited;
  await expect.poll(() => processesWith('TMPDIR', folder), patience).toEqual([]);
  await expect.poll(() => isRunning(stranger), patience).toBe(false);
  expect(readdirSync(folder).filter((name) => name.startsWith('fbb-'))).toEqual([]);
});

it('fails the cell and leaves nothing when the launcher is killed', async () => {
  const cell = await busyCell({ do: 'spins-forever', mark: 'spinning' });
  const launcher = cell.processes().find(({ command }) => command.includes('launcher.cjs')) as FoundProcess;
  process.kill(launcher.pid, 'SIGKILL');
  const error = (await cell.finished) as FbbError;
  expect(error.code).toBe('FBB_ERR_BACKEND_FAILED');
  expect(cell.outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'rejected']);
  expect(cell.engine.counts).toMatchObject({ arrived: 4, ended: 4 });
  await expect.poll(() => cell.processes(), patience).toEqual([]);
  expect(cell.folders()).toEqual([]);
});

it.each(['SIGKILL', 'SIGTERM'] as const)('can be closed after the launcher got %s, and tells of its end only once', async (signal) => {
  const cell = await LiveCell.open({ spec: fixtureSpec('io') });
  const failed = vi.spyOn(cell.engine, 'backendFailed');
  const launcher = cell.processes().find(({ command }) => command.includes('launcher.cjs')) as FoundProcess;
  process.kill(launcher.pid, signal);
  await cell.finished;
  let closed = false;
  void cell.close().then(() => (closed = true));
  await expect.poll(() => closed, { timeout: 5_000 }).toBe(true);
  expect(failed).toHaveBeenCalledTimes(1);
});

it('survives asking a launcher that has just died', async () => {
  const harness = fork(join(import.meta.dirname, 'dying-launcher.mjs'), { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, TMPDIR: temporaryFolder() } });
  onTestFinished(() => void harness.kill('SIGKILL'));
  const said: unknown[] = [];
  let stderr = '';
  harness.on('message', (message) => said.push(message));
  harness.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  await once(harness, 'close');
  expect(stderr).toBe('');
  expect(said).toEqual(['FBB_ERR_BACKEND_FAILED']);
});

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends all containers when the launcher gets %s', async (signal) => {
  const cell = await LiveCell.open({ spec: fixtureSpec('io', { timeoutMs: 60_000 }), scheduler: oneEach });
  const mark = join(cell.folder, 'spinning');
  cell.submit([{ do: 'spins-forever', mark }]);
  await expect.poll(() => existsSync(mark), patience).toBe(true);
  process.kill((cell.processes().find(({ command }) => command.includes('launcher.cjs')) as FoundProcess).pid, signal);
  expect((await cell.finished)?.code).toBe('FBB_ERR_BACKEND_FAILED');
  await expect.poll(() => cell.processes(), patience).toEqual([]);
});
