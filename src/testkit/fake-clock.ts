import type { Clock, Timer } from '../core/index.js';

/** Above what a scheduler needs that looks every millisecond for some minutes. */
const timerLimit = 500_000;

/** Something sets timers for ever. */
export class EndlessTimers extends Error {}

interface Entry {
  readonly atMs: number;
  readonly owner: string;
  readonly callback: () => void;
}

/**
 * Time that passes only when a test says so. Timers fire in a total order: by time, then by the order in which they were set, also
 * those that are set while time passes. Each timer belongs to an owner, so that a test can ask who has left some behind.
 */
export class FakeClock implements Clock {
  #nowMs = 0;
  /** In the order in which they fire. */
  readonly #entries: Entry[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.#set(delayMs, callback, 'nobody');
  }

  /** The same time line for one party; its timers are counted separately. */
  ownedBy(owner: string): Clock {
    return {
      nowMs: () => this.#nowMs,
      setTimer: (delayMs, callback) => this.#set(delayMs, callback, owner),
    };
  }

  /** Timers that have neither fired nor been cancelled, of one owner or of all. */
  pending(owner?: string): number {
    return this.#entries.filter((entry) => owner === undefined || entry.owner === owner).length;
  }

  /** When the next timer fires, of one owner or of all. */
  nextAtMs(owner?: string): number | undefined {
    return this.#entries.find((entry) => owner === undefined || entry.owner === owner)?.atMs;
  }

  /** Lets `durationMs` pass and fires what is due, at its own time. */
  advance(durationMs: number): void {
    this.advanceTo(this.#nowMs + durationMs);
  }

  advanceTo(atMs: number): void {
    for (let next = this.#entries[0]; next !== undefined && next.atMs <= atMs; next = this.#entries[0]) this.#fire(next);
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /** Fires the next timer; false when there is none. */
  step(): boolean {
    const next = this.#entries[0];
    if (next === undefined) return false;
    this.#fire(next);
    return true;
  }

  /** Fires timers until none is left, or until `enough`. Throws `EndlessTimers` when there are too many. */
  runAll(enough: () => boolean = () => false): void {
    for (let fired = 0; !enough() && this.step(); fired += 1) {
      if (fired >= timerLimit) throw new EndlessTimers(`Timers are still being set after ${timerLimit} have fired, at ${this.#nowMs} ms.`);
    }
  }

  #fire(entry: Entry): void {
    this.#entries.shift();
    this.#nowMs = entry.atMs;
    entry.callback();
  }

  #set(delayMs: number, callback: () => void, owner: string): Timer {
    if (!Number.isFinite(delayMs)) throw new Error(`A timer was set for ${delayMs} ms.`);
    const entry: Entry = { atMs: this.#nowMs + Math.max(0, delayMs), owner, callback };
    const behind = this.#entries.findLastIndex((other) => other.atMs <= entry.atMs);
    this.#entries.splice(behind + 1, 0, entry);
    return {
      cancel: () => {
        const index = this.#entries.indexOf(entry);
        if (index >= 0) this.#entries.splice(index, 1);
      },
    };
  }
}
