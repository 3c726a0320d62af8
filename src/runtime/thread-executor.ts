import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { ErrorCode } from '../core/errors.js';
import type { FunctionSpec } from '../core/function.js';
import { MonotonicClock, monotonicNowMs } from '../core/monotonic-clock.js';
import { noUsage, usageSince, type ResourceCache, type ResourceUsage } from '../core/resource-cache.js';
import { ThreadSupply } from '../core/thread-supply.js';
import type { Executor } from './executors.js';
import { timedOutRun, type Job, type Run } from './invoke.js';

interface ThreadOptions {
  readonly spec: FunctionSpec;
  readonly workerPath: string;
  readonly resourceCache: ResourceCache;
  readonly memoryLimitMb: number;
  /** Told what became of requests for resources on a thread since the last time. */
  readonly onResources: (used: ResourceUsage) => void;
  /** Threads idle for longer than this end, all but one. */
  readonly idleMs: number;
  /** Least attained service: a thread that has used more CPU time for one invocation, in ms, yields to the others. */
  readonly serviceSliceMs: number | undefined;
}

/** What a thread is told at its start. */
export interface ThreadData {
  readonly spec: FunctionSpec;
  readonly resourceCache: ResourceCache;
}

/** What became of all requests for resources on a thread so far: told at once, because a thread may be ended at any time. */
export interface ThreadUsage {
  readonly usage: ResourceUsage;
}

/** First message of a thread. */
export interface ThreadReady {
  /** Null where the platform does not tell. */
  readonly threadId: number | null;
}

interface Task {
  readonly job: Job;
  readonly onEnd: (job: Job, run: Run) => void;
}

/** One worker thread and what it is doing. */
interface Thread {
  readonly worker: Worker;
  state: 'starting' | 'idle' | 'busy' | 'gone';
  task: Task | undefined;
  timer: NodeJS.Timeout | undefined;
  sinceMs: number;
  /** For the kernel; known when it is ready. */
  threadId: number | null;
  yieldTimer: NodeJS.Timeout | undefined;
  /** Its CPU time when it took up its invocation. */
  cpuBeforeMs: number;
  yielding: boolean;
  usage: ResourceUsage;
}

/** The lowest priority there is in the normal class. */
const yieldingNiceness = 19;

