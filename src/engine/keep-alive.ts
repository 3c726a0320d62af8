import type { Clock, Timer } from '../core/index.js';
import type { ContainerRecord } from './records.js';

interface KeepAliveOptions {
  readonly clock: Clock;
  readonly keepAliveMs: number;
  readonly retire: (container: ContainerRecord) => void;
}

/**
 * Retires containers that have been idle too long. One timer a function at most: it is set for the container that has been idle
 * longest, which is the first of the list, and set again for the next.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #timers = new Map<string, Timer>();

  constructor(options: KeepAliveOptions) {
    this.#options = options;
  }

  /** A container has joined the idle ones of this function. */
  watch(functionId: string, idle: readonly ContainerRecord[]): void {
    if (!this.#timers.has(functionId)) this.#arm(functionId, idle, this.#options.keepAliveMs);
  }

  cancel(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #arm(functionId: string, idle: readonly ContainerRecord[], delayMs: number): void {
    this.#timers.set(
      functionId,
      this.#options.clock.setTimer(delayMs, () => {
        this.#timers.delete(functionId);
        this.#sweep(functionId, idle);
      }),
    );
  }

  #sweep(functionId: string, idle: readonly ContainerRecord[]): void {
    const nowMs = this.#options.clock.nowMs();
    for (let oldest = idle[0]; oldest !== undefined; oldest = idle[0]) {
      const dueMs = oldest.idleSinceMs + this.#options.keepAliveMs - nowMs;
      if (dueMs > 0) {
        this.#arm(functionId, idle, dueMs);
        return;
      }
      this.#options.retire(oldest);
    }
  }
}
