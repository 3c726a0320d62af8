import { describe, expect, it } from 'vitest';
import { readArtifactName, type ArtifactFile } from '../../src/import/artifact-names.js';

function cellOf(path: string, root = '/'): ArtifactFile['cell'] {
  const file = readArtifactName(path, root);
  if (file === undefined || typeof file === 'string') throw new Error(`${path}: ${file}`);
  return file.cell;
}

describe('the name of a file of the artifact', () => {
  it.each([
    ['BaseBatching', 'vanilla'], ['basebatching', 'vanilla'], ['SFS', 'sfs'], ['sfs', 'sfs'], ['Kraken', 'kraken'], ['Batching', 'batching-expanding'], ['FaaSBatch', 'batching-expanding'],
  ])('tells the scheduler: %s is %s', (strategy, scheduler) => {
    expect(cellOf(`/a/latency_amplification_${strategy}_cpu.csv`).scheduler).toBe(scheduler);
  });

  it.each([
    ['/a/latency_amplification_SFS_cpu.csv', 'e2e', 'icdcs-cpu', { dispatchIntervalMs: 200 }],
    ['/a/latency_amplification_SFS_io_0.2.csv', 'dispatch-interval', 'icdcs-io', { dispatchIntervalMs: 200 }],
    ['/a/latency_amplification_SFS_io_0.055.csv', 'dispatch-interval', 'icdcs-io', { dispatchIntervalMs: 55 }],
    ['/a/cpu/num_containers_SFS_0.01.csv', 'dispatch-interval', 'icdcs-cpu', { dispatchIntervalMs: 10 }],
    ['/io/x/cpu/y/latency_amplification_SFS.csv', 'e2e', 'icdcs-cpu', { dispatchIntervalMs: 200 }],
    ['/SLO_sensitivity_Kraken/results/cpu/latency_amplification_Kraken_cpu_0.45.csv', 'slo-kraken', 'icdcs-cpu', { sloQuantile: 0.45 }],
    ['/slow/latency_amplification_Kraken_cpu_0.5.csv', 'dispatch-interval', 'icdcs-cpu', { dispatchIntervalMs: 500 }],
  ])('and its folder tell experiment, workload and parameters: %s', (path, experiment, workload, parameters) => {
    expect(cellOf(path)).toMatchObject({ experiment, workload, parameters });
  });

  it('and the folder that was named, but none above it', () => {
    const name = 'latency_amplification_Kraken_0.45.csv';
    expect(cellOf(`/slo/io/runs/cpu/${name}`, '/slo/io/runs')).toMatchObject({ experiment: 'dispatch-interval', workload: 'icdcs-cpu' });
    expect(cellOf(`/io/slo/cpu/${name}`, '/io/slo')).toMatchObject({ experiment: 'slo-kraken', workload: 'icdcs-cpu' });
    expect(readArtifactName(`/cpu/runs/${name}`, '/cpu/runs')).toContain('neither the name nor a folder says');
  });

  it.each([['latency_amplification', 'rows'], ['utilization', 'host'], ['num_containers', 'containerCount']])('tells the content: %s', (prefix, content) => {
    expect(readArtifactName(`/cpu/${prefix}_SFS_cpu_0.2.csv`, '/')).toMatchObject({ content });
  });

  it.each(['/a/README.md', '/a/azure_bench_cpu_native.csv', '/a/hit_rate_FaaSBatch_io_0.2_normal.csv', '/a/latency_amplification_SFS_cpu.txt'])('is passed by when it is another file: %s', (path) => {
    expect(readArtifactName(path, '/')).toBeUndefined();
  });
});
