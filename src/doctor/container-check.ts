import { availableParallelism } from 'node:os';
import { DockerRun, removeRun, type Daemon } from '../backends/docker/index.js';
import { describeError, FbbError, MonotonicClock, noSharing, type Backend, type Container, type ContainerObserver, type ErrorCode, type FunctionSpec } from '../core/index.js';
import { ok, warning, within, type Check } from './check.js';
import { mendRealTime } from './host-checks.js';

/** What a container is tried with. */
export interface Trial {
  readonly runtimeFolder: string;
  readonly functionsFolder: string;
  /** The first one is run, the others see to it that what they need can be made. */
  readonly functions: readonly FunctionSpec[];
  readonly input: unknown;
  /** Told what takes time. */
  readonly tell: (sentence: string) => void;
}

/** An image may have to be made first, which takes a few seconds. */
const trialLimitMs = 90_000;
const removalLimitMs = 10_000;
const memoryLimitMb = 256;

const nobody: ContainerObserver = { containerStarted: () => undefined, containerRead: () => undefined, containerStopped: () => undefined };

interface Times {
  readonly launchMs: number;
  readonly answerMs: number;
}

/** Launches one container and has it run one invocation. */
function launchOne(backend: Backend, clock: MonotonicClock, { functions, input }: Trial): Promise<Times> {
  const { functionId } = functions[0] as FunctionSpec;
  const container: Container = { id: 0, functionId, state: 'starting', launchedMs: 0, readyMs: Number.NaN, inFlight: 0, batches: 0, served: 0 };
  const invocation = { id: 0, functionId, intendedMs: 0, submittedMs: 0, attempt: 1 };
  return new Promise((resolve, reject) => {
    const fail = (code: ErrorCode, reason: string): void => reject(new FbbError(code, reason));
    let launchedMs = 0;
    let readyMs = 0;
    const listener = {
      containerReady: (): void => {
        readyMs = clock.nowMs();
        backend.dispatch(container, { id: 0, mode: 'serial', invocations: [invocation] });
      },
      invocationEnded: (_container: number, _invocation: number, { status, errorCode, message }: { status: string; errorCode: ErrorCode | undefined; message?: string | undefined }): void => {
        if (status === 'completed') resolve({ launchMs: readyMs - launchedMs, answerMs: clock.nowMs() - readyMs });
        else fail(errorCode ?? 'FBB_ERR_FUNCTION_THREW', message ?? `its invocation ended as ${status}`);
      },
      containerLost: (_container: number, code: ErrorCode, reason: string): void => fail(code, reason),
      containerEnded: (): void => undefined,
      backendFailed: fail,
    };
    const launch = (): void => {
      launchedMs = clock.nowMs();
      backend.launch(container);
    };
    backend.open({ listener, functions: new Map(functions.map((spec) => [spec.functionId, spec])), inputOf: () => input, resourceCache: noSharing }).then(launch, reject);
  });
}

const byItself = new Set<ErrorCode>(['FBB_ERR_DOCKER_PERMISSION', 'FBB_ERR_DOCKER_DISK_FULL', 'FBB_ERR_BACKEND_TEMP_FOLDER', 'FBB_ERR_BACKEND_SOCKET_PATH']);

function failureOf(thrown: unknown): Check {
  const name = 'container';
  const found = describeError(thrown);
  if (thrown instanceof FbbError && byItself.has(thrown.code)) return { name, state: 'failed', found, mend: thrown.fix };
  return { name, state: 'failed', found, mend: 'sudo journalctl -u docker -n 50 shows what the daemon says of it' };
}

function realTimeCheck(backend: Backend): Check {
  const name = 'real-time containers';
  const refused = backend.missingCapabilities?.get('cpu-class');
  if (refused === undefined) return ok(name, 'SCHED_FIFO is permitted');
  const mend = process.getuid?.() === 0 || process.platform !== 'linux' ? mendRealTime() : 'run as root (sudo): a user may not change the class of what another user runs';
  return warning(name, `${refused}; without SCHED_FIFO, scheduler sfs is skipped`, mend);
}

/** Starts a container as a run does, lets it answer once, and removes it; and tells whether containers may be of the real-time class. */
export async function checkContainer(daemon: Daemon, trial: Trial, signal?: AbortSignal): Promise<Check[]> {
  const runId = `doctor-${process.pid}`;
  const cores = availableParallelism();
  const run = DockerRun.forTrial(daemon, { ...trial, runId, baseImage: undefined, images: new Map(), launchLimit: 1, memoryLimitMb, containerCores: cores, cores });
  const clock = new MonotonicClock();
  // A daemon on another machine cannot run functions with needs, and says so in a run that wants them.
  const functions = trial.functions.filter(({ needs }) => daemon.reach.by === 'socket' || needs.length === 0);
  const tried = async (): Promise<Check[]> => {
    const backend = await run.createBackend({ clock, observer: nobody, functions: new Map(functions.map((spec) => [spec.functionId, spec])), requires: ['cpu-class'] });
    try {
      const { launchMs, answerMs } = await launchOne(backend, clock, { ...trial, functions });
      return [ok('container', `ready ${launchMs.toFixed(0)} ms after its launch, answered ${answerMs.toFixed(0)} ms later`), realTimeCheck(backend)];
    } catch (thrown) {
      return [failureOf(thrown), realTimeCheck(backend)];
    } finally {
      await backend.close();
    }
  };
  try {
    return await within(tried(), { limitMs: trialLimitMs, signal });
  } catch (thrown) {
    // What was given up may have made something by now.
    await within(removeRun(daemon.docker, runId), { limitMs: removalLimitMs }).catch(() => undefined);
    return [signal?.aborted === true ? { name: 'container', state: 'failed', found: 'interrupted' } : failureOf(thrown)];
  } finally {
    run.close();
  }
}
