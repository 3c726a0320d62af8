import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Figure } from '../../src/charts/index.js';
import { sectionsOf } from '../../src/report/index.js';
import type { Section } from '../../src/report/report-model.js';
import type { ResultSet } from '../../src/results/index.js';
import { simulate } from '../export/simulated-set.js';
import type { Workplace } from '../cli/run-bin.js';
import { manifestCellOf } from '../results/stored-run.js';
import { thrownBy } from '../results/thrown-by.js';
import { cellOf, cellWith, chart, figure, figuresOf, reported, stored } from './figures/reported.js';

function allFigures(sections: readonly Section[]): readonly Figure[] {
  return sections.flatMap(({ figures, slices }) => [...figures, ...slices.flatMap((slice) => [...slice.figures, ...slice.timelines])]);
}

/** Whether nothing is lost in JSON: no NaN, no undefined, no −0. */
function expectPlain(sections: readonly Section[]): void {
  expect(JSON.parse(JSON.stringify(sections))).toStrictEqual(sections);
}

const e2eFigures = ['latency-cdf', 'latency-percentiles', 'latency-parts', 'containers', 'containers-over-time', 'arrivals', 'cost', 'bound', 'published', 'published-containers'];

describe('the sections of a simulated set', () => {
  let place: Workplace;
  let results: ResultSet;
  let sections: readonly Section[];
  beforeAll(async () => {
    ({ place, results } = await simulate('--experiments', 'e2e,dispatch-interval', '--schedulers', 'vanilla,kraken,continuous', '--limit', '60', '--repeat', '2'));
    sections = sectionsOf(results);
  });
  afterAll(() => place.remove());

  it('are the experiments and workloads, with their figures in order', () => {
    expect(sections.map(({ id, title, slices, shownSlice }) => ({ id, title, slices: slices.length, shown: slices[shownSlice]?.label }))).toEqual([
      { id: 'e2e-icdcs-cpu', title: 'e2e · icdcs-cpu', slices: 1, shown: '' },
      { id: 'dispatch-interval-icdcs-cpu', title: 'dispatch-interval · icdcs-cpu', slices: 8, shown: 'dispatchIntervalMs = 200' },
    ]);
    expect(sections[0]!.slices[0]!.figures.map(({ id }) => id)).toEqual(e2eFigures);
    expect(sections[0]!.slices[0]!.timelines.map(({ id, title }) => [id, title])).toEqual([['timeline-1', 'vanilla'], ['timeline-2', 'kraken'], ['timeline-3', 'continuous']]);
    expect(sections[1]!.figures.map(({ id }) => id)).toEqual(['sensitivity-latency', 'sensitivity-p98', 'sensitivity-containers']);
  });

  it('are plain data', () => expectPlain(sections));

  it('have parts of the latency that add up to its mean', () => {
    const { rows, series } = chart(sections[0]!.slices[0]!.figures, 'latency-parts', 'bars');
    const means = new Map(results.readSummaries().filter(({ cell }) => cell.experiment === 'e2e' && cell.repetition === 1).map(({ cell, latencyMs }) => [cell.scheduler, latencyMs.total.mean!]));
    for (const [index, { label }] of rows.entries()) expect(series.reduce((sum, { values }) => sum + values[index]!, 0)).toBeCloseTo(means.get(label)!, 2);
  });

  it('have every invocation of a cell in its timeline, apart from others in its slot', () => {
    for (const { chart: drawn } of sections[0]!.slices[0]!.timelines) {
      if (drawn.kind !== 'timeline') throw new Error('this is no timeline');
      expect(drawn.invocations).toHaveLength(60);
      const lastEnd = new Map<string, number>();
      for (const { container, slot, startMs, endMs } of drawn.invocations) {
        expect(slot).toBeLessThan(drawn.containers[container]!.slots);
        expect(startMs).toBeGreaterThanOrEqual((lastEnd.get(`${container} ${slot}`) ?? 0) - 0.01);
        lastEnd.set(`${container} ${slot}`, endMs);
      }
      expect(drawn.batches.reduce((sum, { invocations }) => sum + invocations, 0)).toBe(60);
    }
  });

  it('have the multiples of the same reference as the line under the table', () => {
    const { values } = chart(sections[0]!.slices[0]!.figures, 'bound', 'bars').series[0]!;
    const [first] = results.readSummaries().filter(({ cell }) => cell.experiment === 'e2e' && cell.scheduler === 'vanilla');
    expect(values[0]).toBeCloseTo(first!.latencyMs.total.mean! / first!.bound!.latencyMs.mean!, 4);
  });

  it('have our change beside the published one', () => {
    const { rows, series } = chart(sections[0]!.slices[0]!.figures, 'published', 'bars');
    expect(rows.map(({ label }) => label)).toEqual(['kraken']);
    expect(series).toMatchObject([{ label: 'here', role: 'own' }, { label: 'paper', role: 'reference', values: [-75.203] }]);
    expect(figure(sections[0]!.slices[0]!.figures, 'published').caveats).toEqual(['continuous: not in the paper']);
  });

  it('say that of repetitions only the first is drawn over time', () => {
    expect(figure(sections[0]!.slices[0]!.figures, 'containers-over-time').caveats).toEqual(['of several repetitions the first that counts is drawn']);
  });
});

