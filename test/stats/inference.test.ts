import { describe, expect, it } from 'vitest';
import { createRng } from '../../src/core/index.js';
import { correctForMany, correlationWithNext, criticalT, geometricMean, quantileOf, resample, twoSidedT, varianceOf } from '../../src/stats/index.js';

describe("Student's t", () => {
  it.each([[1, 12.7062], [4, 2.77645], [8, 2.306], [30, 2.04227]])('with %i degrees of freedom is exceeded once in twenty at %f', (degreesOfFreedom, value) => {
    expect(criticalT(0.05, degreesOfFreedom)).toBeCloseTo(value, 4);
    expect(twoSidedT(value, degreesOfFreedom)).toBeCloseTo(0.05, 5);
    expect(twoSidedT(-value, degreesOfFreedom)).toBeCloseTo(0.05, 5);
  });

  it('of 0 is exceeded always', () => {
    expect(twoSidedT(0, 5)).toBe(1);
  });
});

describe('p-values corrected for being many', () => {
  it('are those of p.adjust(method = "BH") of R', () => {
    expect(correctForMany([0.01, 0.02, 0.03, 0.04, 0.05]).map((p) => Number(p.toFixed(12)))).toEqual([0.05, 0.05, 0.05, 0.05, 0.05]);
    const corrected = correctForMany([0.041, 0.001, 0.205, 0.008, 0.039, 0.042, 0.06, 0.074, 0.212, 0.216]);
    expect(corrected.map((p) => Number(p.toFixed(4)))).toEqual([0.084, 0.01, 0.216, 0.04, 0.084, 0.084, 0.1, 0.1057, 0.216, 0.216]);
  });

  it('of none are none, and of one is itself', () => {
    expect(correctForMany([])).toEqual([]);
    expect(correctForMany([0.03])).toEqual([0.03]);
  });
});

describe('the bootstrap', () => {
  it('draws as many units as there are, with the spread of a mean', () => {
    const values = [3, 9, 4, 7, 1, 8, 8, 2];
    const means: number[] = [];
    resample(values.length, 4_000, createRng(1), (counts) => {
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
      means.push(values.reduce((sum, value, i) => sum + value * (counts[i] as number), 0) / values.length);
    });
    // Of the variance of the mean it misses the factor (n - 1) / n.
    expect(varianceOf(means) / ((varianceOf(values) / values.length) * (7 / 8))).toBeCloseTo(1, 1);
  });

  it('gives the same draws for the same seed', () => {
    const drawn = (): number[][] => {
      const all: number[][] = [];
      resample(5, 3, createRng(7), (counts) => all.push([...counts]));
      return all;
    };
    expect(drawn()).toEqual(drawn());
  });
});

describe('small statistics', () => {
  it('quantiles lie between two values as R has them (type 7)', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((q) => quantileOf([1, 2, 4, 8], q))).toEqual([1, 1.75, 3, 6.800000000000001, 8]);
  });

  it('the geometric mean of 1, 10 and 100 is 10', () => {
    expect(geometricMean([1, 10, 100])).toBeCloseTo(10, 12);
  });

  it('values that go up and down are correlated with the next one negatively, a trend positively, equal ones not at all', () => {
    expect(correlationWithNext([1, -1, 1, -1, 1, -1])).toBeCloseTo(-5 / 6, 12);
    expect(correlationWithNext([1, 2, 3, 4, 5, 6])).toBeGreaterThan(0.4);
    expect(correlationWithNext([2, 2, 2])).toBe(0);
  });
});
