import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importArtifact } from '../../src/import/index.js';
import { listResultSets, type CellSummary, type ResultSet } from '../../src/results/index.js';
import { parseCsvObjects } from '../results/read-csv.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { artifactFolder, hostHeader, imported, newRows, oldRows, requestOf } from './artifact-folder.js';

function rowsOf(results: ResultSet, cell: string, file: string): Record<string, string>[] {
  return parseCsvObjects(readFileSync(join(results.folder, 'cells', cell, file), 'utf8'));
}

function onlySummary(results: ResultSet): CellSummary {
  const summaries = results.readSummaries();
  expect(summaries).toHaveLength(1);
  return summaries[0]!;
}

const cell = 'dispatch-interval.icdcs-cpu.vanilla.dispatchIntervalMs-150.r1';
const rowsFile = 'cpu/latency_amplification_BaseBatching_cpu_0.15.csv';

describe('a run of the artifact', () => {
  const files = {
    [rowsFile]: newRows,
    'cpu/utilization_BaseBatching_cpu_0.15.csv': [hostHeader, '1,0.1,25.000,0,62.5', '2,0.1,.500,0,70', '3,0.1,75,0,65'],
    'cpu/num_containers_BaseBatching_0.15.csv': ['strategy,dispatch_interval,num_containers', 'BaseBatching,0.15,5'],
  };

  it('has a row an invocation, whose known parts add up and whose unknown ones are empty', () => {
    const rows = rowsOf(imported(files), cell, 'invocations.csv');
    expect(rows).toHaveLength(6);
    expect(rows[0]).toEqual({
      id: '0', function: '0409', container: '0', batch: '', attempt: '1', intended_ms: '', lag_ms: '', scheduling_ms: '100.500', cold_start_ms: '900', queue_ms: '0', execution_ms: '50', response_ms: '',
      total_ms: '1050.500', cpu_ms: '', outcome: 'completed', error_code: '',
    });
    expect(rows.map((row) => [row['function'], row['container'], row['scheduling_ms'], row['total_ms']])).toEqual([
      ['0409', '0', '100.500', '1050.500'], ['0409', '0', '100.500', '1070.750'], ['0410', '1', '100', '415'], ['0409', '0', '100', '120'], ['0410', '1', '0', '45'], ['another_function', '2', '250', '260'],
    ]);
  });

  it('has the means of the artifact in its summary, and null for what nobody measured', () => {
    const summary = onlySummary(imported(files));
    expect(summary).toMatchObject({
      cell: { id: cell, experiment: 'dispatch-interval', workload: 'icdcs-cpu', scheduler: 'vanilla', parameters: { dispatchIntervalMs: 150 }, repetition: 1 },
      valid: true, problems: [], backend: 'artifact', multiplexing: false,
      invocations: { arrived: 6, completed: 6, failed: 0, timedOut: 0, rejected: 0, retried: 0 },
      errorCodes: {},
      containers: { launched: 3, peak: null, containerSeconds: null },
      memory: { peakMb: null, meanMb: null, gbSeconds: null, unsampledContainers: 3, source: null },
      loadGenerator: { lagP50Ms: null, lagP99Ms: null, lagMaxMs: null, realTime: false },
      sampler: null,
      wallMs: null,
    });
    const { total, lag, scheduling, coldStart, queue, execution, response } = summary.latencyMs;
    expect([total, scheduling, coldStart, queue, execution].map(({ mean, count }) => [count, mean! * 6])).toEqual([[6, 2_961.25], [6, 651], [6, 2_100], [6, 20], [6, 190.25]]);
    expect([lag, response].map(({ mean, count }) => [count, mean])).toEqual([[0, null], [0, null]]);
    expect(total.max).toBe(1_070.75);
    expect(total.p98).toBeNull();
    expect(summary.notes).toEqual([expect.stringMatching(/^imported from the artifact, which tells no arrival times, measures neither lag nor response .*/)]);
  });

  it('reads the load of the host a second each: hundreds of MB, and CPU time of 32 cores', () => {
    const results = imported(files);
    const { cpu, host } = onlySummary(results);
    expect(host).toEqual({ cpuCoreSeconds: 32.16, memoryFirstMb: 6_250, memoryMeanMb: expect.closeTo(6_583.333, 2), memoryMaxMb: 7_000 });
    expect(cpu).toEqual({ coreSeconds: null, sampledContainers: 0, meanUtilization: null, hostMeanUtilization: expect.closeTo(0.335, 9), hostStolenShare: null });
    expect(rowsOf(results, cell, 'samples.csv')[1]).toEqual({ t_ms: '2000', container: 'host', memory_mb: '7000', rss_mb: '', cpu_percent: '0.500' });
  });

  it('has a row a container, with the invocations that it served and nothing else', () => {
    const rows = rowsOf(imported(files), cell, 'containers.csv');
    expect(rows.map((row) => Object.values(row).filter((text) => text !== ''))).toEqual([['0', '0409', '3'], ['1', '0410', '2'], ['2', 'another_function', '1']]);
  });

  it('says in the manifest where it came from', () => {
    const { manifest, folder } = imported(files);
    expect(manifest).toMatchObject({
      id: 'imported', createdAt: '2026-01-02T03:04:05.000Z', status: 'complete', tool: { name: 'artifact import' }, backend: 'artifact', base: 'vanilla', published: null,
      host: { cores: 32, memoryGb: 64 }, settings: { keepAliveMs: null, maxFailedShare: 0.05, rows: true }, selection: { seed: null, load: null },
      workloads: { 'icdcs-cpu': { functionKind: 'cpu', invocations: 6 } }, schedulers: [{ name: 'vanilla' }], cells: [{ id: cell, status: 'valid' }],
    });
    expect(manifest.imported!.files.map(({ path, bytes }) => [path, bytes])).toEqual([
      [rowsFile, newRows.join('\n').length + 1], ['cpu/utilization_BaseBatching_cpu_0.15.csv', expect.any(Number)], ['cpu/num_containers_BaseBatching_0.15.csv', expect.any(Number)],
    ]);
    expect(new Set(manifest.imported!.files.map(({ sha256 }) => sha256.length))).toEqual(new Set([64]));
    expect(readdirSync(join(folder, 'cells', cell)).sort()).toEqual(['SHA256SUMS', 'containers.csv', 'invocations.csv', 'samples.csv', 'summary.json', 'total.hgrm']);
    expect(readFileSync(join(folder, 'cells', cell, 'total.hgrm'), 'utf8')).toContain('Total count    =            6');
  });

  it('is the same with a byte-order mark, Windows line ends, columns in another order and no line end at the end', () => {
    const { latencyMs } = onlySummary(imported(files));
    const swapped = newRows.map((line) => line.split(',').reverse().join(','));
    expect(onlySummary(imported({ [rowsFile]: `\uFEFF${swapped.join('\r\n')}` })).latencyMs).toEqual(latencyMs);
  });

  it('is complete without the files beside it', () => {
    const summary = onlySummary(imported({ [rowsFile]: newRows }));
    expect(summary.containers.launched).toBe(3);
    expect(summary.cpu.hostMeanUtilization).toBeNull();
    expect(summary.host).toBeUndefined();
  });

  it('takes a cold start that is longer than the wait for all of the wait, and says so', () => {
    const summary = onlySummary(imported({ [rowsFile]: [newRows[0]!, 'f,c,100,100.75,1,0,None,20'] }, { expected: 1 }));
    expect([summary.latencyMs.scheduling.mean, summary.latencyMs.coldStart.mean]).toEqual([0, 100]);
    expect(summary.notes).toContain('1 cold starts are longer than the wait that they were part of, and were taken for all of it');
  });
});