describe('sections', () => {
  it('are none where no cell has finished', () => {
    const results = stored([]);
    expect(sectionsOf(results)).toEqual([]);
  });

  it('have nothing to show where all was skipped, and name what was skipped beside others', () => {
    const skipped = { summary: cellOf('kraken', { skipped: 'it needs <b>more</b>', valid: false, arrived: 0 }) };
    expect(reported([skipped])).toEqual([{ id: 'e2e-icdcs-cpu', title: 'e2e · icdcs-cpu', figures: [], slices: [], shownSlice: 0 }]);
    expect(figure(figuresOf([skipped, cellWith(cellOf('baseline'), [1, 2])]), 'containers').caveats).toEqual(['kraken: skipped']);
  });

  it('show invalid rows as they are and say so, and what did not complete', () => {
    const invalid = cellOf('kraken', { valid: false, total: { mean: 5 } });
    const figures = figuresOf([cellWith(cellOf('baseline', { total: { mean: 2 } }), [1, 3]), cellWith({ ...invalid, invocations: { ...invalid.invocations, completed: 7 } }, [5, 5])]);
    const told = ['kraken: invalid, shown as it is', 'kraken: 3 of 10 invocations did not complete and have no latency'];
    expect(figure(figures, 'latency-cdf').caveats).toEqual(told);
    expect(figure(figures, 'bound').caveats).toEqual([...told, 'kraken: without a valid mean latency']);
  });

  it('keep names that hold anything, and stay plain data', () => {
    const name = '<img src=x onerror=alert(1)>\u001b[31m"\u2028__proto__';
    const cells = [1, 2].map((value) => cellWith(cellOf(name, { cell: { experiment: '../<b>', parameters: { '<i>': value, '__proto__x': '"' } } }), [1, 2]));
    const sections = reported(cells);
    expectPlain(sections);
    expect(sections.map(({ id, title }) => ({ id, title }))).toEqual([{ id: 'b-icdcs-cpu', title: '../<b> · icdcs-cpu' }]);
    expect(chart(sections[0]!.slices[0]!.figures, 'containers', 'bars').rows).toEqual([{ label: name, scheduler: name }]);
  });

  it('have anchors of their own even where names differ in signs only', () => {
    expect(reported([{ summary: cellOf('baseline', { cell: { experiment: 'a b' } }) }, { summary: cellOf('baseline', { cell: { experiment: 'a-b' } }) }]).map(({ id }) => id)).toEqual(['a-b-icdcs-cpu', 'a-b-icdcs-cpu-2']);
  });

  it('leave out figures of files that are not there, and refuse damaged ones', () => {
    const summary = cellOf('baseline');
    const results = stored([cellWith(summary, [1, 2])]);
    writeFileSync(results.cellFile(summary.cell.id, 'samples.csv'), 't_ms\n1\n');
    expect(thrownBy(() => sectionsOf(results))).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID' });
    for (const file of ['samples.csv', 'containers.csv', 'invocations.csv', 'total.hgrm']) rmSync(results.cellFile(summary.cell.id, file));
    expect(allFigures(sectionsOf(results)).map(({ id }) => id)).toEqual(['containers', 'cost']);
  });

  it('say of which repetition the arrivals are where each has work of its own', () => {
    const [first, second] = [1, 2].map((repetition) => cellWith({ ...cellOf('baseline', { cell: { repetition } }), workloadHash: `w${repetition}` }, [1, 2, 3]));
    const figures = figuresOf([first!, second!]);
    expect(figure(figures, 'arrivals')).toMatchObject({ how: 'Intended arrivals of 3 invocations in bins of 0.1 s, per second.', caveats: [`not all cells have the same work: this is that of ${first!.summary!.cell.id}`] });
    expect(chart(figures, 'arrivals', 'lines').series).toEqual([{ label: 'arrivals', shape: 'step', points: [[0, 30], [0.1, 0]] }]);
  });

  it('have timelines as long as there is room, and say where there was none', () => {
    const cells = Array.from({ length: 42 }, (_, index) => cellWith(cellOf(`s${10 + index}`, { arrived: 1_000 }), [1, 2]));
    const { timelines } = reported(cells)[0]!.slices[0]!;
    expect(timelines).toHaveLength(40);
    expect(timelines[0]!.caveats).toEqual(['no timeline of s50, s51: a report has at most 40,000 invocations in timelines']);
    expect(timelines[1]!.caveats).toEqual([]);
  });

  it('say on another figure that there is no timeline, where there is none at all', () => {
    const slices = [100, 200].map((dispatchIntervalMs) => Array.from({ length: 40 }, (_, index) => cellWith(cellOf(`s${10 + index}`, { arrived: 1_000, cell: { parameters: { dispatchIntervalMs } } }), [1, 2])));
    const [section] = reported(slices.flat(), { schedulers: [{ name: 's10', description: '', defaults: { dispatchIntervalMs: 200 }, plugin: null }] });
    expect(section!.slices.map(({ timelines }) => timelines.length)).toEqual([0, 40]);
    expect(section!.slices[0]!.figures[0]!.caveats).toEqual([expect.stringMatching(/^no timeline of s11, .*, s10: a report has/)]);
  });

  it('do without cells that have not finished', () => {
    const results = stored([cellWith(cellOf('baseline'), [1, 2])], { cells: [manifestCellOf({ ...cellOf('baseline').cell, status: 'valid' }), manifestCellOf({ id: 'x', scheduler: 'kraken', status: 'interrupted' })] });
    expect(chart(sectionsOf(results)[0]!.slices[0]!.figures, 'containers', 'bars').rows.map(({ label }) => label)).toEqual(['baseline']);
  });
});

describe('the cost of a row', () => {
  it('is of the memory that was measured, and of what containers may use', () => {
    const { rows } = chart(figuresOf([{ summary: cellOf('baseline', { gbSeconds: 3, arrived: 40 }) }, { summary: cellOf('batching', { gbSeconds: 1, arrived: 0 }) }]), 'cost', 'cost');
    expect(rows).toEqual([{ label: 'baseline', scheduler: 'baseline', measuredGbSeconds: 3, provisionedGbSeconds: 1, invocations: 40 }]);
  });
});
