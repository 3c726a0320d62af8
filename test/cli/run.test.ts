import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatMs } from '../../src/report/index.js';
import type { CellSummary } from '../../src/results/index.js';
import { rowOf } from '../report/plain-style.js';
import { parseCsvObjects } from '../results/read-csv.js';
import { leftOver } from './left-over.js';
import { Workplace, type BinResult } from './run-bin.js';
import { cellFile, stored, writeTinySuite, type Stored } from './tiny-suite.js';

const invocations = 6;
const cellIds = ['one.icdcs-io.baseline.r1', 'one.icdcs-io.batching-expanding.r1'];
const cellFiles = ['SHA256SUMS', 'containers.csv', 'invocations.csv', 'samples.csv', 'summary.json', 'total.hgrm'];

const place = new Workplace();
let result: BinResult;
let run: Stored;

beforeAll(async () => {
  const suite = writeTinySuite(place.folder, { workloads: '[icdcs-io, icdcs-cpu]', schedulers: '[baseline, batching, batching-expanding]' });
  result = await place.run('suite', suite, '--workloads', 'icdcs-io', '--schedulers', 'baseline,batching-expanding', '--limit', String(invocations), '--seed', '7', '--out', place.out);
  run = stored(place.out);
}, 60_000);
afterAll(() => place.remove());

function rowsOf(cell: string, file: string): Record<string, string>[] {
  return parseCsvObjects(cellFile(run, cell, file));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('a small run', () => {
  it('ends with 0 and tells of each cell on stderr', () => {
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('2 of 2 cells to run');
    for (const cell of cellIds) {
      expect(result.stderr).toMatch(new RegExp(`^\\[\\d/2\\] ${cell}: 6 invocations`, 'm'));
      expect(result.stderr).toMatch(new RegExp(`^ {2}${cell}: 6 completed, `, 'm'));
    }
  });

  it('leaves no process and no temporary file', async () => {
    expect(await leftOver(place.temporary)).toEqual([]);
  });

  it('prints the table on stdout, with the numbers that are stored', () => {
    expect(result.stdout).toContain('one · icdcs-io   6 invocations;');
    for (const { cell, latencyMs, containers } of run.summaries) {
      const row = rowOf(result.stdout, cell.scheduler);
      expect(row.slice(1, 4)).toEqual([formatMs(latencyMs.total.mean), formatMs(latencyMs.total.p50), '–']);
      expect(row[10]).toBe(String(containers.launched));
    }
    expect(result.stdout).toContain(`stored in ${run.folder}\n`);
  });

  it('prints no escape codes when nobody watches a terminal', () => {
    expect(result.stdout + result.stderr).not.toContain('\u001b');
    expect(result.stdout + result.stderr).not.toContain('\r');
  });

  it('stores every file of every cell and nothing else', () => {
    expect(run.files).toEqual(cellIds.flatMap((cell) => [cell, ...cellFiles.map((file) => join(cell, file))]).sort());
    expect(readdirSync(run.folder).sort()).toEqual(['cells', 'manifest.json']);
  });

  it('is complete and says in its manifest what was asked for', () => {
    const { manifest } = run;
    expect(manifest).toMatchObject({ status: 'complete', backend: 'process', base: 'baseline', suite: { name: 'tiny' } });
    expect(manifest.selection).toEqual({ experiments: null, workloads: ['icdcs-io'], schedulers: ['baseline', 'batching-expanding'], repeat: 1, limit: 6, load: 0.35, seed: 7, reseed: false, set: null, cache: null, plugins: null });
    expect(manifest.cells.map(({ id, status }) => [id, status])).toEqual(cellIds.map((id) => [id, 'valid']));
    expect(manifest.command).toMatch(/^faasbatch-bench suite .*--limit 6 --seed 7/);
  });

  it('has only valid cells, in which everything that arrived completed', () => {
    for (const { valid, problems, invocations: counts } of run.summaries) {
      expect({ valid, problems }).toEqual({ valid: true, problems: [] });
      expect(counts).toMatchObject({ arrived: invocations, completed: invocations, failed: 0, timedOut: 0, rejected: 0 });
    }
    expect(run.summaries.map(({ cell }) => cell.id)).toEqual(cellIds);
  });

  it('gave both schedulers the same work', () => {
    expect(new Set(run.summaries.map(({ workloadHash }) => workloadHash)).size).toBe(1);
    const intended = cellIds.map((cell) => rowsOf(cell, 'invocations.csv').map((row) => [row['id'], row['function'], row['intended_ms']]).sort());
    expect(intended[0]).toEqual(intended[1]);
  });

  it.each(cellIds)('has a row for each invocation of %s, whose parts add up to its total', (cell) => {
    const rows = rowsOf(cell, 'invocations.csv');
    expect(rows.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const row of rows) {
      const parts = ['lag_ms', 'scheduling_ms', 'cold_start_ms', 'queue_ms', 'execution_ms', 'response_ms'].map((name) => Number(row[name]));
      for (const part of parts) expect(part).toBeGreaterThanOrEqual(-0.001);
      expect(Math.abs(sum(parts) - Number(row['total_ms']))).toBeLessThan(0.01);
      expect(Number(row['execution_ms'])).toBeGreaterThan(0);
      expect(row).toMatchObject({ attempt: '1', outcome: 'completed', error_code: '' });
    }
  });

  it.each(cellIds)('has means in the summary of %s that are those of its rows', (cell) => {
    const { latencyMs } = run.summaries.find((summary) => summary.cell.id === cell)!;
    const rows = rowsOf(cell, 'invocations.csv');
    const columns = { total: 'total_ms', lag: 'lag_ms', scheduling: 'scheduling_ms', coldStart: 'cold_start_ms', queue: 'queue_ms', execution: 'execution_ms', response: 'response_ms' } as const;
    for (const [part, column] of Object.entries(columns)) {
      const { count, mean } = latencyMs[part as keyof typeof columns];
      expect(count).toBe(invocations);
      expect(Math.abs((mean ?? Number.NaN) - sum(rows.map((row) => Number(row[column]))) / rows.length)).toBeLessThan(0.001);
    }
  });

  it.each(cellIds)('has a row for each container of %s, which together served every invocation', (cell) => {
    const containers = rowsOf(cell, 'containers.csv');
    const { launched } = run.summaries.find((summary) => summary.cell.id === cell)!.containers;
    expect(containers).toHaveLength(launched!);
    expect(sum(containers.map((row) => Number(row['invocations'])))).toBe(invocations);
    const ids = containers.map(({ id }) => id);
    for (const row of rowsOf(cell, 'invocations.csv')) expect(ids).toContain(row['container']);
    for (const row of containers) expect(Number(row['ready_ms'])).toBeGreaterThan(Number(row['launched_ms']));
  });

  it('batched where the scheduler batches: fewer batches than invocations, and one each for the baseline', () => {
    const batches = (cell: string): number => new Set(rowsOf(cell, 'invocations.csv').map((row) => row['batch'])).size;
    expect(batches(cellIds[0]!)).toBe(invocations);
    expect(batches(cellIds[1]!)).toBeLessThan(invocations);
  });

  it('keeps the percentile text of HdrHistogram', () => {
    expect(cellFile(run, cellIds[0]!, 'total.hgrm')).toMatch(/^ +Value +Percentile +TotalCount[\s\S]*Total count +=? *6\]/);
  });

  it('is shown again with the same table, and as JSON with the same numbers', async () => {
    const again = await place.run('show', '--out', place.out);
    expect(again).toMatchObject({ code: 0, stdout: result.stdout });
    const { stdout } = await place.run('show', '--json', '--out', place.out);
    expect((JSON.parse(stdout) as { cells: CellSummary[] }).cells).toEqual(run.summaries);
  });
});

