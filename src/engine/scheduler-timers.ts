import type { Clock, Timer } from '../core/index.js';

/** Timers shorter than this, set again and again while nothing else happens, are a loop that would keep a core busy for ever. */
const shortestPatienceMs = 1;
const maxRestlessTimers = 1_000;

interface SchedulerTimersOptions {
  readonly clock: Clock;
  /** Grows with everything that happens in the cell. */
  readonly progress: () => number;
  /** Ends the cell; what to throw. */
  readonly refuse: (what: string) => Error;
  /** Calls back, and sees to what that throws. */
  readonly call: (callback: () => void) => void;
}

/** The timers of a scheduler: counted, checked, and cancelled when its cell ends. */
export class SchedulerTimers {
  readonly #options: SchedulerTimersOptions;
  readonly #pending = new Set<Timer>();
  #restless = 0;
  #restlessProgress = -1;

  constructor(options: SchedulerTimersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#pending.size;
  }

  set(delayMs: number, callback: () => void): Timer {
    const { clock, refuse, call } = this.#options;
    if (!Number.isFinite(delayMs)) throw refuse(`the delay is ${String(delayMs)}`);
    if (delayMs < shortestPatienceMs && this.#isRestless()) throw refuse(`${maxRestlessTimers} timers of less than ${shortestPatienceMs} ms in a row, with nothing done in between`);
    const timer = clock.setTimer(delayMs, () => {
      // One that was cancelled with its cell may still be under way.
      if (this.#pending.delete(timer)) call(callback);
    });
    this.#pending.add(timer);
    return {
      cancel: () => {
        timer.cancel();
        this.#pending.delete(timer);
      },
    };
  }

  cancelAll(): void {
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
  }

  #isRestless(): boolean {
    const progress = this.#options.progress();
    this.#restless = progress === this.#restlessProgress ? this.#restless + 1 : 1;
    this.#restlessProgress = progress;
    return this.#restless > maxRestlessTimers;
  }
}
