import { describe, expect, it } from 'vitest';
import { rowsAt, sweepOf } from '../../src/report/sweep.js';
import { manifestOf, manifestCellOf } from '../results/stored-run.js';

type Row = Parameters<typeof sweepOf>[0][number];

function row(scheduler: string, parameters: Row['parameters'] = {}): Row {
  return { experiment: 'sweep', workload: 'icdcs-cpu', scheduler, parameters };
}

function swept(scheduler: string, parameter: string, values: readonly (number | string)[], more: Row['parameters'] = {}): Row[] {
  return values.map((value) => row(scheduler, { ...more, [parameter]: value }));
}

const manifest = manifestOf();

describe('what is swept', () => {
  it('is the number of which rows of one scheduler have several values, ascending, shown at the default of the scheduler', () => {
    const rows = [...swept('batching', 'dispatchIntervalMs', [500, 10, 200]), row('baseline')];
    expect(sweepOf(rows, manifest)).toEqual({ parameter: 'dispatchIntervalMs', values: [10, 200, 500], shown: 200, schedulers: ['batching'] });
  });

  it('is nothing where schedulers differ and each has one value', () => {
    expect(sweepOf([row('batching', { dispatchIntervalMs: 200 }), row('kraken', { dispatchIntervalMs: 100 }), row('baseline')], manifest)).toBeUndefined();
    expect(sweepOf([], manifest)).toBeUndefined();
  });

  it('is no policy and no placement: these are compared with each other', () => {
    expect(sweepOf(swept('batching', 'cache', ['off', 'lru', 'unbounded']), manifest)).toBeUndefined();
  });

  it('is shown as another experiment has it where the scheduler tells no default', () => {
    const cells = [manifestCellOf({ experiment: 'e2e', scheduler: 'kraken', parameters: { sloQuantile: 0.9 } }), manifestCellOf({ experiment: 'sweep', scheduler: 'kraken', parameters: { sloQuantile: 0.5 } })];
    expect(sweepOf(swept('kraken', 'sloQuantile', [0.5, 0.9, 0.98]), { ...manifest, cells })?.shown).toBe(0.9);
  });

  it('is shown in the middle where nothing is usual, or the usual was not run', () => {
    expect(sweepOf(swept('kraken', 'sloQuantile', [0.5, 0.7, 0.98]), manifest)?.shown).toBe(0.7);
    expect(sweepOf(swept('batching', 'dispatchIntervalMs', [10, 50, 100]), manifest)?.shown).toBe(50);
  });

  it('is of two parameters the one with the most values', () => {
    const rows = [1, 2, 3].flatMap((a) => swept('batching', 'b', [1, 2], { a }));
    expect(sweepOf(rows, manifest)).toEqual({ parameter: 'a', values: [1, 2, 3], shown: 2, schedulers: ['batching'] });
  });
});

describe('the rows at one value', () => {
  it('are those with it, those that do not have the parameter, and those that have it fixed at another', () => {
    const rows = [...swept('batching', 'dispatchIntervalMs', [10, 200]), row('baseline'), row('kraken', { dispatchIntervalMs: 50 })];
    expect(rowsAt(rows, sweepOf(rows, manifest)!, 200)).toEqual([rows[1], rows[2], rows[3]]);
  });

  it('are not those of a scheduler that was to run at several values and has finished at another one only', () => {
    const planned = [...swept('batching', 'dispatchIntervalMs', [10, 200]), ...swept('kraken', 'dispatchIntervalMs', [10, 200])];
    const cells = planned.map((each) => manifestCellOf({ ...each }));
    const rows = planned.slice(0, 3);
    const sweep = sweepOf(rows, { ...manifest, cells })!;
    expect(rowsAt(rows, sweep, 200)).toEqual([rows[1]]);
    expect(rowsAt(rows, sweep, 10)).toEqual([rows[0], rows[2]]);
  });

  it('are also variants of a swept scheduler that are no number', () => {
    const rows = [...swept('batching', 'dispatchIntervalMs', [10, 200, 'adaptive']), row('baseline')];
    expect(rowsAt(rows, sweepOf(rows, manifest)!, 200)).toEqual([rows[1], rows[2], rows[3]]);
  });
});