describe('a run in the old format', () => {
  const old = { 'io/latency_amplification_SFS_io.csv': oldRows };
  const oldCell = 'e2e.icdcs-io.sfs.r1';

  it('leaves the cold start in scheduling, and tells of no containers when nobody counted them', () => {
    const results = imported(old, { expected: 2 });
    const { latencyMs, containers, notes } = onlySummary(results);
    expect(latencyMs).toMatchObject({ total: { mean: 180.25 }, scheduling: { mean: 150.25 }, coldStart: { count: 0, mean: null } });
    expect(containers.launched).toBeNull();
    expect(notes.slice(1)).toEqual(['cold starts are not told apart: they are in scheduling', 'rows name no containers, and no file says how many there were']);
    expect(rowsOf(results, oldCell, 'invocations.csv')[1]).toMatchObject({ container: '', scheduling_ms: '200.500', cold_start_ms: '', total_ms: '250.500' });
    expect(rowsOf(results, oldCell, 'containers.csv')).toEqual([]);
  });

  it.each([[['strategy,dispatch_interval,num_containers', 'SFS,0.2,17']], [['time,running', '1,3', '2,17', '3,9']], [['num_containers', '17']]])('has as many containers as the file beside it says (%j)', (lines) => {
    const { containers, notes } = onlySummary(imported({ ...old, 'io/num_containers_SFS.csv': lines }, { expected: 2 }));
    expect(containers.launched).toBe(17);
    expect(notes.at(-1)).toContain('which may count others that ran on the host');
  });
});

