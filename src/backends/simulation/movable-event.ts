import type { EventHandler, EventQueue } from './event-queue.js';

/** An event whose time changes often before it happens. */
export class MovableEvent {
  readonly #events: EventQueue;
  readonly #handler: EventHandler;
  #slot = -1;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(events: EventQueue, handler: EventHandler) {
    this.#events = events;
    this.#handler = handler;
  }

  /** Infinite: it does not happen. */
  moveTo(atMs: number): void {
    if (atMs === this.#atMs) return;
    this.#atMs = atMs;
    if (atMs === Number.POSITIVE_INFINITY) {
      this.#events.cancel(this.#slot);
      this.#slot = -1;
    } else if (this.#slot < 0) this.#slot = this.#events.schedule(atMs, this.#handler, 0);
    else this.#events.move(this.#slot, atMs);
  }

  /** To be called when it happens: it is pending no more. */
  happened(): void {
    this.#slot = -1;
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
