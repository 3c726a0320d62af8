import { OrderedHeap, type HeapKeys } from './ordered-heap.js';

/** Work that is nearer to its end than this is done: 1 ns. */
const doneWithinMs = 1e-6;

/** Equal shares by virtual time: all in the pool attain service at one rate, so who ends first is known by a key that never changes. */
export class ServicePool {
  readonly heap: OrderedHeap;
  readonly keys: HeapKeys;
  /** Service that one who was here from the beginning has attained, in ms. */
  attainedMs = 0;
  rate = 0;

  constructor(keys: HeapKeys, capacity?: number) {
    this.keys = keys;
    this.heap = new OrderedHeap(keys, capacity);
  }

  /** Whether the first of them is done. */
  get due(): boolean {
    return this.heap.size > 0 && (this.keys.keys[this.heap.top] as number) - this.attainedMs <= doneWithinMs;
  }

  /** Ms until the first of them is done; infinite when none gets anything. */
  get nextInMs(): number {
    if (this.heap.size === 0) return Number.POSITIVE_INFINITY;
    const leftMs = (this.keys.keys[this.heap.top] as number) - this.attainedMs;
    // Work of nothing is done even where nobody gets anything.
    return leftMs > 0 ? leftMs / this.rate : 0;
  }

  /** Takes one out. Returns what is left of its work, in ms. */
  take(work: number): number {
    const leftMs = Math.max(0, (this.keys.keys[work] as number) - this.attainedMs);
    this.heap.remove(work);
    return leftMs;
  }
}
