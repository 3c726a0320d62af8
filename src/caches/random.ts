import type { Rng } from '../core/index.js';
import type { EvictionPolicy } from './eviction-policy.js';

/** Every key is as likely to go as every other. */
export class Random<Key> implements EvictionPolicy<Key> {
  readonly #rng: Rng;
  readonly #keys: Key[] = [];
  readonly #places = new Map<Key, number>();

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  used(): void {
    // It does not matter here.
  }

  added(key: Key): void {
    this.#places.set(key, this.#keys.push(key) - 1);
  }

  removed(key: Key): void {
    const place = this.#places.get(key);
    if (place !== undefined) this.#take(place);
  }

  evict(): Key | undefined {
    return this.#keys.length === 0 ? undefined : this.#take(this.#rng.integer(this.#keys.length));
  }

  #take(place: number): Key {
    const key = this.#keys[place] as Key;
    const last = this.#keys.pop() as Key;
    this.#places.delete(key);
    if (last !== key) {
      this.#keys[place] = last;
      this.#places.set(last, place);
    }
    return key;
  }
}
