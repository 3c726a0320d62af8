import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeapKeys, OrderedHeap } from '../../../src/backends/simulation/ordered-heap.js';
import { runs } from '../../support/property-runs.js';

interface Step {
  readonly action: 'push' | 'move' | 'remove' | 'removeTop';
  readonly entry: number;
  readonly key: number;
}

/** Entries of a heap in the order in which they should come. */
class SortedEntries {
  readonly #entries: { readonly entry: number; readonly key: number; readonly order: number }[] = [];
  #given = 0;

  get size(): number {
    return this.#entries.length;
  }

  get top(): number {
    return this.#entries[0]?.entry as number;
  }

  get all(): number[] {
    return this.#entries.map(({ entry }) => entry);
  }

  has(entry: number): boolean {
    return this.#entries.some((other) => other.entry === entry);
  }

  push(entry: number, key: number): void {
    this.#entries.push({ entry, key, order: this.#given++ });
    this.#entries.sort((a, b) => a.key - b.key || a.order - b.order);
  }

  remove(entry: number): void {
    this.#entries.splice(
      this.#entries.findIndex((other) => other.entry === entry),
      1,
    );
  }
}

function drained(heap: OrderedHeap): number[] {
  const entries: number[] = [];
  while (heap.size > 0) {
    entries.push(heap.top);
    heap.remove(heap.top);
  }
  return entries;
}

/** An entry is taken out of the heap that has it before the other gets it. */
function play(steps: readonly Step[]): void {
  const keys = new HeapKeys();
  const heaps = [new OrderedHeap(keys, 2), new OrderedHeap(keys, 1)].map((heap) => ({ heap, sorted: new SortedEntries() }));
  for (const { action, entry, key } of steps) {
    const { heap, sorted } = heaps[entry % 2] as (typeof heaps)[number];
    if (action === 'removeTop') {
      if (sorted.size > 0) {
        heap.remove(sorted.top);
        sorted.remove(sorted.top);
      }
    } else if (!sorted.has(entry)) {
      heap.push(entry, key);
      sorted.push(entry, key);
    } else if (action === 'remove') {
      heap.remove(entry);
      sorted.remove(entry);
    } else {
      heap.move(entry, key);
      sorted.remove(entry);
      sorted.push(entry, key);
    }
    // Not `expect` for each: there are very many.
    const asSorted = heap.size === sorted.size && (heap.size === 0 || heap.top === sorted.top);
    if (!asSorted) expect.fail(`after ${action} ${entry} there are ${heap.size} with ${heap.top} on top, not ${sorted.size} with ${sorted.top}`);
  }
  for (const { heap, sorted } of heaps) expect(drained(heap)).toEqual(sorted.all);
}

describe('a heap', () => {
  it('has on top the entry with the least key, of those the one that was keyed first', () => {
    const entryCount = 60;
    const step = fc.record({
      action: fc.constantFrom('push' as const, 'push' as const, 'push' as const, 'move' as const, 'remove' as const, 'removeTop' as const),
      entry: fc.nat({ max: entryCount - 1 }),
      // Few keys, so that many are equal; the infinite one is that of work which gets nothing.
      key: fc.oneof(fc.integer({ min: -2, max: 3 }), fc.constant(Number.POSITIVE_INFINITY)),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 60, maxLength: 250 }), (steps) => play(steps)),
      runs(60),
    );
  });

  it('puts an entry that is moved to the key that it has behind the others of that key', () => {
    const heap = new OrderedHeap(new HeapKeys());
    for (const entry of [0, 1, 2]) heap.push(entry, 5);
    heap.move(0, 5);
    expect(drained(heap)).toEqual([1, 2, 0]);
  });

  it('holds more entries than it had room for at first', () => {
    const count = 5_000;
    const heap = new OrderedHeap(new HeapKeys());
    for (let entry = 0; entry < count; entry += 1) heap.push(entry, (entry * 7_919) % 1_000);
    const expected = Array.from({ length: count }, (_item, entry) => entry).sort((a, b) => ((a * 7_919) % 1_000) - ((b * 7_919) % 1_000) || a - b);
    expect(drained(heap)).toEqual(expected);
  });

  it('keeps the keys and places that were there when an entry comes whose number is far beyond them', () => {
    const heap = new OrderedHeap(new HeapKeys());
    heap.push(3, 30);
    heap.push(1, 40);
    heap.push(9_999, 20);
    heap.move(1, 5);
    heap.push(2_000, 25);
    expect(drained(heap)).toEqual([1, 9_999, 2_000, 3]);
  });
});

describe('the order of equal keys', () => {
  it('counts what is ordered outside of the heap too', () => {
    const keys = new HeapKeys();
    const heap = new OrderedHeap(keys);
    heap.push(0, 1);
    const between = keys.nextOrder();
    heap.push(1, 1);
    expect(keys.orders[0]).toBeLessThan(between);
    expect(keys.orders[1]).toBeGreaterThan(between);
  });
});
