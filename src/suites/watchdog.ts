import type { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FbbError } from '../core/index.js';
import type { HookName, HookWatch } from '../engine/index.js';
import { hookPatienceCpuMs, Pulse, type WatchdogData } from './watchdog-protocol.js';

/** The place of a hook is its number in shared memory; 0 means that none runs. */
const hookNumbers: Readonly<Record<HookName, number>> = { create: 1, onArrival: 2, onContainerReady: 3, onOutcome: 4, onContainerIdle: 5, onContainerLost: 6, 'a timer': 7 };

const stuckEvent = 'faasbatch-bench:stuck';
const events: EventEmitter = process;

/**
 * Calls back when a hook does not return, in the midst of it. Who came last is told first; the first to come must end the process.
 * Returns what stops that.
 */
export function onStuckHook(told: (sentence: string) => void): () => void {
  events.prependListener(stuckEvent, told);
  return () => void events.off(stuckEvent, told);
}

/** Looks after the hooks of one cell from a thread of its own. */
export class Watchdog implements HookWatch {
  readonly #pulse = new Int32Array(new SharedArrayBuffer(Pulse.size * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  readonly #ready: Promise<void>;

  /** `scheduler`: as messages call it. */
  constructor(programPath: string, scheduler: string) {
    const sentences = ['', ...Object.keys(hookNumbers)].map((hook) => {
      const error = new FbbError('FBB_ERR_SCHEDULER_STUCK', `${scheduler} did not return from ${hook} within ${hookPatienceCpuMs / 1_000} s of CPU time; is there an endless loop?`);
      return `${error.code}: ${error.message}\n${error.fix}`;
    });
    const data: WatchdogData = { pulse: this.#pulse, sentences, event: stuckEvent };
    this.#worker = new Worker(programPath, { workerData: data });
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.once('message', () => resolve());
      this.#worker.once('error', reject);
    });
  }

  /** Resolves when the thread runs. */
  ready(): Promise<void> {
    return this.#ready;
  }

  entered(hook: HookName): void {
    Atomics.store(this.#pulse, Pulse.hook, hookNumbers[hook]);
    Atomics.add(this.#pulse, Pulse.calls, 1);
  }

  left(): void {
    Atomics.store(this.#pulse, Pulse.hook, 0);
  }

  async stop(): Promise<void> {
    Atomics.store(this.#pulse, Pulse.stop, 1);
    Atomics.notify(this.#pulse, Pulse.stop);
    await this.#worker.terminate();
  }
}