describe('invocations without a row', () => {
  const lines = [newRows[0]!, ...Array.from({ length: 95 }, (_line, i) => `f,c,${i},0,1,0,None,20`)];

  it('are lost: they count as failed, have a code, and the others give the latencies', () => {
    const results = imported({ [rowsFile]: lines }, { expected: 100 });
    const summary = onlySummary(results);
    expect(summary).toMatchObject({
      valid: true,
      problems: ['FBB_ERR_IMPORT_LOST: 5 of 100 invocations have no row and count as failed; latencies are of the other 95'],
      invocations: { arrived: 100, completed: 95, failed: 5 },
      errorCodes: { FBB_ERR_IMPORT_LOST: 5 },
      latencyMs: { total: { count: 95, mean: 48 } },
    });
    const rows = rowsOf(results, cell, 'invocations.csv');
    expect(rows).toHaveLength(100);
    expect(Object.entries(rows[99]!).filter(([, text]) => text !== '')).toEqual([['id', '99'], ['attempt', '1'], ['outcome', 'failed'], ['error_code', 'FBB_ERR_IMPORT_LOST']]);
  });

  it('make the cell invalid when they are more than a twentieth', () => {
    const results = imported({ [rowsFile]: lines }, { expected: 101 });
    expect(onlySummary(results).valid).toBe(false);
    expect(results.manifest.cells.map(({ status }) => status)).toEqual(['invalid']);
  });

  it('are told from 800 of the CPU and 400 of the I/O workload', () => {
    const many = (count: number): string[] => [newRows[0]!, ...Array.from({ length: count }, () => 'f,c,1,0,1,0,None,20')];
    const results = imported({ 'latency_amplification_Kraken_cpu.csv': many(791), 'latency_amplification_Kraken_io.csv': many(400) }, { expected: undefined });
    expect(results.readSummaries().map(({ problems }) => problems.join().slice(0, 33))).toEqual(['FBB_ERR_IMPORT_LOST: 9 of 800 inv', '']);
  });
});

