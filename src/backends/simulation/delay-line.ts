import type { EventHandler, StandingEvent } from './event-queue.js';
import type { VirtualClock } from './virtual-clock.js';

const initialCapacity = 256;
const cancelled = -1;

/** Events that are all equally far away when they are made: they come in the order in which they were made, so a ring holds them. */
export class DelayLine implements EventHandler {
  readonly #clock: VirtualClock;
  readonly #delayMs: number;
  readonly #handler: EventHandler;
  readonly #event: StandingEvent;
  #times = new Float64Array(initialCapacity);
  #orders = new Float64Array(initialCapacity);
  #arguments = new Int32Array(initialCapacity);
  /** Counts of events that were made and that have come; their places are these modulo the capacity. */
  #made = 0;
  #come = 0;

  constructor(clock: VirtualClock, delayMs: number, handler: EventHandler) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#handler = handler;
    this.#event = clock.events.addStanding(this);
  }

  /** Returns the ticket to cancel it with. */
  add(argument: number): number {
    if (this.#made - this.#come === this.#times.length) this.#grow();
    const place = this.#made & (this.#times.length - 1);
    const atMs = this.#clock.nowMs() + this.#delayMs;
    const order = this.#clock.events.nextOrder();
    this.#times[place] = atMs;
    this.#orders[place] = order;
    this.#arguments[place] = argument;
    if (this.#made === this.#come) this.#event.set(atMs, order);
    return this.#made++;
  }

  /** The event must not have come yet. */
  cancel(ticket: number): void {
    this.#arguments[ticket & (this.#arguments.length - 1)] = cancelled;
  }

  fire(): void {
    const mask = this.#times.length - 1;
    const argument = this.#arguments[this.#come & mask] as number;
    this.#come += 1;
    const next = this.#come & mask;
    if (this.#come < this.#made) this.#event.set(this.#times[next] as number, this.#orders[next]);
    if (argument !== cancelled) this.#handler.fire(argument);
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length);
    const orders = new Float64Array(times.length);
    const numbers = new Int32Array(times.length);
    for (let n = this.#come; n < this.#made; n += 1) {
      const from = n & (this.#times.length - 1);
      const to = n & (times.length - 1);
      times[to] = this.#times[from] as number;
      orders[to] = this.#orders[from] as number;
      numbers[to] = this.#arguments[from] as number;
    }
    this.#times = times;
    this.#orders = orders;
    this.#arguments = numbers;
  }
}
