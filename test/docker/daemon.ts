import { afterAll, expect } from 'vitest';
import { connectDaemon, DockerRun, type Daemon } from '../../src/backends/docker/index.js';
import { MonotonicClock, type ContainerObserver, type FunctionSpec, type Scheduler } from '../../src/core/index.js';
import type { LaunchedBackend } from '../../src/backends/launched/index.js';
import { LiveCell, type LiveCellOptions } from '../backends/live-cell.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { functionsFolder, runtimeFolder } from '../runtime/built-programs.js';
import { nobody } from '../support/container-observers.js';

/** Why there is no Docker here; undefined when there is, or when a run without it is to fail (.ci/run). */
export const noDocker: string | undefined =
  process.env['FBB_REQUIRE_DOCKER'] === undefined
    ? await connectDaemon().then(
        () => undefined,
        (thrown: unknown) => (thrown as Error).message,
      )
    : undefined;

/** What a test of Docker is called: where it is skipped, with the reason. */
export function named(name: string): string {
  return noDocker === undefined ? name : `${name} (skipped: ${noDocker})`;
}

type RunOptions = Partial<Parameters<typeof DockerRun.begin>[1]>;

let runs = 0;

/** Begins a run with an id of its own. */
export async function beginRun(options: RunOptions = {}, connect: () => Promise<Daemon> = connectDaemon): Promise<{ run: DockerRun; daemon: Daemon; runId: string }> {
  const runId = `test-${process.pid}-${(runs += 1)}`;
  const daemon = await connect();
  const run = await DockerRun.begin(daemon, {
    runId,
    runtimeFolder,
    functionsFolder,
    baseImage: undefined,
    images: new Map(),
    launchLimit: 4,
    memoryLimitMb: 128,
    containerCores: 2,
    cores: 2,
    tell: () => undefined,
    ...options,
  });
  return { run, daemon, runId };
}

let shared: ReturnType<typeof beginRun> | undefined;

/** The same run for all tests of a file that need nothing special of it: what it finds out about the daemon takes a second. */
export function sharedRun(): ReturnType<typeof beginRun> {
  shared ??= beginRun();
  return shared;
}

// What it took of the machine's real-time budget must not stay away.
afterAll(async () => (await shared)?.run.close());

/** The backend of one cell. */
export async function createBackend(run: DockerRun, specs: readonly FunctionSpec[], observer: ContainerObserver = nobody): Promise<{ backend: LaunchedBackend; clock: MonotonicClock }> {
  const clock = new MonotonicClock();
  return { backend: await run.createBackend({ clock, observer, functions: new Map(specs.map((spec) => [spec.functionId, spec])), requires: [] }), clock };
}

/** A container for each invocation. */
export const oneEach: Scheduler = { onArrival: (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial') };

/** An engine over the containers of a run. */
export function openCell(run: DockerRun, options: Omit<LiveCellOptions, 'createBackend'>): Promise<LiveCell> {
  const functions = new Map([[options.spec.functionId, options.spec]]);
  return LiveCell.open({ ...options, createBackend: (deps) => run.createBackend({ ...deps, functions, requires: [] }) });
}

/** Whatever came before: a cell of the run works, and leaves nothing. */
export async function expectNextCellWorks({ run, daemon, runId }: Awaited<ReturnType<typeof beginRun>>): Promise<void> {
  const cell = await openCell(run, { spec: fixtureSpec('io') });
  expect(await cell.run([{ do: 'returns' }])).toMatchObject([{ status: 'completed', attempt: 1 }]);
  await cell.close();
  expect(await ofRun(daemon, runId)).toEqual([]);
}

/** Ids of the containers, running or not, and the networks that a daemon has of a run. */
export async function ofRun({ docker }: Daemon, runId: string): Promise<string[]> {
  // An image tells the run that made it, and what is made of it inherits that.
  const filters = { label: [`faasbatch-bench.run=${runId}`, 'faasbatch-bench.cell'] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  return [...containers, ...networks].map(({ Id }) => Id);
}