/** Expands a batch onto worker threads; `ThreadSupply` decides who gets which, and when there is another one. */
export class ThreadExecutor implements Executor {
  readonly #options: ThreadOptions;
  readonly #supply: ThreadSupply<Thread, Task>;
  #serviceSliceMs: number | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#serviceSliceMs = options.serviceSliceMs;
    this.#supply = new ThreadSupply({
      clock: new MonotonicClock(),
      start: () => this.#start(),
      give: (thread, task) => this.#give(thread, task),
    });
  }

  run(jobs: readonly Job[], onEnd: (job: Job, run: Run) => void): void {
    for (const job of jobs) this.#supply.add({ job, onEnd });
  }

  #give(thread: Thread, task: Task): void {
    thread.state = 'busy';
    thread.task = task;
    thread.sinceMs = monotonicNowMs();
    thread.timer = setTimeout(() => {
      this.#end(thread, timedOutRun(thread.sinceMs, this.#options.spec.timeoutMs));
      this.#discard(thread);
    }, this.#options.spec.timeoutMs);
    if (this.#serviceSliceMs !== undefined && thread.threadId !== null) {
      thread.cpuBeforeMs = cpuMsOf(thread.threadId);
      this.#watchService(thread, this.#serviceSliceMs);
    }
    thread.worker.postMessage(task.job);
  }

  #start(): void {
    const begunMs = monotonicNowMs();
    const { spec, resourceCache, memoryLimitMb, workerPath } = this.#options;
    const worker = new Worker(workerPath, {
      env: SHARE_ENV,
      workerData: { spec, resourceCache } satisfies ThreadData,
      resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
    });
    const thread: Thread = { worker, state: 'starting', task: undefined, timer: undefined, sinceMs: 0, threadId: null, yieldTimer: undefined, cpuBeforeMs: 0, yielding: false, usage: noUsage };
    worker.on('message', (message: Run | ThreadReady | ThreadUsage) => {
      if ('usage' in message) {
        this.#options.onResources(usageSince(thread.usage, message.usage));
        thread.usage = message.usage;
        return;
      }
      if ('threadId' in message) {
        thread.threadId = message.threadId;
        rest(thread);
        this.#supply.started(thread, monotonicNowMs() - begunMs);
      } else if (thread.state === 'busy') this.#completed(thread, message);
      this.#armSweep();
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#lost(thread, error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'FBB_ERR_CONTAINER_MEMORY' : 'FBB_ERR_FUNCTION_THREW', error.message);
    });
    worker.on('exit', (code) => this.#lost(thread, 'FBB_ERR_FUNCTION_EXITED', `its thread ended with code ${code}`));
  }

  #completed(thread: Thread, run: Run): void {
    this.#end(thread, { ...run, concurrency: this.#supply.busy });
    if (thread.yielding && !this.#stopYielding(thread)) {
      this.#discard(thread);
      return;
    }
    rest(thread);
    this.#supply.ended(thread, true);
  }

  #lost(thread: Thread, errorCode: ErrorCode, message: string): void {
    if (thread.state === 'gone') return;
    if (thread.state === 'starting') {
      // It cannot load the function.
      thread.task = this.#supply.failed();
      thread.sinceMs = monotonicNowMs();
    }
    this.#end(thread, { status: 'failed', startedMs: thread.sinceMs, endedMs: monotonicNowMs(), errorCode, message });
    this.#withdraw(thread);
  }

  /** Looks again when it can have used up its slice; a thread that waits for a core has not. */
  #watchService(thread: Thread, sliceMs: number): void {
    const leftMs = sliceMs - (cpuMsOf(thread.threadId as number) - thread.cpuBeforeMs);
    if (leftMs <= 0) this.#yield(thread);
    else thread.yieldTimer = setTimeout(() => this.#watchService(thread, sliceMs), leftMs);
  }

  #yield(thread: Thread): void {
    try {
      setPriority(thread.threadId as number, yieldingNiceness);
      thread.yielding = true;
    } catch {
      // It has ended meanwhile; its exit event tells.
    }
  }

  /** Lowering a priority is free, taking it back needs permission: without it, this thread is the first and last to yield. */
  #stopYielding(thread: Thread): boolean {
    thread.yielding = false;
    try {
      setPriority(thread.threadId as number, getPriority());
      return true;
    } catch {
      this.#serviceSliceMs = undefined;
      return false;
    }
  }

  #end(thread: Thread, run: Run): void {
    clearTimeout(thread.timer);
    clearTimeout(thread.yieldTimer);
    const { task } = thread;
    thread.task = undefined;
    task?.onEnd(task.job, run);
  }

  #discard(thread: Thread): void {
    void thread.worker.terminate();
    this.#withdraw(thread);
  }

  /** It is given no more tasks. */
  #withdraw(thread: Thread): void {
    const { state } = thread;
    thread.state = 'gone';
    if (state === 'busy') this.#supply.ended(thread, false);
    else if (state === 'idle') this.#supply.drop(thread);
  }

  #armSweep(): void {
    const { idle } = this.#supply;
    if (this.#sweep !== undefined || idle.length <= 1) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      const dueMs = monotonicNowMs() - this.#options.idleMs;
      while (idle.length > 1 && (idle[0] as Thread).sinceMs <= dueMs) this.#discard(idle[0] as Thread);
      this.#armSweep();
    }, this.#options.idleMs);
    this.#sweep.unref();
  }
}

/** It has nothing to do from now on, until it is given a task. */
function rest(thread: Thread): void {
  thread.state = 'idle';
  thread.sinceMs = monotonicNowMs();
}

/** CPU time of a thread of this process in ms; what cannot be read has used none. */
function cpuMsOf(threadId: number): number {
  try {
    return Number.parseInt(readFileSync(`/proc/self/task/${threadId}/schedstat`, 'latin1'), 10) / 1e6;
  } catch {
    return 0;
  }
}
