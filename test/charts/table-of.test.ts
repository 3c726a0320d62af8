import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf, tableOf, type Chart, type CostChart, type LineChart } from '../../src/charts/index.js';
import { readCsv } from '../../src/results/read-csv.js';

const lines: LineChart = {
  kind: 'lines',
  x: { name: 'latency', unit: 'ms', scale: 'log' },
  y: { name: 'share of invocations', unit: 'share', scale: 'linear' },
  series: [
    { label: 'vanilla', scheduler: 'vanilla', shape: 'line', points: [[1, 0.5], [2, null]] },
    { label: 'kraken', scheduler: 'kraken', shape: 'points', points: [[3, 1]] },
  ],
};

const cost: CostChart = { kind: 'cost', rows: [{ label: 'vanilla', measuredGbSeconds: 10, provisionedGbSeconds: 40, invocations: 1_000 }, { label: 'none', measuredGbSeconds: null, provisionedGbSeconds: null, invocations: 0 }] };

describe('the table of a chart', () => {
  it('has a row a point of each line, with units in the names of columns', () => {
    expect(tableOf(lines)).toEqual({ columns: ['series', 'latency (ms)', 'share of invocations (share)'], rows: [['vanilla', 1, 0.5], ['vanilla', 2, null], ['kraken', 3, 1]] });
  });

  it('names categories, not their positions', () => {
    const chart: Chart = { ...lines, x: { name: 'cache', unit: '', scale: 'category', categories: ['off', 'lru:2'] }, series: [{ label: 'vanilla', shape: 'marks', points: [[0, 1], [1, 2]] }] };
    expect(tableOf(chart).rows).toEqual([['vanilla', 'off', 1], ['vanilla', 'lru:2', 2]]);
  });

  it('has a row a bar and a column a series', () => {
    const chart: Chart = { kind: 'bars', rows: [{ label: 'vanilla' }, { label: 'kraken' }], value: { name: 'mean', unit: 'ms', scale: 'linear' }, series: [{ label: 'queue', role: 'queue', values: [1, null] }, { label: 'execution', role: 'execution', values: [3, 4] }], stacked: true };
    expect(tableOf(chart)).toEqual({ columns: ['scheduler', 'queue (ms)', 'execution (ms)'], rows: [['vanilla', 1, 3], ['kraken', null, 4]] });
  });

  it('has the intervals with their verdicts', () => {
    const chart: Chart = { kind: 'intervals', value: { name: 'change', unit: 'share', scale: 'linear' }, rows: [{ label: 'kraken', at: -0.5, from: -0.6, to: -0.4, verdict: 'better' }] };
    expect(tableOf(chart).rows).toEqual([['kraken', -0.5, -0.6, -0.4, 'better']]);
  });

  it('has the containers and invocations of a timeline by their ids', () => {
    const chart: Chart = {
      kind: 'timeline', cell: 'c', functions: ['fib'],
      containers: [{ id: 7, function: 0, launchedMs: 0, readyMs: null, retiredMs: 9, slots: 1 }],
      batches: [],
      invocations: [{ id: 3, container: 0, slot: 0, batch: 2, intendedMs: 1, startMs: 2, endMs: 4, coldStartMs: 0, queueMs: 0, totalMs: 3, completed: false }],
    };
    expect(tableOf(chart).rows).toEqual([['container', 7, 7, null, 0, null, 9, null], ['invocation', 3, 7, 2, 1, 2, 4, 'no']]);
  });

  it('follows the prices that the reader chose', () => {
    expect(tableOf(cost, { perGbSecond: 1, perMillionInvocations: 5, memory: 'measured' }).rows).toEqual([['vanilla', 10_000, 5], ['none', null, null]]);
    expect(tableOf(cost, { perGbSecond: 1, perMillionInvocations: 5, memory: 'provisioned' }).rows[0]).toEqual(['vanilla', 40_000, 5]);
  });
});

describe('CSV of a chart', () => {
  it('is read back as it was, whatever is in the names', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (labels) => {
        const table = { columns: ['a', 'b'], rows: labels.map((label) => [label, 1]) };
        const back = [...readCsv(csvOf(table))].map(({ a }) => a);
        expect(back).toEqual(labels.map((label) => (/^[=+\-@\t\r]/.test(label) ? `'${label}` : label)));
      }),
    );
  });

  it('leaves numbers below 0 alone and has nothing where nothing is known', () => {
    expect(csvOf({ columns: ['a', 'b'], rows: [[-1.5, null]] })).toBe('a,b\n-1.5,\n');
  });

  it.each(['=HYPERLINK("http://x")', '+1', '-1', '@sum'])('gives a spreadsheet no formula: %s', (name) => {
    expect(csvOf({ columns: ['a'], rows: [[name]] }).split('\n')[1]).toMatch(/^"?'/);
  });
});
