import { FbbError, type Clock, type Timer } from '../../core/index.js';
import { EventQueue, type EventHandler } from './event-queue.js';

class VirtualTimer implements Timer, EventHandler {
  readonly #queue: EventQueue;
  readonly #callback: () => void;
  #slot: number;

  constructor(queue: EventQueue, atMs: number, callback: () => void) {
    this.#queue = queue;
    this.#callback = callback;
    this.#slot = queue.schedule(atMs, this, 0);
  }

  fire(): void {
    this.#slot = -1;
    this.#callback();
  }

  cancel(): void {
    if (this.#slot < 0) return;
    this.#queue.cancel(this.#slot);
    this.#slot = -1;
  }
}

/** More events than any burst of arrivals makes. */
const mostAtOneInstant = 1_000_000;

function standsStill(atMs: number): FbbError {
  return new FbbError('FBB_ERR_SCHEDULER_STALLED', `Virtual time stands still at ${atMs} ms after ${mostAtOneInstant} events: does the scheduler act again and again in no time?`);
}

/** Time that passes only from event to event. */
export class VirtualClock implements Clock {
  readonly events = new EventQueue();
  #nowMs = 0;
  #stopped = false;
  /** Events since time last went on. */
  #still = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return new VirtualTimer(this.events, this.#nowMs + Math.max(0, delayMs), callback);
  }

  /** `afterMs` from now; what was due earlier happens now. */
  schedule(afterMs: number, handler: EventHandler, argument: number): number {
    return this.events.schedule(this.#nowMs + Math.max(0, afterMs), handler, argument);
  }

  /** Lets at most `most` events happen. Returns whether there may be more: none after `stop`. */
  run(most: number): boolean {
    const { events } = this;
    for (let i = 0; i < most && !this.#stopped; i += 1) {
      const standing = events.nextStanding();
      const atMs = standing === undefined ? events.nextScheduledMs : standing.atMs;
      if (atMs === Number.POSITIVE_INFINITY) return false;
      if (atMs > this.#nowMs) this.#still = 0;
      else if (++this.#still > mostAtOneInstant) throw standsStill(atMs);
      this.#nowMs = atMs;
      if (standing === undefined) events.fireScheduled();
      else standing.fire();
    }
    return !this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
  }
}
