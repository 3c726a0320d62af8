import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findResultSet, listResultSets, readResultSet, type CellSummary, type Manifest } from '../../src/results/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';

const root = join(import.meta.dirname, '../..');
const results = findResultSet('published/icdcs2023', join(root, 'nothing'), join(root, 'results'));
const summaries = new Map(results.readSummaries().map((summary) => [summary.cell.id, summary]));

function cellOf(id: string): CellSummary {
  return summaries.get(id)!;
}

describe("the paper's own results", () => {
  it('are there whole: 8 cells end to end, 32 of the dispatch interval, 3 of the SLO of Kraken', () => {
    const { cells } = results.manifest;
    expect(cells.map(({ id }) => id)).toEqual([...summaries.keys()]);
    expect(['e2e', 'dispatch-interval', 'slo-kraken'].map((name) => cells.filter(({ experiment }) => experiment === name).length)).toEqual([8, 32, 3]);
    expect(new Set(cells.map(({ status }) => status))).toEqual(new Set(['valid']));
  });

  it('are summaries alone', () => {
    expect(readdirSync(join(results.folder, 'cells', 'e2e.icdcs-cpu.vanilla.r1'))).toEqual(['summary.json']);
    expect(results.manifest).toMatchObject({ settings: { rows: false }, imported: { files: [{ path: 'icdcs2023-published.json' }] } });
  });

  it('have figures of the paper, with the cold start taken out of scheduling', () => {
    const { latencyMs, containers, host, cpu } = cellOf('e2e.icdcs-cpu.vanilla.r1');
    expect(latencyMs.total).toEqual({ count: 800, mean: 9_328.4, p50: 2_182.3, p90: 29_052.7, p95: null, p98: 32_504.3, p99: 34_014.7, p999: null, max: 35_915.6 });
    // schedule 8645.5, cold 6313.7
    expect([latencyMs.scheduling, latencyMs.coldStart, latencyMs.execution].map(({ mean, p50 }) => [mean, p50])).toEqual([[2_331.8, null], [6_313.7, null], [682.9, null]]);
    expect(latencyMs.lag.mean).toBeNull();
    expect(containers).toEqual({ launched: 292, peak: null, containerSeconds: null });
    expect(host).toEqual({ cpuCoreSeconds: 896.1, memoryFirstMb: 6_352, memoryMeanMb: 8_704, memoryMaxMb: 10_706 });
    expect(cpu).toMatchObject({ coreSeconds: null, hostMeanUtilization: expect.closeTo(0.5601, 9) });
    expect(cellOf('dispatch-interval.icdcs-io.batching-expanding.dispatchIntervalMs-10.r1')).toMatchObject({ latencyMs: { total: { count: 400, mean: 209.7, p98: 2_791.1 } }, containers: { launched: 24 }, multiplexing: true });
    expect(cellOf('slo-kraken.icdcs-cpu.kraken.sloQuantile-0.98.r1').latencyMs.total.mean).toBe(1_820.1);
  });

  it('say which invocations the artifact lost', () => {
    expect(cellOf('e2e.icdcs-cpu.batching-expanding.r1')).toMatchObject({
      valid: true, invocations: { arrived: 800, completed: 791, failed: 9 }, errorCodes: { FBB_ERR_IMPORT_LOST: 9 }, problems: ['FBB_ERR_IMPORT_LOST: 9 of 800 invocations have no row and count as failed; latencies are of the other 791'],
    });
    expect(cellOf('dispatch-interval.icdcs-cpu.batching-expanding.dispatchIntervalMs-500.r1').invocations.failed).toBe(31);
    expect([...summaries.values()].filter(({ problems }) => problems.length > 0)).toHaveLength(3);
  });

  it('are the figures that the suite icdcs carries', () => {
    const { cells } = parse(readFileSync(join(root, 'suites/data/icdcs2023.yaml'), 'utf8')) as NonNullable<Manifest['published']>;
    expect(cells).toHaveLength(43);
    for (const { experiment, workload, scheduler, parameters = {}, meanMs, p50Ms, p98Ms, containers, partsMs } of cells) {
      const suffix = Object.entries(parameters).map(([name, value]) => `.${name}-${value}`).join('');
      const { latencyMs, containers: { launched } } = cellOf(`${experiment}.${workload}.${scheduler}${suffix}.r1`);
      expect({ meanMs: latencyMs.total.mean, p50Ms: latencyMs.total.p50, p98Ms: latencyMs.total.p98, containers: launched }).toEqual({ meanMs, p50Ms, p98Ms, containers });
      for (const name of ['scheduling', 'coldStart', 'queue', 'execution'] as const) expect(latencyMs[name].mean).toBeCloseTo(partsMs[name]!, 0);
    }
  });

  it('are made by the script again from figures like these', () => {
    const folder = temporaryFolder();
    const [figures, made] = [join(folder, 'figures.json'), join(folder, 'made')];
    const total_ms = { mean: 30, p50: 20, p90: 50, p98: 60, p99: 70, max: 80 };
    const host = { cpu_percent_mean: 50, cpu_core_seconds_32: 160, memory_mb_first: 1, memory_mb_mean: 2, memory_mb_max: 3 };
    const cells = { 'interval/io/faasbatch/0.2': { records: 399, containers: 4, total_ms, mean_ms: { schedule: 20.3, cold: 15.1, exec: 9, queue: 0.7 }, host } };
    writeFileSync(figures, JSON.stringify({ source: 'made up', cells }));
    execFileSync(process.execPath, [join(root, 'scripts/published-result-set.mjs'), figures, made]);
    const { manifest, summaries: again } = readResultSet(made);
    expect(manifest).toMatchObject({ id: 'icdcs2023', imported: { from: 'made up' } });
    expect(again.map(({ cell }) => cell.id)).toEqual(['e2e.icdcs-io.batching-expanding.r1', 'dispatch-interval.icdcs-io.batching-expanding.dispatchIntervalMs-200.r1']);
    expect(again[1]).toMatchObject({ invocations: { arrived: 400, completed: 399, failed: 1 }, latencyMs: { total: { p90: 50, p95: null }, scheduling: { mean: 5.2 }, coldStart: { mean: 15.1 } }, host: { memoryMaxMb: 3 } });
  });

  it('are no run: neither listed nor the latest', () => {
    expect(existsSync(join(root, 'results/published/manifest.json'))).toBe(false);
    expect(listResultSets(join(root, 'results')).filter((folder) => folder.includes('published'))).toEqual([]);
  });
});
