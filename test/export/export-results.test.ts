import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportResults, type ExportFormat } from '../../src/export/index.js';
import type { ResultSet } from '../../src/results/index.js';
import { summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { exported } from './exported.js';
import { outcomeOf, storeCells } from './stored-cells.js';

const baseline = summaryOf({ cell: { scheduler: 'baseline' } });
const batching = summaryOf({ cell: { scheduler: 'batching' } });
const expanding = summaryOf({ cell: { scheduler: 'batching-expanding' } });

function schedulersIn(results: ResultSet, cells: readonly string[]): string[] {
  return exported(results, 'perfetto', cells).names.map((name) => name.split('.')[2] as string);
}

describe('the cells of an export', () => {
  const stored = (): ResultSet => storeCells(temporaryFolder(), [{ summary: baseline }, { summary: batching }, { summary: expanding }]);

  it.each([
    [['baseline'], ['baseline']],
    [['batching'], ['batching', 'batching-expanding']],
    [['e2e.icdcs-cpu.batching.r1'], ['batching']],
    [['expanding', 'baseline'], ['baseline', 'batching-expanding']],
  ])('are those that %j means, in the order of execution', (parts, schedulers) => {
    expect(schedulersIn(stored(), parts)).toEqual(schedulers);
  });

  it('must be there, every part of them', () => {
    const { code, message, fix } = thrownBy(() => exported(stored(), 'csv', ['baseline', 'nobody']));
    expect({ code, message }).toEqual({ code: 'FBB_ERR_EXPORT_EMPTY', message: "There is no cell with 'nobody' in its id." });
    expect(fix).toContain(baseline.cell.id);
  });

  it('leave out what has not finished, was skipped or has no rows, and say so', () => {
    const skipped = summaryOf({ cell: { scheduler: 'sfs' }, skipped: 'no priorities here' });
    const results = storeCells(temporaryFolder(), [{ summary: baseline }, { summary: batching, rows: false }, { summary: skipped }], ['later']);
    expect(exported(results, 'parquet').leftOut).toEqual({ skipped: [skipped.cell.id], 'not finished (pending)': ['later'], 'without rows': [batching.cell.id] });
  });

  it('name those that are invalid', () => {
    const invalid = summaryOf({ cell: { scheduler: 'batching' }, valid: false });
    const results = storeCells(temporaryFolder(), [{ summary: baseline }, { summary: invalid }]);
    expect(exportResults(results, { format: 'csv', cells: undefined, folder: join(temporaryFolder(), 'x'), force: false }).invalid).toEqual([invalid.cell.id]);
  });

  it.each<[ExportFormat, string]>([
    ['csv', '1 cell not finished (pending)'],
    ['openmetrics', '1 cell not finished (pending)'],
    ['hgrm', '1 cell not finished (pending)'],
  ])('are an error when there are none (%s)', (format, why) => {
    const { code, message } = thrownBy(() => exported(storeCells(temporaryFolder(), [], ['later']), format));
    expect({ code, message }).toEqual({ code: 'FBB_ERR_EXPORT_EMPTY', message: `There is nothing to export to ${format}: ${why}.` });
  });

  it.each<ExportFormat>(['parquet', 'perfetto'])('are an error when none has the rows that %s is made of', (format) => {
    const { code, message } = thrownBy(() => exported(storeCells(temporaryFolder(), [{ summary: baseline, rows: false }]), format));
    expect({ code, message }).toEqual({ code: 'FBB_ERR_EXPORT_EMPTY', message: `There is nothing to export to ${format}: 1 cell without rows.` });
  });
});

describe('the files of an export', () => {
  const stored = (): ResultSet => storeCells(temporaryFolder(), [{ summary: baseline, outcomes: [outcomeOf()] }]);

  it('are not written over others, which are named', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'summary.csv'), 'mine');
    const { code, message } = thrownBy(() => exportResults(stored(), { format: 'csv', cells: undefined, folder, force: false }));
    expect({ code, message }).toEqual({ code: 'FBB_ERR_EXPORT_EXISTS', message: `${join(folder, 'summary.csv')} is there already.` });
    expect(readdirSync(folder)).toEqual(['summary.csv']);
    expect(readFileSync(join(folder, 'summary.csv'), 'utf8')).toBe('mine');
  });

  it('are written over others when that is forced', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'summary.csv'), 'mine');
    exportResults(stored(), { format: 'csv', cells: undefined, folder, force: true });
    expect(readdirSync(folder).sort()).toEqual(['invocations.csv', 'summary.csv']);
    expect(readFileSync(join(folder, 'summary.csv'), 'utf8')).toContain(baseline.cell.id);
  });

  it('are all there or none, when something stored is damaged', () => {
    const folder = join(temporaryFolder(), 'new');
    const results = stored();
    writeFileSync(results.cellFile(baseline.cell.id, 'invocations.csv'), 'id,outcome\n1\n');
    const { code, message } = thrownBy(() => exportResults(results, { format: 'csv', cells: undefined, folder, force: false }));
    expect({ code, message }).toEqual({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringContaining('line 2: it has 1 fields and the header 2') as string });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['file', 'file/x'])('go into a folder that can be made, which %s is not', (path) => {
    const place = temporaryFolder();
    writeFileSync(join(place, 'file'), '');
    const { code, exitCode } = thrownBy(() => exportResults(stored(), { format: 'csv', cells: undefined, folder: join(place, path), force: false }));
    expect({ code, exitCode }).toEqual({ code: 'FBB_ERR_EXPORT_WRITE', exitCode: 6 });
  });

  it.each(['', 'cells', 'cells/new/deeper', '../link/new'])('never go into the result set itself (%j), not even when that is forced', (path) => {
    const results = stored();
    symlinkSync(results.folder, join(results.folder, '../link'));
    const before = readdirSync(results.folder, { recursive: true });
    expect(thrownBy(() => exportResults(results, { format: 'csv', cells: undefined, folder: join(results.folder, path), force: true })).code).toBe('FBB_ERR_USAGE');
    expect(readdirSync(results.folder, { recursive: true })).toEqual(before);
  });

  it.each<ExportFormat>(['csv', 'parquet', 'hgrm', 'perfetto', 'openmetrics'])('are not written where a link in their place leads (%s)', (format) => {
    const results = stored();
    const folder = temporaryFolder();
    const mine = join(temporaryFolder(), 'mine');
    writeFileSync(mine, 'mine');
    for (const name of exported(results, format).names) symlinkSync(mine, join(folder, `.${name}.partial`));
    exportResults(results, { format, cells: undefined, folder, force: false });
    expect(readFileSync(mine, 'utf8')).toBe('mine');
  });

  it('stay in that folder, whatever a manifest calls a cell', () => {
    const results = storeCells(temporaryFolder(), [{ summary: { ...baseline, cell: { ...baseline.cell, id: 'a/../../out' } } }]);
    const folder = join(temporaryFolder(), 'in');
    mkdirSync(folder);
    expect(thrownBy(() => exportResults(results, { format: 'hgrm', cells: undefined, folder, force: false })).code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(existsSync(join(folder, '../out.hgrm'))).toBe(false);
  });
});
