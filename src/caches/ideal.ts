import { RankedKeys, type RankedKey } from './ranked-keys.js';

/** For each request the place of the next one of the same key; infinity when there is none. */
function nextUses(keys: ArrayLike<number>): Float64Array {
  const next = new Float64Array(keys.length);
  const later = new Map<number, number>();
  for (let i = keys.length - 1; i >= 0; i -= 1) {
    next[i] = later.get(keys[i] as number) ?? Number.POSITIVE_INFINITY;
    later.set(keys[i] as number, i);
  }
  return next;
}

/**
 * Hits of optimal replacement (Belady's MIN) for a sequence of requests: of what is kept, that whose next use is farthest goes. No
 * policy that keeps every key it has just been asked for hits more often. `capacity`: at least 1, or infinity.
 */
export function idealHits(keys: ArrayLike<number>, capacity: number): number {
  const next = nextUses(keys);
  // The rank is the negated place of the next use: the farthest is the lowest.
  const kept = new RankedKeys<number, RankedKey<number>>();
  let size = 0;
  let hits = 0;
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] as number;
    const rank = -(next[i] as number);
    const entry = kept.get(key);
    if (entry !== undefined) {
      hits += 1;
      entry.rank = rank;
      kept.moved(entry);
      continue;
    }
    if (size >= capacity) kept.takeLowest();
    else size += 1;
    kept.add({ key, rank, turn: 0, place: 0 });
  }
  return hits;
}
