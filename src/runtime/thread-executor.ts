import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { ErrorCode } from '../core/errors.js';
import type { FunctionSpec } from '../core/function.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import type { Executor } from './executors.js';
import { timedOutRun, type Job, type Run } from './invoke.js';

interface ThreadOptions {
  readonly spec: FunctionSpec;
  readonly workerPath: string;
  readonly multiplexing: boolean;
  readonly memoryLimitMb: number;
  /** Threads idle for longer than this end, all but one. */
  readonly idleMs: number;
  /** Least attained service: a thread that has used more CPU time for one invocation, in ms, yields to the others. */
  readonly serviceSliceMs: number | undefined;
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
}

/** The lowest priority there is in the normal class. */
const yieldingNiceness = 19;

/** What a thread takes to start before one of this container has been timed, in ms. */
const assumedStartMs = 30;

/**
 * Expands a batch onto worker threads: every invocation that runs for long ends up with a thread of its own, short ones share.
 * Starting a thread costs some 30 ms of CPU, often more than an invocation, so a further one is started only when no invocation has
 * been taken up for as long as a start takes (the ski-rental rule: never more than twice the cost of having known). Starts under
 * way may be as many as threads are busy, so that a batch of long invocations doubles its threads in each round.
 */
export class ThreadExecutor implements Executor {
  readonly #options: ThreadOptions;
  readonly #queue: Task[] = [];
  readonly #idle: Thread[] = [];
  #starting = 0;
  #busy = 0;
  #startMs = assumedStartMs;
  #serviceSliceMs: number | undefined;
  /** When an invocation was last taken up, or a start begun for the waiting ones. */
  #movedMs = 0;
  #patience: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#serviceSliceMs = options.serviceSliceMs;
  }

  run(jobs: readonly Job[], onEnd: (job: Job, run: Run) => void): void {
    if (this.#queue.length === 0) this.#movedMs = monotonicNowMs();
    for (const job of jobs) this.#queue.push({ job, onEnd });
    this.#advance();
  }

  #advance(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) this.#give(this.#idle.pop() as Thread, this.#queue.shift() as Task);
    if (this.#queue.length <= this.#starting) return;
    if (this.#busy + this.#starting === 0) {
      this.#start();
      return;
    }
    this.#patience ??= setTimeout(() => this.#losePatience(), Math.max(1, this.#movedMs + this.#startMs - monotonicNowMs()));
  }

  /** Nobody was taken up for a while: as many further threads as are busy, at most one for each that waits. */
  #losePatience(): void {
    this.#patience = undefined;
    if (monotonicNowMs() - this.#movedMs >= this.#startMs) {
      const wanted = Math.min(this.#queue.length, Math.max(1, this.#busy));
      while (this.#starting < wanted) this.#start();
    }
    this.#advance();
  }

  #give(thread: Thread, task: Task): void {
    thread.state = 'busy';
    thread.task = task;
    thread.sinceMs = monotonicNowMs();
    this.#busy += 1;
    this.#movedMs = thread.sinceMs;
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
    this.#starting += 1;
    const begunMs = monotonicNowMs();
    this.#movedMs = begunMs;
    const { spec, multiplexing, memoryLimitMb, workerPath } = this.#options;
    const worker = new Worker(workerPath, {
      env: SHARE_ENV,
      workerData: { spec, multiplexing },
      resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
    });
    const thread: Thread = { worker, state: 'starting', task: undefined, timer: undefined, sinceMs: 0, threadId: null, yieldTimer: undefined, cpuBeforeMs: 0, yielding: false };
    worker.on('message', (message: Run | ThreadReady) => {
      if ('threadId' in message) {
        this.#starting -= 1;
        thread.threadId = message.threadId;
        // The shortest seen: on busy cores a start takes longer, but costs no more.
        this.#startMs = Math.min(this.#startMs, monotonicNowMs() - begunMs);
      } else if (thread.state === 'busy') this.#end(thread, { ...message, concurrency: this.#busy });
      else return;
      if (thread.yielding && !this.#stopYielding(thread)) {
        this.#discard(thread);
        return;
      }
      thread.state = 'idle';
      this.#release(thread);
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#lost(thread, error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'FBB_ERR_CONTAINER_MEMORY' : 'FBB_ERR_FUNCTION_THREW', error.message);
    });
    worker.on('exit', (code) => this.#lost(thread, 'FBB_ERR_FUNCTION_EXITED', `its thread ended with code ${code}`));
  }

  /** A thread that has nothing to do: takes the next task, or waits for a while. */
  #release(thread: Thread): void {
    thread.sinceMs = monotonicNowMs();
    this.#idle.push(thread);
    this.#advance();
    if (this.#idle.length > 1) this.#armSweep();
  }

  #lost(thread: Thread, errorCode: ErrorCode, message: string): void {
    if (thread.state === 'gone') return;
    if (thread.state === 'starting') {
      this.#starting -= 1;
      // It cannot load the function; the one at the head of the queue answers for it, so that nobody waits for ever.
      thread.task = this.#queue.shift();
      thread.sinceMs = monotonicNowMs();
    }
    const index = this.#idle.indexOf(thread);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#end(thread, { status: 'failed', startedMs: thread.sinceMs, endedMs: monotonicNowMs(), errorCode, message });
    thread.state = 'gone';
    this.#advance();
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
    if (thread.state === 'busy') this.#busy -= 1;
    const { task } = thread;
    thread.task = undefined;
    task?.onEnd(task.job, run);
  }

  #discard(thread: Thread): void {
    thread.state = 'gone';
    void thread.worker.terminate();
    this.#advance();
  }

  #armSweep(): void {
    if (this.#sweep !== undefined) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      const dueMs = monotonicNowMs() - this.#options.idleMs;
      // The longest idle are in front: threads are taken from the back.
      while (this.#idle.length > 1 && (this.#idle[0] as Thread).sinceMs <= dueMs) this.#discard(this.#idle.shift() as Thread);
      if (this.#idle.length > 1) this.#armSweep();
    }, this.#options.idleMs);
    this.#sweep.unref();
  }
}

/** CPU time of a thread of this process in ms; what cannot be read has used none. */
function cpuMsOf(threadId: number): number {
  try {
    return Number.parseInt(readFileSync(`/proc/self/task/${threadId}/schedstat`, 'latin1'), 10) / 1e6;
  } catch {
    return 0;
  }
}
