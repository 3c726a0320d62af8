import { describe, expect, it } from 'vitest';
import { axisOf, sweepOf } from '../../../src/report/figures/sweep.js';

type Parameters = Readonly<Record<string, number | string | boolean>>;

const rows = (...given: readonly (readonly [scheduler: string, parameters: Parameters])[]): { scheduler: string; parameters: Parameters }[] => given.map(([scheduler, parameters]) => ({ scheduler, parameters }));

describe('what is swept', () => {
  it('is the numeric parameter with the most values among those that vary within a scheduler', () => {
    expect(sweepOf(rows(['a', { x: 2, y: 1, name: 'p' }], ['a', { x: 1, y: 2, name: 'q' }], ['a', { x: 10, y: 2, name: 'r' }], ['b', {}]))).toEqual({ parameter: 'x', values: [1, 2, 10] });
  });

  it('is nothing where each scheduler has one value of its own, or names instead of numbers', () => {
    expect(sweepOf(rows(['a', { x: 1, policy: 'lru' }], ['a', { x: 1, policy: 'lfu' }], ['b', { x: 2 }]))).toBeUndefined();
  });

  it('is named in words, with its unit', () => {
    expect(['dispatchIntervalMs', 'sloQuantile', 'cacheCapacity', '<b>'].map((name) => axisOf(name))).toEqual([
      { name: 'dispatch interval', unit: 'ms', scale: 'linear' },
      { name: 'SLO quantile', unit: '', scale: 'linear' },
      { name: 'cache capacity', unit: '', scale: 'linear' },
      { name: '<b>', unit: '', scale: 'linear' },
    ]);
  });
});
