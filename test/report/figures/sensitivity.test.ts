import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../src/results/index.js';
import type { StoredCell } from '../../export/stored-cells.js';
import { cellOf, chart, figure, figuresOf, reported } from './reported.js';

type PublishedCell = NonNullable<Manifest['published']>['cells'][number];

function swept(scheduler: string, values: readonly number[], more: Readonly<Record<string, string>> = {}): StoredCell[] {
  return values.map((x) => ({ summary: cellOf(scheduler, { cell: { experiment: 'sweep', parameters: { dispatchIntervalMs: x, ...more } }, total: { mean: x * 2, p98: x * 3 }, containers: x }) }));
}

const fixed: StoredCell = { summary: cellOf('baseline', { cell: { experiment: 'sweep' }, total: { mean: 7 } }) };

function publishedCell(parameters: PublishedCell['parameters'], meanMs: number): PublishedCell {
  return { experiment: 'sweep', workload: 'icdcs-cpu', scheduler: 'batching', parameters, meanMs, p50Ms: 1, p98Ms: 2, containers: 3, partsMs: {} };
}

describe('figures of a sweep', () => {
  it('have the values of each scheduler, and level lines of those without the parameter', () => {
    const figures = figuresOf([fixed, ...swept('batching', [100, 10])]);
    const { x, y, series } = chart(figures, 'sensitivity-latency', 'lines');
    expect([x, y.scale]).toEqual([{ name: 'dispatch interval', unit: 'ms', scale: 'linear' }, 'log']);
    expect(series).toEqual([
      { label: 'baseline', scheduler: 'baseline', shape: 'line', points: [[10, 7], [100, 7]] },
      { label: 'batching', scheduler: 'batching', shape: 'marks', points: [[10, 20], [100, 200]] },
    ]);
    expect(chart(figures, 'sensitivity-p98', 'lines').series).toMatchObject([{ points: [[10, 30], [100, 300]] }]);
    expect(figure(figures, 'sensitivity-p98').caveats).toEqual(['baseline: not known']);
    expect(chart(figures, 'sensitivity-containers', 'lines').series[1]).toMatchObject({ points: [[10, 10], [100, 100]] });
    expect(figure(figures, 'sensitivity-latency').title).toBe('Mean latency of batching against the dispatch interval');
  });

  it('tell twins apart by what else differs', () => {
    const series = chart(figuresOf([...swept('batching', [1, 2, 3], { cache: 'lru' }), ...swept('batching', [1, 2, 3], { cache: 'lfu' })]), 'sensitivity-latency', 'lines').series;
    expect(series).toMatchObject([{ label: 'batching cache=lru', twin: 0 }, { label: 'batching cache=lfu', twin: 1 }]);
  });

  it('have a level line for a variant that is no number', () => {
    const adaptive = { summary: cellOf('batching', { cell: { experiment: 'sweep', parameters: { dispatchIntervalMs: 'adaptive' } }, total: { mean: 5 } }) };
    const [section] = reported([...swept('batching', [10, 100]), adaptive]);
    expect(chart(section!.figures, 'sensitivity-latency', 'lines').series).toEqual([
      { label: 'batching', scheduler: 'batching', twin: 0, shape: 'marks', points: [[10, 20], [100, 200]] },
      { label: 'batching dispatchIntervalMs=adaptive', scheduler: 'batching', twin: 1, shape: 'line', points: [[10, 5], [100, 5]] },
    ]);
    expect(chart(section!.slices[0]!.figures, 'containers', 'bars').rows.map(({ label }) => label)).toEqual(['batching dispatchIntervalMs=10', 'batching dispatchIntervalMs=adaptive']);
  });

  it('have what was published for the same values, dashed', () => {
    const published = { source: 'A paper, 2023. More of it', cells: [publishedCell({ dispatchIntervalMs: 100 }, 55), publishedCell({ dispatchIntervalMs: 99 }, 1)] };
    const figures = figuresOf(swept('batching', [10, 100]), { published });
    expect(chart(figures, 'sensitivity-latency', 'lines').series[1]).toEqual({ label: 'batching (paper)', scheduler: 'batching', shape: 'marks', points: [[100, 55]], reference: true });
    expect(figure(figures, 'sensitivity-latency').how).toContain('as published (A paper, 2023)');
    const everywhere = { source: 'A paper', cells: [publishedCell({}, 55)] };
    expect(chart(figuresOf(swept('batching', [10, 100]), { published: everywhere }), 'sensitivity-latency', 'lines').series).toHaveLength(1);
  });
});

describe('the slices of a sweep', () => {
  it('are one a value, with the rows that have no such parameter in each', () => {
    const [section] = reported([fixed, ...swept('batching', [10, 200, 300, 400])]);
    expect(section!.slices.map(({ label }) => label)).toEqual(['dispatchIntervalMs = 10', 'dispatchIntervalMs = 200', 'dispatchIntervalMs = 300', 'dispatchIntervalMs = 400']);
    expect(section!.slices.map(({ figures }) => chart(figures, 'containers', 'bars').rows.map(({ label }) => label))).toEqual(Array(4).fill(['baseline', 'batching']));
    // What schedulers do by default.
    expect(section!.shownSlice).toBe(1);
  });

  it('show at first the value that other experiments use', () => {
    const e2e = { summary: cellOf('batching', { cell: { parameters: { dispatchIntervalMs: 300 } } }) };
    expect(reported([...swept('batching', [10, 200, 300]), e2e])[0]!.shownSlice).toBe(2);
  });

  it('show the middle one where nobody says', () => {
    const cells = [1, 2, 3, 4].map((other) => ({ summary: cellOf('batching', { cell: { parameters: { other } } }) }));
    expect(reported(cells)[0]!.shownSlice).toBe(1);
  });

  it('are one without a name where nothing is swept', () => {
    const [section] = reported([fixed, ...swept('batching', [10])]);
    expect([section!.figures, section!.slices.map(({ label }) => label), section!.shownSlice]).toEqual([[], [''], 0]);
  });
});
