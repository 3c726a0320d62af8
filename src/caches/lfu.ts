import type { EvictionPolicy } from './eviction-policy.js';
import { RankedKeys, type RankedKey } from './ranked-keys.js';

/** Least frequently used goes first, counted since it came in; of those used equally often the one that was used longest ago. */
export class Lfu<Key> implements EvictionPolicy<Key> {
  /** The rank is the count. */
  readonly #keys = new RankedKeys<Key, RankedKey<Key>>();

  used(key: Key): void {
    const entry = this.#keys.get(key);
    if (entry === undefined) return;
    entry.rank += 1;
    this.#keys.moved(entry);
  }

  added(key: Key): void {
    this.#keys.add({ key, rank: 1, turn: 0, place: 0 });
  }

  removed(key: Key): void {
    this.#keys.remove(key);
  }

  evict(): Key | undefined {
    return this.#keys.takeLowest()?.key;
  }
}
