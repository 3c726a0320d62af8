import { HeapKeys, OrderedHeap } from './ordered-heap.js';

/** What happens at an instant. Made of long-lived objects, so that an event allocates nothing. */
export interface EventHandler {
  fire(argument: number): void;
}

/** An event that is due at most once at a time, and again and again: it has a place of its own and needs none in the heap. */
export class StandingEvent {
  /** Infinite when it is not due. */
  atMs = Number.POSITIVE_INFINITY;
  order = 0;
  readonly #queue: EventQueue;
  readonly #handler: EventHandler;

  constructor(queue: EventQueue, handler: EventHandler) {
    this.#queue = queue;
    this.#handler = handler;
  }

  set(atMs: number, order = this.#queue.nextOrder()): void {
    this.atMs = atMs;
    this.order = order;
  }

  /** Infinite: it is not due. Where it was due then already, it keeps its place. */
  moveTo(atMs: number): void {
    if (atMs !== this.atMs) this.set(atMs);
  }

  /** Happens now; it may set itself again. */
  fire(): void {
    this.atMs = Number.POSITIVE_INFINITY;
    this.#handler.fire(0);
  }
}

/**
 * Events ordered by (time, order of scheduling). An event is known by its slot until it has fired or was cancelled; then the slot is
 * used again.
 */
export class EventQueue {
  readonly #keys = new HeapKeys();
  readonly #heap = new OrderedHeap(this.#keys);
  readonly #standing: StandingEvent[] = [];
  readonly #handlers: (EventHandler | undefined)[] = [];
  readonly #arguments: number[] = [];
  readonly #free: number[] = [];

  /** An event that comes and goes for as long as the queue lives; there should be few. */
  addStanding(handler: EventHandler): StandingEvent {
    const event = new StandingEvent(this, handler);
    this.#standing.push(event);
    return event;
  }

  /** Place in the order of all that is scheduled. */
  nextOrder(): number {
    return this.#keys.nextOrder();
  }

  /** Returns the slot of the event. */
  schedule(atMs: number, handler: EventHandler, argument: number): number {
    const slot = this.#free.length > 0 ? (this.#free.pop() as number) : this.#handlers.length;
    this.#handlers[slot] = handler;
    this.#arguments[slot] = argument;
    this.#heap.push(slot, atMs);
    return slot;
  }

  cancel(slot: number): void {
    this.#heap.remove(slot);
    this.#handlers[slot] = undefined;
    this.#free.push(slot);
  }

  /** The standing event that comes next, before everything in the heap; undefined when that is first, or when there is nothing. */
  nextStanding(): StandingEvent | undefined {
    const standing = this.#standing;
    let atMs = Number.POSITIVE_INFINITY;
    let order = Number.POSITIVE_INFINITY;
    let first: StandingEvent | undefined;
    if (this.#heap.size > 0) {
      const { top } = this.#heap;
      atMs = this.#keys.keys[top] as number;
      order = this.#keys.orders[top] as number;
    }
    for (let i = 0; i < standing.length; i += 1) {
      const event = standing[i] as StandingEvent;
      if (event.atMs < atMs || (event.atMs === atMs && event.order < order && atMs < Number.POSITIVE_INFINITY)) {
        first = event;
        atMs = event.atMs;
        order = event.order;
      }
    }
    return first;
  }

  /** Time of the next event in the heap in ms; infinite when there is none. */
  get nextScheduledMs(): number {
    return this.#heap.size > 0 ? (this.#keys.keys[this.#heap.top] as number) : Number.POSITIVE_INFINITY;
  }

  /** Takes the next event out of the heap, which must not be empty, and lets it happen. */
  fireScheduled(): void {
    const slot = this.#heap.top;
    const handler = this.#handlers[slot] as EventHandler;
    this.cancel(slot);
    handler.fire(this.#arguments[slot] as number);
  }
}