it('suite --json prints the summaries that it stores and nothing else on stdout', async () => {
  const out = join(place.folder, 'json');
  const suite = writeTinySuite(place.folder, { name: 'cpu', workloads: '[icdcs-cpu]', schedulers: '[batching-expanding]' });
  const { code, stdout, stderr } = await place.run('suite', suite, '--limit', '3', '--load', '0.05', '--out', out, '--json');
  expect(code).toBe(0);
  const { manifest, summaries, folder } = stored(out);
  expect(JSON.parse(stdout)).toEqual({ id: manifest.id, folder, status: 'complete', cells: summaries });
  expect(summaries[0]?.invocations).toMatchObject({ arrived: 3, completed: 3 });
  expect(manifest.fib30Ms).toBeGreaterThan(0);
  expect(stderr).toContain('fib(30) takes');
}, 60_000);

it('a run with an invalid cell ends with 5 and says why', async () => {
  const out = join(place.folder, 'late');
  const suite = writeTinySuite(place.folder, { name: 'late', maxLagMs: 0.000_001, schedulers: '[baseline]' });
  const { code, stdout } = await place.run('suite', suite, '--limit', '1', '--out', out);
  expect(code).toBe(5);
  expect(stdout).toMatch(/^baseline invalid /m);
  expect(stdout).toContain('! one.icdcs-io.baseline.r1: FBB_ERR_CELL_LATE_LOAD: ');
  const { manifest, summaries } = stored(out);
  expect(manifest).toMatchObject({ status: 'complete', cells: [{ status: 'invalid' }] });
  expect(summaries).toMatchObject([{ valid: false, invocations: { completed: 1 } }]);
}, 60_000);
