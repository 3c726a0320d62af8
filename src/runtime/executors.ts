import type { FunctionModule, FunctionSpec } from '../core/function.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import { invoke, timedOutRun, type Scope, type Job, type Run } from './invoke.js';
import type { ResourceMultiplexer } from './resource-multiplexer.js';

/** Runs the invocations of a batch; calls back once for each, as it ends. */
export interface Executor {
  run(jobs: readonly Job[], onEnd: (job: Job, run: Run) => void): void;
}

interface LoopOptions {
  readonly spec: FunctionSpec;
  readonly module: FunctionModule;
  readonly multiplexer: ResourceMultiplexer;
  readonly scope: Scope | undefined;
}

/** A handler that awaits is cut off at its timeout; one that blocks the loop is found by the engine, which ends the container. */
async function invokeOnLoop(job: Job, { spec, module, multiplexer, scope }: LoopOptions, ownsThread: boolean): Promise<Run> {
  const abort = new AbortController();
  const startedMs = monotonicNowMs();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Run>((resolve) => {
    timer = setTimeout(() => {
      abort.abort();
      resolve(timedOutRun(startedMs, spec.timeoutMs));
    }, spec.timeoutMs);
  });
  const run = await Promise.race([invoke(job, { module, multiplexer, scope, signal: abort.signal, ownsThread }), timeout]);
  clearTimeout(timer);
  return run;
}

/** One after another on the main thread, batches in the order they came: what a plain FaaS runtime does. */
export class SerialExecutor implements Executor {
  readonly #options: LoopOptions;
  #tail: Promise<void> = Promise.resolve();

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  run(jobs: readonly Job[], onEnd: (job: Job, run: Run) => void): void {
    this.#tail = this.#tail.then(async () => {
      for (const [index, job] of jobs.entries()) {
        // Lets the last outcome leave and control messages in before the next handler takes the thread.
        if (index > 0) await new Promise((resolve) => setImmediate(resolve));
        onEnd(job, await invokeOnLoop(job, this.#options, true));
      }
    });
  }
}

/** All at once on the event loop: how functions that wait for I/O expand. */
export class EventLoopExecutor implements Executor {
  readonly #options: LoopOptions;
  #running = 0;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  run(jobs: readonly Job[], onEnd: (job: Job, run: Run) => void): void {
    for (const job of jobs) {
      this.#running += 1;
      void invokeOnLoop(job, this.#options, false).then((run) => {
        onEnd(job, { ...run, concurrency: this.#running });
        this.#running -= 1;
      });
    }
  }
}
