/** Decides what leaves a full cache. It knows the keys that are in the cache, as it is told of them; the cache itself is its user's. */
export interface EvictionPolicy<Key> {
  /** A key that is in the cache was asked for. */
  used(key: Key): void;
  /** A key that was not in the cache is now. `costMs`: what making its value took; `sizeBytes`: what the value takes, above 0. */
  added(key: Key, costMs: number, sizeBytes: number): void;
  /** A key left for another reason than eviction. Nothing happens when it was not there. */
  removed(key: Key): void;
  /** Takes out the key that goes next and returns it; undefined when there is none. */
  evict(): Key | undefined;
}
