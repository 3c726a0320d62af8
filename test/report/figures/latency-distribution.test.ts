import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../export/stored-cells.js';
import { cellOf, cellWith, chart, figure, figuresOf } from './reported.js';

const labelled = (series: readonly { readonly label: string; readonly points: unknown }[]): Record<string, unknown> => Object.fromEntries(series.map(({ label, points }) => [label, points]));

describe('the distribution of latencies', () => {
  it('is of all valid repetitions together, and of completed invocations only', () => {
    const second = { ...cellWith(cellOf('baseline', { cell: { repetition: 2 } }), [40]) };
    const failed = outcomeOf({ id: 9, containerId: 0, status: 'failed', executionMs: 1 });
    const first = cellWith(cellOf('baseline'), [10, 20, 30]);
    const invalid = cellWith(cellOf('baseline', { cell: { repetition: 3 }, valid: false }), [1_000]);
    const figures = figuresOf([{ ...first, outcomes: [...first.outcomes!, failed] }, second, invalid]);
    const { series, x, y } = chart(figures, 'latency-cdf', 'lines');
    expect([x.scale, y.scale]).toEqual(['log', 'linear']);
    expect(series).toEqual([{ label: 'baseline', scheduler: 'baseline', shape: 'line', points: [[10, 0.25], [20, 0.5], [30, 0.75], [40, 1]] }]);
    expect(figure(figures, 'latency-cdf')).toMatchObject({ how: expect.stringContaining('drawn are all 4 of a row.'), caveats: ['baseline: 1 of 3 repetitions invalid and left out'] });
  });

  it('counts repetitions of a simulation that are copies of each other once', () => {
    const [first, copy] = [1, 2].map((repetition) => cellWith({ ...cellOf('baseline', { cell: { repetition } }), backend: 'simulation' }, [10, 20]));
    const figures = figuresOf([first!, copy!]);
    expect(labelled(chart(figures, 'latency-percentiles', 'lines').series)).toEqual({ baseline: [[0.5, 10]] });
    expect(figure(figures, 'latency-cdf').how).toContain('drawn are all 2 of a row.');
  });

  it('says how many are drawn of many', () => {
    const { how } = figure(figuresOf([cellWith(cellOf('baseline'), Array.from({ length: 300 }, (_, id) => id + 1))]), 'latency-cdf');
    expect(how).toMatch(/drawn are 1\d\d of 300 a row, each the latency of an invocation, more of them in the tail\.$/);
  });

  it('names no percentile beyond which no invocation lies', () => {
    const figures = figuresOf([cellWith(cellOf('baseline'), [10, 20, 30, 40]), cellWith(cellOf('batching'), [5])]);
    const { series, x } = chart(figures, 'latency-percentiles', 'lines');
    expect(x.scale).toBe('percentile');
    expect(labelled(series)).toEqual({ baseline: [[0.25, 10], [0.5, 20], [0.75, 30]] });
    expect(figure(figures, 'latency-percentiles').caveats).toEqual(['batching: too few invocations to name a percentile']);
  });

  it('draws what took no time at a µs, and says so', () => {
    const figures = figuresOf([cellWith(cellOf('baseline'), [0, 20])]);
    expect(labelled(chart(figures, 'latency-cdf', 'lines').series)).toEqual({ baseline: [[0.001, 0.5], [20, 1]] });
    expect(figure(figures, 'latency-cdf').caveats).toEqual(['baseline: latencies below 0.001 ms are drawn at 0.001 ms']);
  });

  it('names the rows of which nothing is known, and is left out where that is all', () => {
    const nothing = { summary: cellOf('batching', { arrived: 0 }) };
    expect(figure(figuresOf([cellWith(cellOf('baseline'), [1, 2]), nothing]), 'latency-cdf').caveats).toEqual(['batching: no latency of a completed invocation is known']);
    expect(figuresOf([nothing]).map(({ id }) => id)).not.toContain('latency-cdf');
  });

  it('tells rows that are from something else apart', () => {
    const figures = figuresOf([cellWith(cellOf('baseline'), [1, 2]), { summary: cellOf('batching', { total: { count: 10, p50: 20.123456 } }), rows: false }]);
    expect(figure(figures, 'latency-cdf').caveats).toEqual(['batching: from the stored percentiles']);
    expect(labelled(chart(figures, 'latency-cdf', 'lines').series)).toMatchObject({ batching: [[20.123, 0.5]] });
  });

  it('has marks where only percentiles are stored', () => {
    const figures = figuresOf([{ summary: cellOf('baseline', { total: { count: 100, p50: 20, p98: 40, max: 50 } }), rows: false }]);
    expect(chart(figures, 'latency-cdf', 'lines').series).toMatchObject([{ shape: 'points', points: [[20, 0.5], [40, 0.98], [50, 1]] }]);
    expect(chart(figures, 'latency-percentiles', 'lines').series).toMatchObject([{ points: [[0.5, 20], [0.98, 40]] }]);
    expect(figure(figures, 'latency-cdf').how).toBe('Marks alone are the percentiles that the summary has: neither rows nor a histogram are stored.');
  });
});
