import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mannWhitney, signedRank } from '../../src/stats/index.js';
import { runs } from '../support/property-runs.js';

/** Every way to choose so many of the places below `of`. */
function choices(of: number, count: number, from = 0): number[][] {
  if (count === 0) return [[]];
  return Array.from({ length: Math.max(0, of - from) }, (_, at) => from + at).flatMap((place) => choices(of, count - 1, place + 1).map((rest) => [place, ...rest]));
}

/** How far the wins of the second sample are from even, ties counting half. */
function distance(first: readonly number[], second: readonly number[]): number {
  const wins = second.flatMap((b) => first.map((a): number => (b > a ? 1 : b === a ? 0.5 : 0))).reduce((sum, win) => sum + win, 0);
  return Math.abs(wins - (first.length * second.length) / 2);
}

describe('the test of Mann and Whitney', () => {
  it('gives what R gives for two samples without ties', () => {
    // wilcox.test(x, y) of R's own example, two-sided: W = 35, p-value = 0.2544.
    const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const y = [1.15, 0.88, 0.9, 0.74, 1.21];
    expect(mannWhitney(x, y).p).toBeCloseTo(0.2544, 4);
    expect(mannWhitney(x, y).effect).toBeCloseTo(-(2 * 35) / 50 + 1, 12);
  });

  it('gives five and five that are wholly apart the least p there is for them', () => {
    expect(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toEqual({ p: 2 / 252, leastP: 2 / 252, effect: 1 });
  });

  it('says nothing of samples that are all alike', () => {
    expect(mannWhitney([3, 3, 3], [3, 3, 3])).toMatchObject({ p: 1, effect: 0 });
  });

  it('counts every split of the values, ties or not', () => {
    const value = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.array(value, { minLength: 1, maxLength: 5 }), (first, second) => {
        const all = [...first, ...second];
        const splits = choices(all.length, second.length);
        const asFar = splits.filter((places) => distance(all.filter((_, i) => !places.includes(i)), all.filter((_, i) => places.includes(i))) >= distance(first, second) - 1e-9);
        expect(mannWhitney(first, second).p).toBeCloseTo(asFar.length / splits.length, 9);
      }),
      runs(100),
    );
  });

  it('is the same from the other side, but for the sign of the effect', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 40 }), fc.array(fc.integer(), { minLength: 1, maxLength: 40 }), (first, second) => {
        const one = mannWhitney(first, second);
        const other = mannWhitney(second, first);
        expect(other.p).toBeCloseTo(one.p, 9);
        expect(other.effect).toBeCloseTo(-one.effect, 9);
        expect(one.p).toBeGreaterThan(0);
      }),
      runs(50),
    );
  });

  it('goes over to the normal approximation without a step', () => {
    const sample = (count: number, shift: number): number[] => Array.from({ length: count }, (_, i) => ((i * 7_919) % 1_009) + shift);
    const counted = mannWhitney(sample(30, 0), sample(30, 150)).p;
    const approximated = mannWhitney(sample(31, 0), sample(30, 150)).p;
    expect(Math.abs(Math.log(approximated / counted))).toBeLessThan(0.4);
  });
});

describe("Wilcoxon's signed-rank test", () => {
  it('gives what R gives for paired samples', () => {
    // wilcox.test(x, y, paired = TRUE) of R's depression data, two-sided: V = 40, p-value = 0.03906.
    const x = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    expect(signedRank(x.map((value, i) => value - (y[i] as number))).p).toBeCloseTo(0.03906, 5);
  });

  it('gives five of one sign one in sixteen, the least there is for five', () => {
    expect(signedRank([1, 2, 3, 4, 5])).toEqual({ p: 1 / 16, leastP: 1 / 16, effect: 1 });
  });

  it('leaves out what did not change', () => {
    expect(signedRank([0, 1, 0, 2, 3])).toEqual(signedRank([1, 2, 3]));
    expect(signedRank([0, 0])).toEqual({ p: 1, leastP: 1, effect: 0 });
  });

  it('counts every choice of signs, ties or not', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }).filter((value) => value !== 0), { minLength: 1, maxLength: 8 }), (differences) => {
        const { effect, p } = signedRank(differences);
        const signs = Array.from({ length: 2 ** differences.length }, (_, bits) => differences.map((value, i) => (bits & (1 << i) ? Math.abs(value) : -Math.abs(value))));
        const asFar = signs.filter((signed) => Math.abs(signedRank(signed).effect) >= Math.abs(effect) - 1e-9);
        expect(p).toBeCloseTo(asFar.length / signs.length, 9);
      }),
      runs(40),
    );
  });
});
