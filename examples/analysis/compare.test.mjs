import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import danfo from 'danfojs-node';
import { listResultSets, readResultSet, toDataFrame } from 'faasbatch-bench';
import { coldStartShares, latencies, latencyShares } from './comparisons.mjs';

const run = promisify(execFile);
const bin = join(import.meta.dirname, '../../dist/src/cli/bin.js');
const folder = mkdtempSync(join(tmpdir(), 'test-fbb-'));
const keys = ['experiment', 'workload', 'scheduler', 'repetition', 'cell'];
/** The stored set, and the summaries of its cells as they stand in their files. */
let results;
let summaries;

before(async () => {
  const suite = ['suite', 'icdcs', '--backend', 'simulation', '--host', 'icdcs2023-testbed', '--experiments', 'e2e'];
  await run(process.execPath, [bin, ...suite, '--limit', '60', '--schedulers', 'vanilla,batching-expanding', '--out', folder]);
  results = readResultSet(listResultSets(folder)[0]);
  summaries = results.manifest.cells.map(({ id }) => JSON.parse(readFileSync(join(results.folder, 'cells', id, 'summary.json'), 'utf8')));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const near = (actual, expected, tolerance) => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
/** The rows of a frame that are of one cell. */
const rowsOf = (frame, { cell }) => frame.query(frame.column('cell').eq(cell.id));

/** The frame of a cell's invocations after its scheduler was given this name and its rows this text. */
async function frameOfRows(scheduler, rows) {
  const [first] = results.summaries;
  const file = join(results.folder, 'cells', first.cell.id, 'invocations.csv');
  const stored = readFileSync(file, 'utf8');
  writeFileSync(file, `id,function,total_ms,outcome,error_code\n${rows.join('\n')}\n`);
  try {
    return await toDataFrame({ ...results, summaries: [{ ...first, cell: { ...first.cell, scheduler } }] }, 'invocations');
  } finally {
    writeFileSync(file, stored);
  }
}

describe('the frame of', () => {
  it('summaries has a row a cell with the figures of summary.json', async () => {
    const frame = await toDataFrame(results, 'summary');
    assert.ok(frame instanceof danfo.DataFrame);
    assert.equal(frame.shape[0], 4);
    assert.deepEqual(frame.columns.slice(0, 5), keys);
    const nothing = new danfo.DataFrame([]);
    assert.deepEqual(frame.columns.filter((name) => name in nothing), [], 'columns that hide something of a frame');
    const figures = {
      cell: ({ cell }) => cell.id,
      scheduler: ({ cell }) => cell.scheduler,
      parameter_dispatchIntervalMs: ({ cell }) => cell.parameters.dispatchIntervalMs ?? Number.NaN,
      valid: ({ valid }) => valid,
      total_mean_ms: ({ latencyMs }) => latencyMs.total.mean,
      total_p98_ms: ({ latencyMs }) => latencyMs.total.p98,
      total_p99_ms: ({ latencyMs }) => latencyMs.total.p99 ?? Number.NaN,
      scheduling_mean_ms: ({ latencyMs }) => latencyMs.scheduling.mean,
      containers_launched: ({ containers }) => containers.launched,
      gb_seconds: ({ memory }) => memory.gbSeconds,
      cpu_core_seconds: ({ cpu }) => cpu.coreSeconds,
    };
    for (const [name, figure] of Object.entries(figures)) assert.deepEqual(frame.column(name).values, summaries.map(figure), name);
    assert.ok(frame.column('total_p98_ms').values.every((value) => value > 0));
    assert.ok(frame.column('total_p99_ms').values.every(Number.isNaN));
  });

  it('invocations has a row each, whose means are those of the summary', async () => {
    const frame = await toDataFrame(results, 'invocations');
    assert.equal(frame.shape[0], sum(summaries.map(({ invocations }) => invocations.arrived)));
    assert.equal(frame.dtypes[frame.columns.indexOf('function')], 'string');
    for (const summary of summaries) {
      const rows = rowsOf(frame, summary);
      assert.equal(rows.shape[0], summary.invocations.arrived);
      near(rows.column('total_ms').mean(), summary.latencyMs.total.mean, 0.001);
      near(rows.column('cold_start_ms').mean(), summary.latencyMs.coldStart.mean, 0.001);
    }
  });

  it('containers has a row each, whose CPU time adds up to that of the summary', async () => {
    const frame = await toDataFrame(results, 'containers');
    assert.equal(frame.shape[0], sum(summaries.map(({ containers }) => containers.launched)));
    for (const summary of summaries) near(sum(rowsOf(frame, summary).column('cpu_ms').values) / 1_000, summary.cpu.coreSeconds, 0.1);
  });

  it('samples has columns without rows after a simulation, which has no samples, and the rows of a cell that has some', async () => {
    const none = await toDataFrame(results, 'samples');
    assert.deepEqual([none.shape[0], none.columns.slice(-5)], [0, ['t_ms', 'container', 'memory_mb', 'rss_mb', 'cpu_percent']]);
    const { cell } = summaries[1];
    appendFileSync(join(results.folder, 'cells', cell.id, 'samples.csv'), '1000,host,900.5,,50\n1000,3,,40,2\n');
    const frame = await toDataFrame(results, 'samples');
    assert.deepEqual(frame.column('cell').values, [cell.id, cell.id]);
    assert.deepEqual(frame.column('container').values, ['host', '3']);
    assert.deepEqual(frame.column('memory_mb').values, [900.5, Number.NaN]);
  });

  it('the cells that are named has no others', async () => {
    const { cell } = summaries[2];
    const frame = await toDataFrame(results.folder, 'invocations', { cells: [cell.id] });
    assert.deepEqual(frame.column('cell').unique().values, [cell.id]);
  });

  it('100,000 rows is there within seconds', { timeout: 10_000 }, async () => {
    const frame = await frameOfRows('vanilla', Array.from({ length: 100_000 }, (_, id) => `${id},f,${id / 8},completed,`));
    assert.equal(frame.shape[0], 100_000);
    assert.equal(frame.column('total_ms').mean(), 99_999 / 16);
  });

  it('texts with commas, quotes and HTML keeps them', async () => {
    const scheduler = '<b>"mine", ours</b>';
    const frame = await frameOfRows(scheduler, ['0,"a, ""b"" <i>",1,completed,', '1,f,,failed,FBB_ERR_FUNCTION_THREW']);
    assert.deepEqual(frame.column('scheduler').values, [scheduler, scheduler]);
    assert.deepEqual(frame.column('function').values, ['a, "b" <i>', 'f']);
    assert.deepEqual(frame.column('total_ms').values, [1, Number.NaN]);
    assert.deepEqual(frame.column('error_code').values, [Number.NaN, 'FBB_ERR_FUNCTION_THREW']);
  });
});

describe('the comparison', () => {
  it('has the latencies of the summaries', async () => {
    const frame = latencies(await toDataFrame(results, 'summary'));
    const rows = frame.values.map(([workload, scheduler, mean, p98]) => ({ workload, scheduler, mean, p98 }));
    const expected = summaries.map(({ cell: { workload, scheduler }, latencyMs: { total } }) => ({ workload, scheduler, mean: total.mean, p98: total.p98 }));
    const inOrder = (list) => list.sort((a, b) => a.mean - b.mean);
    assert.deepEqual(inOrder(rows), inOrder(expected));
  });

  it('has a share of cold starts for each function, the largest first', async () => {
    const frame = coldStartShares(await toDataFrame(results, 'invocations'));
    const shares = frame.column('cold_mean').values;
    assert.deepEqual(frame.columns, ['scheduler', 'function', 'cold_mean']);
    assert.ok(shares.length >= 4 && shares.every((share, i) => share >= 0 && share <= (shares[i - 1] ?? 1)), shares.join());
  });

  it('has shares of the latency that add up to one, and agree with the means of the summary', async () => {
    const { cell, latencyMs } = summaries[0];
    const frame = latencyShares(await toDataFrame(results, 'invocations', { cells: [cell.id] }));
    assert.deepEqual(frame.columns, ['scheduler', 'lag', 'scheduling', 'cold_start', 'queue', 'execution', 'response']);
    const [[scheduler, ...shares]] = frame.values;
    assert.equal(scheduler, cell.scheduler);
    near(sum(shares), 1, 0.001);
    near(shares[2], latencyMs.coldStart.mean / latencyMs.total.mean, 0.001);
  });

  it('is printed, wherever it is started', async () => {
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'compare.mjs'), results.folder], { cwd: folder });
    for (const part of ['Latency in ms', 'batching-expanding', 'cold_mean', 'execution']) assert.ok(stdout.includes(part), stdout);
  });

  it('of cells without rows ends with their names and what to do', async () => {
    const { cell } = summaries[3];
    rmSync(join(results.folder, 'cells', cell.id, 'invocations.csv'));
    const { code, stderr } = await run(process.execPath, [join(import.meta.dirname, 'compare.mjs'), results.folder]).catch((error) => error);
    assert.equal(code, 2);
    assert.ok(stderr.startsWith(`FBB_ERR_DATAFRAME_CELLS: There is no invocations.csv of ${cell.id}.`), stderr);
  });
});
