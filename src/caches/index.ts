import type { ResourceCache, Rng } from '../core/index.js';
export interface EvictionPolicy<Key> {
  used(key: Key): void;
  added(key: Key, costMs: number, sizeBytes: number): void;
  removed(key: Key): void;
  evict(): Key | undefined;
}
class Any<Key> implements EvictionPolicy<Key> {
  #e = new Map<Key, { h: number; f: number; v: number; seq: number }>();
  #L = 0;
  #seq = 0;
  constructor(readonly p: string, readonly rng: Rng) {}
  used(key: Key): void { const e = this.#e.get(key)!; e.f += 1; e.seq = this.#seq++; e.h = this.#L + e.f * e.v; }
  added(key: Key, c: number, s: number): void { this.#e.set(key, { f: 1, v: c / s, h: this.#L + c / s, seq: this.#seq++ }); }
  removed(key: Key): void { this.#e.delete(key); }
  evict(): Key | undefined {
    const es = [...this.#e];
    if (es.length === 0) return undefined;
    let i = 0;
    if (this.p === 'random') i = this.rng.integer(es.length);
    else {
      const val = ([, e]: (typeof es)[number]): number => (this.p === 'lru' ? e.seq : this.p === 'lfu' ? e.f : e.h);
      es.forEach((x, j) => { const a = val(x), b = val(es[i]!); if (a < b || (a === b && x[1].seq < es[i]![1].seq)) i = j; });
    }
    const [k, e] = es[i]!;
    if (this.p === 'gdsf') this.#L = e.h;
    this.#e.delete(k);
    return k;
  }
}
export function createEvictionPolicy<Key>(cache: ResourceCache, rng: Rng): EvictionPolicy<Key> | undefined {
  return cache.policy === 'off' || cache.policy === 'unbounded' ? undefined : new Any<Key>(cache.policy, rng);
}
export function idealHits(keys: ArrayLike<number>, capacity: number): number {
  const next: number[] = [];
  const last = new Map<number, number>();
  for (let i = keys.length - 1; i >= 0; i--) { next[i] = last.get(keys[i]!) ?? Infinity; last.set(keys[i]!, i); }
  const held = new Map<number, number>();
  let hits = 0;
  for (let i = 0; i < keys.length; i++) {
    const k = keys[i]!;
    if (held.has(k)) hits++;
    else if (held.size >= capacity) { let w = -1, far = -1; for (const [q, n] of held) if (n > far) { far = n; w = q; } held.delete(w); }
    held.set(k, next[i]!);
  }
  return hits;
}
