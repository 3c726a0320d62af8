import type { Clock, Timer } from './clock.js';

/**
 * The distance from `performance.now()` (per process and per thread) to the machine's monotonic clock, which all processes and
 * threads of one host share. Taken once: both advance with the same oscillator.
 */
const offsetMs = ((): number => {
  let best = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    // The monotonic clock is read first, so time lost between the two reads makes the difference smaller: the largest is nearest.
    best = Math.max(best, Number(process.hrtime.bigint()) / 1e6 - performance.now());
  }
  return best;
})();

/** Milliseconds on the monotonic clock of this host; comparable between its processes, not between hosts. */
export function monotonicNowMs(): number {
  return performance.now() + offsetMs;
}

/** Wall-clock time, for labels and file names only; never for a duration. */
export function wallClockIso(): string {
  return new Date().toISOString();
}

/** Node's timers hold no more: one that is told to wait for longer fires at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** Node's timers have a grain of 1 ms and may fire early by more than that; this one waits for the rest. */
class NodeTimer implements Timer {
  #handle: NodeJS.Timeout | undefined;

  constructor(delayMs: number, callback: () => void) {
    this.#arm(monotonicNowMs() + delayMs, callback);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  #arm(dueMs: number, callback: () => void): void {
    this.#handle = setTimeout(() => {
      if (monotonicNowMs() < dueMs) this.#arm(dueMs, callback);
      else callback();
    }, Math.min(longestTimerMs, Math.max(1, dueMs - monotonicNowMs())));
  }
}

/** The clock of live cells: monotonic time counted from an origin, and Node's timers (whose grain is about 1 ms). */
export class MonotonicClock implements Clock {
  #originMs = monotonicNowMs();

  /** Zero of this clock on the host's monotonic clock. */
  get originMs(): number {
    return this.#originMs;
  }

  /** Puts zero where the replay starts, once everything is up; nothing may have been timed before. */
  moveOrigin(originMs: number): void {
    this.#originMs = originMs;
  }

  nowMs(): number {
    return monotonicNowMs() - this.#originMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return new NodeTimer(Math.max(0, delayMs), callback);
  }
}
