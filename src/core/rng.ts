/** A seeded source of random numbers. Streams derived under different labels are independent of each other and of call order. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[];
  derive(label: string): Rng;
}

/** FNV-1a with a final avalanche, so that neighbouring labels and seeds land far apart. */
export function hash32(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** SplitMix32 (Steele, Lea, Flood 2014): one 32-bit word of state, full period, enough for placing arrivals and shuffling. */
class SplitMix32 implements Rng {
  #state: number;
  readonly #seed: number;
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 0x1_0000_0000;
  }
  integer(bound: number): number {
    return Math.floor(this.next() * bound);
  }
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j] as T, items[i] as T];
    }
    return items;
  }
  derive(label: string): Rng {
    return new SplitMix32(hash32(label, this.#seed));
  }
}

/** The generator of a suite: everything random in a run is derived from this one seed. */
export function createRng(seed: number): Rng {
  return new SplitMix32(seed);
}
