import { Worker } from 'node:worker_threads';
import { monotonicNowMs } from '../core/index.js';
import type { PacerData, PacerDue, PacerReady, PacerStart } from './pacer-protocol.js';

interface LoadGeneratorEvents {
  /** Invocation `index` is due now. */
  onDue(index: number): void;
  /** All have been told. */
  onDone(): void;
  onError(error: Error): void;
}

/** Between the call of `start` and the first possible arrival, so that the thread is waiting when it comes. */
const leadMs = 20;

/** Open loop: tells each arrival when its intended time has come, from a thread that does nothing else. */
export class LoadGenerator {
  readonly #worker: Worker;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #count: number;
  readonly #ready: Promise<PacerReady>;
  #events: LoadGeneratorEvents | undefined;
  #next = 0;

  constructor(programPath: string, intendedMs: Float64Array) {
    this.#count = intendedMs.length;
    const shared = new Float64Array(new SharedArrayBuffer(Math.max(8, intendedMs.byteLength)), 0, intendedMs.length);
    shared.set(intendedMs);
    const data: PacerData = { intendedMs: shared, stop: this.#stop };
    this.#worker = new Worker(programPath, { workerData: data });
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.once('message', resolve);
      this.#worker.once('error', reject);
    });
  }

  /** Resolves when the thread runs, to its id for the kernel where there is one. */
  async ready(): Promise<number | null> {
    return (await this.#ready).threadId;
  }

  /** Starts the replay; returns its zero on the host's monotonic clock in ms. Call after `ready`. */
  start(events: LoadGeneratorEvents): number {
    this.#events = events;
    this.#worker.on('message', (due: PacerDue) => this.#told(due));
    this.#worker.on('error', (error) => events.onError(error));
    const startMs = monotonicNowMs() + leadMs;
    const message: PacerStart = { startMs };
    this.#worker.postMessage(message);
    if (this.#count === 0) queueMicrotask(() => events.onDone());
    return startMs;
  }

  /** Ends the thread, also in mid-replay. */
  async stop(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    Atomics.notify(this.#stop, 0);
    await this.#worker.terminate();
  }

  #told(due: PacerDue): void {
    while (this.#next < due) {
      this.#events?.onDue(this.#next);
      this.#next += 1;
    }
    if (this.#next === this.#count) this.#events?.onDone();
  }
}
