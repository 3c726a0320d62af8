import { describe, expect, it } from 'vitest';
import { parameterAxis } from '../../../src/report/figures/parameter-axis.js';

describe('the axis of a parameter', () => {
  it('is named in words, with its unit', () => {
    expect(['dispatchIntervalMs', 'sloQuantile', 'cacheCapacity', '<b>'].map((name) => parameterAxis(name))).toEqual([
      { name: 'dispatch interval', unit: 'ms', scale: 'linear' },
      { name: 'SLO quantile', unit: '', scale: 'linear' },
      { name: 'cache capacity', unit: '', scale: 'linear' },
      { name: '<b>', unit: '', scale: 'linear' },
    ]);
  });
});
