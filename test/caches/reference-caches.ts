import type { EvictionPolicy } from '../../src/caches/index.js';

interface Line {
  readonly key: number;
  readonly worth: number;
  count: number;
  usedAt: number;
  h: number;
}

/** Straightforward models: a list that is searched from end to end. */
export class ReferenceCache implements EvictionPolicy<number> {
  readonly #lines: Line[] = [];
  readonly #valueOf: (line: Line) => number;
  #now = 0;
  #inflation = 0;

  constructor(policy: 'lru' | 'lfu' | 'gdsf') {
    this.#valueOf = { lru: (line: Line) => line.usedAt, lfu: (line: Line) => line.count, gdsf: (line: Line) => line.h }[policy];
  }

  get inflation(): number {
    return this.#inflation;
  }

  used(key: number): void {
    const line = this.#lines.find((candidate) => candidate.key === key);
    if (line === undefined) return;
    line.count += 1;
    line.usedAt = this.#now++;
    line.h = this.#inflation + line.count * line.worth;
  }

  added(key: number, costMs: number, sizeBytes: number): void {
    const worth = costMs / sizeBytes;
    this.#lines.push({ key, worth, count: 1, usedAt: this.#now++, h: this.#inflation + worth });
  }

  removed(key: number): void {
    const index = this.#lines.findIndex((line) => line.key === key);
    if (index >= 0) this.#lines.splice(index, 1);
  }

  evict(): number | undefined {
    const [victim] = [...this.#lines].sort((a, b) => this.#valueOf(a) - this.#valueOf(b) || a.usedAt - b.usedAt);
    if (victim === undefined) return undefined;
    this.#inflation = victim.h;
    this.removed(victim.key);
    return victim.key;
  }
}
