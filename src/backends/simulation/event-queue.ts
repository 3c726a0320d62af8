import { HeapKeys, OrderedHeap } from './ordered-heap.js';

/** What happens at an instant. Made of long-lived objects, so that an event allocates nothing. */
export interface EventHandler {
  fire(argument: number): void;
}

/**
 * Events ordered by (time, order of scheduling). An event is known by its slot until it has fired or was cancelled; then the slot is
 * used again.
 */
export class EventQueue {
  readonly #keys = new HeapKeys();
  readonly #heap = new OrderedHeap(this.#keys);
  readonly #handlers: (EventHandler | undefined)[] = [];
  readonly #arguments: number[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#heap.size;
  }

  /** Time of the next event in ms; the queue must not be empty. */
  get nextMs(): number {
    return this.#keys.keys[this.#heap.top] as number;
  }

  /** Returns the slot of the event. */
  schedule(atMs: number, handler: EventHandler, argument: number): number {
    const slot = this.#free.length > 0 ? (this.#free.pop() as number) : this.#handlers.length;
    this.#handlers[slot] = handler;
    this.#arguments[slot] = argument;
    this.#heap.push(slot, atMs);
    return slot;
  }

  /** Gives a pending event another time; among those of equal time it is then the last. */
  move(slot: number, atMs: number): void {
    this.#heap.move(slot, atMs);
  }

  cancel(slot: number): void {
    this.#heap.remove(slot);
    this.#handlers[slot] = undefined;
    this.#free.push(slot);
  }

  /** Takes out the next event and lets it happen; the queue must not be empty. */
  fireNext(): void {
    const slot = this.#heap.top;
    const handler = this.#handlers[slot] as EventHandler;
    this.cancel(slot);
    handler.fire(this.#arguments[slot] as number);
  }
}
