import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../src/core/index.js';
import { runs } from '../support/property-runs.js';

const anySeed = fc.integer({ min: 0, max: 0xffff_ffff });

function draws(rng: Rng, count: number): number[] {
  return Array.from({ length: count }, () => rng.next());
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Pearson's correlation. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  const deviation = (values: readonly number[], around: number): number => Math.sqrt(mean(values.map((value) => (value - around) ** 2)));
  return covariance / (deviation(a, meanA) * deviation(b, meanB));
}

describe('the random number generator', () => {
  it('gives the same numbers for the same seed, now and in every later version', () => {
    expect(draws(createRng(42), 3)).toEqual(draws(createRng(42), 3));
    // Result sets of different versions are comparable only while these stay.
    expect([0, 1, 2, 3].map((seed) => createRng(seed).integer(1_000_000))).toEqual([392_125, 367_875, 32_725, 553_469]);
    expect(createRng(42).derive('arrivals').integer(1_000_000)).toBe(726_534);
  });

  it('gives other numbers for another seed, also for its neighbour', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(draws(createRng(seed), 4)).not.toEqual(draws(createRng(seed + 1), 4));
      }),
      runs(100),
    );
  });

  it('takes any integer as a seed', () => {
    for (const seed of [0, -1, 2 ** 32, 2 ** 40 + 5, Number.MAX_SAFE_INTEGER]) {
      for (const value of draws(createRng(seed), 100)) expect(value >= 0 && value < 1).toBe(true);
    }
  });

  it('is uniform in [0, 1)', () => {
    for (const seed of [0, 1, 42, 0xdead_beef]) {
      const values = draws(createRng(seed), 20_000);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...values)).toBeLessThan(1);
      expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.01);
      const bins = new Array<number>(20).fill(0);
      for (const value of values) bins[Math.floor(value * 20)]! += 1;
      // 1000 are expected in each; 5 standard deviations are 154.
      for (const count of bins) expect(Math.abs(count - 1_000)).toBeLessThan(160);
    }
  });

  it('does not tell the next number by the last', () => {
    const values = draws(createRng(7), 20_000);
    for (const distance of [1, 2, 3, 10]) expect(Math.abs(correlation(values.slice(0, -distance), values.slice(distance)))).toBeLessThan(0.035);
  });

  it('draws integers below a bound, each as often as the others', () => {
    const rng = createRng(3);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i += 1) counts[rng.integer(6)]! += 1;
    expect(counts).toHaveLength(6);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    expect(rng.integer(1)).toBe(0);
  });
});

describe('a derived generator', () => {
  it('depends on its label and the seed, and not on what was drawn before', () => {
    const fresh = createRng(5);
    const used = createRng(5);
    draws(used, 17);
    used.derive('something else').next();
    expect(draws(used.derive('arrivals'), 5)).toEqual(draws(fresh.derive('arrivals'), 5));
    expect(draws(createRng(6).derive('arrivals'), 5)).not.toEqual(draws(fresh.derive('arrivals'), 5));
  });

  it('does not disturb the one it comes from', () => {
    const [left, right] = [createRng(5), createRng(5)];
    draws(left.derive('a'), 10);
    expect(draws(left, 5)).toEqual(draws(right, 5));
  });

  it('is independent of its siblings and of its parent', () => {
    const root = createRng(11);
    const streams = [root, root.derive('a'), root.derive('b'), root.derive('a').derive('b'), root.derive('cell 1'), root.derive('cell 2')].map((rng) => draws(rng, 10_000));
    for (const [i, first] of streams.entries()) {
      for (const second of streams.slice(i + 1)) expect(Math.abs(correlation(first, second))).toBeLessThan(0.05);
    }
  });

  it('starts elsewhere for each of many labels', () => {
    const root = createRng(1);
    const starts = new Set(Array.from({ length: 5_000 }, (_, i) => root.derive(`cell ${i}`).next()));
    // Among 5000 of 2^32 equal ones are unlikely: 0.3 % for a single pair.
    expect(starts.size).toBeGreaterThanOrEqual(4_999);
  });
});

describe('shuffling', () => {
  it('keeps what is there, in place', () => {
    fc.assert(
      fc.property(anySeed, fc.array(fc.integer()), (seed, items) => {
        const copy = [...items];
        expect(createRng(seed).shuffle(copy)).toBe(copy);
        expect([...copy].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
      runs(100),
    );
  });

  it('gives every order as often as the others', () => {
    const rng = createRng(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i += 1) {
      const order = rng.shuffle(['a', 'b', 'c', 'd']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(160);
  });
});
