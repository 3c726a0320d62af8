import { connectDaemon, DockerRun, type Daemon } from '../../src/backends/docker/index.js';
import { MonotonicClock, type ContainerObserver, type FunctionSpec } from '../../src/core/index.js';
import type { LaunchedBackend } from '../../src/backends/launched/index.js';
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

/** The backend of one cell. */
export async function createBackend(run: DockerRun, specs: readonly FunctionSpec[], observer: ContainerObserver = nobody): Promise<{ backend: LaunchedBackend; clock: MonotonicClock }> {
  const clock = new MonotonicClock();
  return { backend: await run.createBackend({ clock, observer, functions: new Map(specs.map((spec) => [spec.functionId, spec])) }), clock };
}