describe('runs in several folders', () => {
  it('become repetitions of one cell, in the order of the folders, whatever their strategy was called', () => {
    const results = imported({
      'b/latency_amplification_batching_cpu_0.2.csv': newRows, 'a/latency_amplification_FaaSBatch_cpu_0.2.csv': newRows, 'a/latency_amplification_Batching_cpu_0.2.csv': newRows, 'c/latency_amplification_Kraken_cpu_0.01.csv': newRows,
    });
    expect(results.manifest.cells.map(({ id }) => id)).toEqual([
      'dispatch-interval.icdcs-cpu.kraken.dispatchIntervalMs-10.r1',
      ...[1, 2, 3].map((repetition) => `dispatch-interval.icdcs-cpu.batching-expanding.dispatchIntervalMs-200.r${repetition}`),
    ]);
    expect(results.manifest.imported!.files.map(({ path }) => path.slice(0, 1))).toEqual(['c', 'a', 'a', 'b']);
    expect(results.manifest.selection.repeat).toBe(3);
  });

  it('pairs each with the files beside it alone', () => {
    const load = (mb: number): string[] => [hostHeader, `1,0,1,0,${mb}`];
    const results = imported({ 'a/latency_amplification_SFS_cpu.csv': newRows, 'b/latency_amplification_SFS_cpu.csv': newRows, 'b/utilization_SFS_cpu.csv': load(10), 'c/utilization_SFS_cpu.csv': load(20) });
    expect(results.readSummaries().map(({ host }) => host?.memoryMaxMb)).toEqual([undefined, 1_000]);
  });

  it('reads links to files, and passes by links to folders and to nothing', () => {
    const elsewhere = artifactFolder({ rows: newRows });
    const folder = artifactFolder({ 'notes.txt': '' });
    for (const [name, target] of [['SFS_cpu', 'rows'], ['Kraken_cpu', 'nothing'], ['Batching_cpu', '.']] as const) symlinkSync(join(elsewhere, target), join(folder, `latency_amplification_${name}.csv`));
    expect(importArtifact(requestOf(folder)).results.manifest.cells.map(({ id }) => id)).toEqual(['e2e.icdcs-cpu.sfs.r1']);
  });

  it('names files about runs of which there are no rows', () => {
    const folder = artifactFolder({ [rowsFile]: newRows, 'c/utilization_SFS_cpu.csv': 'not read', 'azure_bench_cpu.csv': 'not ours', '.hidden/latency_amplification_X_cpu.csv': '' });
    expect(importArtifact(requestOf(folder)).leftOut).toEqual([join(folder, 'c/utilization_SFS_cpu.csv')]);
  });
});

describe('an import into a folder', () => {
  it('leaves nothing but the result set there', () => {
    const out = temporaryFolder();
    imported({ [rowsFile]: newRows }, { out });
    expect(readdirSync(out)).toEqual(['imported']);
    expect(listResultSets(out)).toEqual([join(out, 'imported')]);
  });

  it('removes what an import has left that was killed, and nothing else', () => {
    const out = temporaryFolder();
    const kept = [`.import-b.${process.ppid}`, '.import-c.99999999', '.import-d'];
    for (const path of ['.import-a.b.99999999/a.b/cells', `${kept[0]}/b`, `${kept[1]}/mine`, kept[2]!]) mkdirSync(join(out, path), { recursive: true });
    imported({ [rowsFile]: newRows }, { out });
    expect(readdirSync(out).sort()).toEqual([...kept, 'imported']);
  });

  it('overwrites nothing', () => {
    const out = temporaryFolder();
    mkdirSync(join(out, 'imported'));
    expect(thrownBy(() => imported({ [rowsFile]: newRows }, { out }))).toMatchObject({ code: 'FBB_ERR_RESULTS_CONFLICT', exitCode: 2 });
    expect(readdirSync(join(out, 'imported'))).toEqual([]);
  });

  it('makes the folder when it is missing, and not when the import fails', () => {
    const [good, bad] = [join(temporaryFolder(), 'new'), join(temporaryFolder(), 'new')];
    imported({ [rowsFile]: newRows }, { out: good });
    thrownBy(() => imported({ [rowsFile]: '' }, { out: bad }));
    expect([existsSync(good), existsSync(bad)]).toEqual([true, false]);
  });
});
