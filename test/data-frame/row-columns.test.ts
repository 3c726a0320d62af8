import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Outcome, RowSink } from '../../src/core/index.js';
import { rowColumns } from '../../src/data-frame/row-columns.js';
import { cellsWithTable, selectCells, type RowTable } from '../../src/data-frame/select-cells.js';
import { CellWriter } from '../../src/results/cell-writer.js';
import type { StoredResults } from '../../src/results/index.js';
import { keyOf, manifestOf, summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { namedTypes, namedValues } from './named-values.js';
import { storedCells } from './stored-cells.js';

function columnsOf(results: StoredResults, table: RowTable): ReturnType<typeof rowColumns> {
  return rowColumns(cellsWithTable(selectCells(results), table), table);
}

const outcome: Outcome = {
  id: 7, functionId: 'a,"b"', submittedMs: 1.75, containerId: -1, batchId: -1, attempt: 1, intendedMs: 1.5, lagMs: 0.25, schedulingMs: 2, coldStartMs: 0, queueMs: 1,
  executionMs: 4, responseMs: 0.5, totalMs: 7.75, cpuMs: undefined, status: 'completed',
  errorCode: undefined, concurrency: undefined, containerCpuMs: undefined,
};

/** What the writer of cells itself makes of a row of each kind. */
function written(...rows: readonly ((sink: RowSink) => void)[]): StoredResults {
  const folder = temporaryFolder();
  const writer = new CellWriter(join(folder, 'cells'), keyOf().id);
  for (const row of rows) row(writer);
  const summary = summaryOf();
  writer.finish(summary, '');
  return { folder, manifest: manifestOf(), summaries: [summary] };
}

describe('the columns of rows', () => {
  it('are those of the cell, then those of the file as stored: numbers as numbers, NaN for nothing', () => {
    const columns = columnsOf(written((sink) => sink.invocation(outcome)), 'invocations');
    expect(namedValues(columns)).toEqual({
      experiment: ['e2e'], workload: ['icdcs-cpu'], scheduler: ['baseline'], repetition: [1], cell: [keyOf().id],
      id: [7], function: ['a,"b"'], container: [Number.NaN], batch: [Number.NaN], attempt: [1], intended_ms: [1.5], lag_ms: [0.25], scheduling_ms: [2], cold_start_ms: [0],
      queue_ms: [1], execution_ms: [4], response_ms: [0.5], total_ms: [7.75], cpu_ms: [Number.NaN], outcome: ['completed'], error_code: [Number.NaN],
    });
    expect(namedTypes(columns)).toMatchObject({ id: 'int32', function: 'string', container: 'float32', total_ms: 'float32', error_code: 'string' });
  });

  it('of samples have texts for containers, because one of them is the host', () => {
    const sample = { atMs: 1_000, host: { memoryMb: 900, cpuPercent: 50 }, containers: [{ containerId: 3, memoryMb: Number.NaN, rssMb: 40, cpuMs: 1, cpuPercent: 2 }] };
    const columns = columnsOf(written((sink) => sink.sample(sample)), 'samples');
    expect(namedValues(columns)).toMatchObject({ t_ms: [1_000, 1_000], container: ['host', '3'], memory_mb: [900, Number.NaN], rss_mb: [Number.NaN, 40], cpu_percent: [50, 2] });
    expect(namedTypes(columns)['container']).toBe('string');
  });

  it('of containers are read as they were written', () => {
    const row = { id: 0, functionId: 'f', launchedMs: 1, startedMs: 2, readyMs: 3.5, retiredMs: 4, invocations: 5, batches: 6, peakMemoryMb: 7, kernelPeakMb: Number.NaN, cpuMs: 8, resources: undefined };
    expect(namedValues(columnsOf(written((sink) => sink.container(row)), 'containers'))).toMatchObject({ id: [0], function: ['f'], ready_ms: [3.5], kernel_peak_mb: [Number.NaN], resource_hits: [Number.NaN] });
  });

  it('are there when a cell has no rows', () => {
    const columns = columnsOf(written(), 'invocations');
    expect(columns.map(({ name }) => name)).toContain('total_ms');
    expect(columns.every(({ values }) => values.length === 0)).toBe(true);
  });

  it('are NaN in cells of a version that had not yet or no longer the column', () => {
    const results = storedCells(
      { key: { scheduler: 'a' }, files: { 'containers.csv': 'id,peak_rss_mb\n0,10\n1,11\n' } },
      { key: { scheduler: 'b' }, files: { 'containers.csv': 'kernel_peak_mb,id\n12.5,0\n' } },
    );
    expect(namedValues(columnsOf(results, 'containers'))).toMatchObject({
      scheduler: ['a', 'a', 'b'], id: [0, 1, 0], peak_rss_mb: [10, 11, Number.NaN], kernel_peak_mb: [Number.NaN, Number.NaN, 12.5],
    });
  });

  it('keep apart a parameter and a column of the file that have the same name', () => {
    const results = storedCells({ key: { parameters: { batch: 9 } }, files: { 'invocations.csv': 'id,batch\n0,1\n' } });
    expect(namedValues(columnsOf(results, 'invocations'))).toMatchObject({ parameter_batch: [9], batch: [1] });
  });

  it('are made of 100,000 rows within seconds', () => {
    const rows = Array.from({ length: 100_000 }, (_, id) => `${id},fib-${id % 7},${id / 8},completed,`);
    const results = storedCells({ files: { 'invocations.csv': `id,function,total_ms,outcome,error_code\n${rows.join('\n')}\n` } });
    const { total_ms: total = [], function: names = [] } = namedValues(columnsOf(results, 'invocations'));
    expect({ last: total.at(-1), rows: total.length, name: names[8] }).toEqual({ last: 99_999 / 8, rows: 100_000, name: 'fib-1' });
  }, 5_000);

  it('are refused with file and line when a number is none', () => {
    const results = storedCells({ files: { 'invocations.csv': 'id,total_ms\n0,1\n1,soon\n' } });
    const { code, message } = thrownBy(() => columnsOf(results, 'invocations'));
    expect(code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(message).toContain("invocations.csv, line 3: 'soon' is no number.");
  });
});
