import { describe, expect, it } from 'vitest';
import { meanOverRepetitions } from '../../src/report/repetitions.js';
import { renderSummaryTable } from '../../src/report/index.js';
import type { CellSummary } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf, type SummaryNumbers } from '../results/stored-run.js';
import { plain, rowOf } from './plain-style.js';

function run(repetition: number, mean: number, more: SummaryNumbers = {}): CellSummary {
  return summaryOf({
    ...more,
    cell: { scheduler: 'baseline', repetition, ...more.cell },
    total: { mean, p50: mean / 2, p98: mean * 3, ...more.total },
    parts: { lag: 1, scheduling: 2, coldStart: mean / 4, queue: 3, execution: 4, response: 5 },
    containers: repetition,
    gbSeconds: repetition / 2,
    coreSeconds: repetition * 2,
  });
}

describe('repetitions of a cell', () => {
  it('are averaged, each number by itself', () => {
    expect(meanOverRepetitions([run(1, 100), run(2, 300)], manifestOf())).toEqual([
      {
        experiment: 'e2e', workload: 'icdcs-cpu', scheduler: 'baseline', label: 'baseline', skipped: undefined, parameters: {}, repetitions: 2, invalid: 0, comparable: true, arrived: 10,
        meanMs: 200, p50Ms: 100, p98Ms: 600,
        partsMs: { lag: 1, scheduling: 2, coldStart: 50, queue: 3, execution: 4, response: 5 },
        containers: 1.5, gbSeconds: 0.75, cpuSeconds: 3, maxMs: null, peakMb: 1, kernelPeakMb: null, mbPerContainer: 768, resources: undefined, cap: undefined,
      },
    ]);
  });

  it('that are invalid do not count, but are told', () => {
    const [row] = meanOverRepetitions([run(1, 100), run(2, 9_999, { valid: false }), run(3, 200)], manifestOf());
    expect(row).toMatchObject({ repetitions: 2, invalid: 1, meanMs: 150, containers: 2 });
  });

  it('that are all invalid are shown as they are, and told', () => {
    const [row] = meanOverRepetitions([run(1, 100, { valid: false }), run(2, 300, { valid: false })], manifestOf());
    expect(row).toMatchObject({ repetitions: 2, invalid: 2, comparable: false, meanMs: 200 });
  });

  it('have no mean of a number that one of them lacks', () => {
    const [row] = meanOverRepetitions([run(1, 100), run(2, 300, { total: { p98: null } })], manifestOf());
    expect(row).toMatchObject({ meanMs: 200, p98Ms: null });
  });

  it('that were skipped do not count; why is told when all of them were', () => {
    const skipped = (repetition: number): CellSummary => run(repetition, 0, { valid: false, skipped: 'no chrt', total: { mean: null } });
    expect(meanOverRepetitions([run(1, 100), skipped(2)], manifestOf())[0]).toMatchObject({ repetitions: 1, invalid: 0, meanMs: 100, skipped: undefined });
    expect(meanOverRepetitions([skipped(1), skipped(2)], manifestOf())[0]).toMatchObject({ invalid: 0, meanMs: null, skipped: 'no chrt' });
  });

  it('are marked in the table when one is invalid, and counted in its title', () => {
    const table = renderSummaryTable(manifestOf(), [run(1, 100), run(2, 300), run(3, 1, { valid: false }), summaryOf({ cell: { scheduler: 'batching' } })], plain);
    expect(table).toMatch(/^e2e · icdcs-cpu {3}10 invocations, means of 2 repetitions; /);
    expect(rowOf(table, 'baseline 1 of 3 invalid')[1]).toBe('200');
    expect(table.match(/ invalid/g)).toHaveLength(1);
  });

  it('are told apart by experiment, workload, scheduler and options', () => {
    const different = [{}, { experiment: 'x' }, { workload: 'icdcs-io' }, { scheduler: 'batching' }, { parameters: { dispatchIntervalMs: 1 } }, { parameters: { dispatchIntervalMs: 2 } }];
    expect(meanOverRepetitions(different.map((cell) => run(1, 1, { cell })), manifestOf())).toHaveLength(different.length);
  });
});

describe('rows of a comparison', () => {
  it('have the base first and the others in the order of the manifest, whoever ran first', () => {
    const ran = ['batching-expanding', 'batching', 'baseline'].map((scheduler) => summaryOf({ cell: { scheduler } }));
    expect(meanOverRepetitions(ran, manifestOf()).map(({ scheduler }) => scheduler)).toEqual(['baseline', 'batching', 'batching-expanding']);
    expect(meanOverRepetitions(ran, manifestOf({ base: 'batching' })).map(({ scheduler }) => scheduler)).toEqual(['batching', 'baseline', 'batching-expanding']);
  });

  it('keep to the order of the suite where the manifest tells it, twins included', () => {
    const cells = [['batching', 400, 2], ['batching', 100, 1], ['vanilla', 7, 0], ['baseline', 1, 3]] as const;
    const keys = cells.map(([scheduler, dispatchIntervalMs]) => ({ scheduler, parameters: { dispatchIntervalMs } }));
    const manifest = manifestOf({ cells: cells.map(([, , position], i) => manifestCellOf({ ...keys[i], position })) });
    expect(meanOverRepetitions(keys.map((cell) => summaryOf({ cell })), manifest).map(({ label }) => label)).toEqual(['baseline', 'vanilla', 'batching dispatchIntervalMs=100', 'batching dispatchIntervalMs=400']);
  });

  it('are named by the options that tell twins apart, and by no other', () => {
    const twins = [{ a: 1, b: true, c: 'x' }, { a: 1, b: false, c: 'x' }, { a: 1, b: false, c: 'x', d: 'y' }].map((parameters) => summaryOf({ cell: { scheduler: 'batching', parameters } }));
    expect(meanOverRepetitions(twins, manifestOf()).map(({ label }) => label)).toEqual(['batching b=true', 'batching b=false', 'batching b=false d=y']);
  });

  it('are none when nothing has finished', () => {
    expect(meanOverRepetitions([], manifestOf())).toEqual([]);
    expect(renderSummaryTable(manifestOf(), [], plain)).toBe('');
  });
});
