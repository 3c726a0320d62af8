import type { EvictionPolicy } from './eviction-policy.js';

/** Least recently used goes first. */
export class Lru<Key> implements EvictionPolicy<Key> {
  /** A set keeps the order in which keys were put in: the one that was used last comes last. */
  readonly #keys = new Set<Key>();

  used(key: Key): void {
    if (this.#keys.delete(key)) this.#keys.add(key);
  }

  added(key: Key): void {
    this.#keys.add(key);
  }

  removed(key: Key): void {
    this.#keys.delete(key);
  }

  evict(): Key | undefined {
    const { value: oldest, done } = this.#keys.values().next();
    if (done === true) return undefined;
    this.#keys.delete(oldest);
    return oldest;
  }
}
