import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CellSummary } from '../../src/results/index.js';
import { LatencyHistogram } from '../../src/metrics/latency-histogram.js';
import { summaryOf, type SummaryNumbers } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { exported } from './exported.js';
import { outcomeOf, storeCells, type StoredCell } from './stored-cells.js';

function repetition(number: number, given: Omit<SummaryNumbers, 'cell'> = {}): CellSummary {
  return summaryOf({ ...given, cell: { scheduler: 'batching', repetition: number } });
}

/** A cell with completed invocations that took so long, as it is stored. */
function cellWith(summary: CellSummary, totalsMs: readonly number[]): StoredCell {
  return { summary, outcomes: totalsMs.map((executionMs, id) => outcomeOf({ id, executionMs })), hgrm: hgrmOf(totalsMs) };
}

function hgrmOf(totalsMs: readonly number[]): string {
  const histogram = new LatencyHistogram();
  for (const ms of totalsMs) histogram.record(ms);
  return histogram.toHgrm();
}

const fast = Array.from({ length: 90 }, (_, index) => 1 + index / 8);
const slow = Array.from({ length: 10 }, (_, index) => 4_000 + index);
const row = 'e2e.icdcs-cpu.batching';

describe('histograms', () => {
  it('of cells are those that were stored', () => {
    const { names, text } = exported(storeCells(temporaryFolder(), [cellWith(repetition(1), fast)]), 'hgrm');
    expect(names).toEqual([`${row}.r1.hgrm`]);
    expect(text(`${row}.r1.hgrm`)).toBe(hgrmOf(fast));
  });

  it('of cells that were stored without one are left out, which is told', () => {
    const results = storeCells(temporaryFolder(), [cellWith(repetition(1), fast), cellWith(summaryOf(), slow)]);
    rmSync(results.cellFile(`${row}.r1`, 'total.hgrm'));
    const { names, leftOut } = exported(results, 'hgrm');
    expect({ names, leftOut }).toEqual({ names: [`${summaryOf().cell.id}.hgrm`], leftOut: { 'without total.hgrm': [`${row}.r1`] } });
  });

  it('of repetitions are those of all their invocations together', () => {
    const { names, text } = exported(storeCells(temporaryFolder(), [cellWith(repetition(1), fast), cellWith(repetition(2), slow)]), 'hgrm');
    expect(names).toEqual([`${row}.r1.hgrm`, `${row}.r2.hgrm`, `${row}.hgrm`]);
    expect(text(`${row}.hgrm`)).toBe(hgrmOf([...fast, ...slow]));
  });

  it('leave invocations out that did not complete', () => {
    const cells = [1, 2].map((number) => ({ summary: repetition(number), outcomes: [outcomeOf({ executionMs: 5 }), outcomeOf({ id: 1, executionMs: 9_000, status: 'timedOut' })] }));
    expect(exported(storeCells(temporaryFolder(), cells), 'hgrm').text(`${row}.hgrm`)).toBe(hgrmOf([5, 5]));
  });

  it('leave invalid repetitions out, unless all are', () => {
    const cells = [cellWith(repetition(1), [5]), cellWith(repetition(2, { valid: false }), [9_000]), cellWith(repetition(3), [7])];
    expect(exported(storeCells(temporaryFolder(), cells), 'hgrm').text(`${row}.hgrm`)).toBe(hgrmOf([5, 7]));
    const invalid = [cellWith(repetition(1, { valid: false }), [5]), cellWith(repetition(2, { valid: false }), [9_000])];
    expect(exported(storeCells(temporaryFolder(), invalid), 'hgrm').text(`${row}.hgrm`)).toBe(hgrmOf([5, 9_000]));
  });

  it('are not merged when a repetition has no rows, which is told', () => {
    const { names, leftOut } = exported(storeCells(temporaryFolder(), [cellWith(repetition(1), fast), { summary: repetition(2), rows: false }]), 'hgrm');
    expect(names).toEqual([`${row}.r1.hgrm`, `${row}.r2.hgrm`]);
    expect(leftOut).toEqual({ 'not merged, for want of rows': [row] });
  });

  it('are not merged when something completed after nobody knows how long', () => {
    const results = storeCells(temporaryFolder(), [cellWith(repetition(1), [5]), cellWith(repetition(2), [7])]);
    writeFileSync(results.cellFile(`${row}.r2`, 'invocations.csv'), 'outcome,total_ms\nfailed,\ncompleted,\n');
    const { code, message } = thrownBy(() => exported(results, 'hgrm'));
    expect({ code, message }).toEqual({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringMatching(/invocations\.csv, line 3: total_ms is empty\.$/) as string });
  });

  it('are not merged over different parameters', () => {
    const cells = [50, 100].map((dispatchIntervalMs) => ({ summary: { ...repetition(1), cell: { ...repetition(1).cell, id: `i${dispatchIntervalMs}.r1`, parameters: { dispatchIntervalMs } } } }));
    expect(exported(storeCells(temporaryFolder(), cells), 'hgrm').names).toEqual(['i50.r1.hgrm', 'i100.r1.hgrm']);
  });
});
