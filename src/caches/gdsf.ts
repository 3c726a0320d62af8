import type { EvictionPolicy } from './eviction-policy.js';
import { RankedKeys, type RankedKey } from './ranked-keys.js';

interface Valued<Key> extends RankedKey<Key> {
  count: number;
  /** Cost of making it by its size. */
  readonly worth: number;
}

/**
 * Greedy dual size frequency (Cherkasova, HP Labs 1998): the lowest H = L + count x cost / size goes first, and L becomes the H of what
 * went, so that what was used long ago ages. Of equal H the one that was used longest ago goes.
 */
export class Gdsf<Key> implements EvictionPolicy<Key> {
  readonly #keys = new RankedKeys<Key, Valued<Key>>();
  #level = 0;

  /** L: never falls. */
  get level(): number {
    return this.#level;
  }

  used(key: Key): void {
    const entry = this.#keys.get(key);
    if (entry === undefined) return;
    entry.count += 1;
    entry.rank = this.#level + entry.count * entry.worth;
    this.#keys.moved(entry);
  }

  added(key: Key, costMs: number, sizeBytes: number): void {
    const worth = costMs / sizeBytes;
    this.#keys.add({ key, rank: this.#level + worth, turn: 0, place: 0, count: 1, worth });
  }

  removed(key: Key): void {
    this.#keys.remove(key);
  }

  evict(): Key | undefined {
    const lowest = this.#keys.takeLowest();
    if (lowest !== undefined) this.#level = lowest.rank;
    return lowest?.key;
  }
}
