import type { Clock, Timer } from '../core/index.js';
import type { ContainerRecord, Pool } from './records.js';

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
  readonly #timers = new Map<Pool, Timer>();

  constructor(options: KeepAliveOptions) {
    this.#options = options;
  }

  /** A container has joined the idle ones of this pool. */
  watch(pool: Pool): void {
    // Where there was one before it, the timer is set already.
    if (pool.idle.length === 1 && !this.#timers.has(pool)) this.#arm(pool, this.#options.keepAliveMs);
  }

  cancel(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #arm(pool: Pool, delayMs: number): void {
    this.#timers.set(
      pool,
      this.#options.clock.setTimer(delayMs, () => {
        this.#timers.delete(pool);
        this.#sweep(pool);
      }),
    );
  }

  #sweep(pool: Pool): void {
    const nowMs = this.#options.clock.nowMs();
    for (let oldest = pool.idle[0]; oldest !== undefined; oldest = pool.idle[0]) {
      const dueMs = oldest.idleSinceMs + this.#options.keepAliveMs - nowMs;
      if (dueMs > 0) {
        this.#arm(pool, dueMs);
        return;
      }
      this.#options.retire(oldest);
    }
  }
}
