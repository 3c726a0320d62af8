import type { Rng } from '../core/index.js';

/**
 * Draws of `size` units with replacement (Efron 1979), as how often each unit is in the draw. `take` is called `draws` times with the same
 * array, filled anew: read it, do not keep it.
 */
export function resample(size: number, draws: number, rng: Rng, take: (counts: Uint32Array) => void): void {
  const counts = new Uint32Array(size);
  for (let draw = 0; draw < draws; draw += 1) {
    counts.fill(0);
    for (let unit = 0; unit < size; unit += 1) {
      const drawn = rng.integer(size);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    take(counts);
  }
}

/** A quantile of ascending values, between two of them by interpolation. */
export function quantileOf(ascending: ArrayLike<number>, q: number): number {
  const place = q * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below] as number;
  return below + 1 < ascending.length ? low + (place - below) * ((ascending[below + 1] as number) - low) : low;
}
