import { describe, expect, it } from 'vitest';
import { openmetricsOf } from '../../src/export/openmetrics-export.js';
import type { CellSummary } from '../../src/results/index.js';
import { manifestOf, summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { exported } from './exported.js';
import { parseOpenmetrics, type ParsedFamily } from './openmetrics-parser.js';
import { storeCells } from './stored-cells.js';

function familiesOf(...summaries: CellSummary[]): Map<string, ParsedFamily> {
  return new Map(parseOpenmetrics(openmetricsOf(manifestOf(), summaries)).map((family) => [family.name, family]));
}

function valuesOf(family: ParsedFamily | undefined): (readonly [string, number])[] {
  return (family?.samples ?? []).map(({ name, value }) => [name, value] as const);
}

const batching = summaryOf({ cell: { scheduler: 'batching', parameters: { dispatchIntervalMs: 200 }, repetition: 2 }, total: { count: 10, mean: 250, p50: 125.5, p98: 900 }, containers: 7, peakMb: 2, gbSeconds: 1.5, coreSeconds: 3.25 });

describe('openmetrics.txt', () => {
  it('is an exposition of all cells, whether they have rows or not', () => {
    const results = storeCells(temporaryFolder(), [{ summary: summaryOf(), rows: false }, { summary: batching }]);
    const { names, text, leftOut } = exported(results, 'openmetrics');
    expect({ names, leftOut }).toEqual({ names: ['openmetrics.txt'], leftOut: {} });
    const families = parseOpenmetrics(text('openmetrics.txt'));
    expect(families.every(({ help, samples }) => help !== undefined && samples.length > 0)).toBe(true);
    expect(families.find(({ name }) => name === 'faasbatch_cell_valid')?.samples.map(({ labels }) => labels['scheduler'])).toEqual(['baseline', 'batching']);
  });

  it('has key and parameters of a cell as labels', () => {
    expect(familiesOf(batching).get('faasbatch_containers_launched')?.samples).toEqual([
      { name: 'faasbatch_containers_launched_total', labels: { experiment: 'e2e', workload: 'icdcs-cpu', scheduler: 'batching', repetition: '2', parameter_dispatchIntervalMs: '200' }, value: 7 },
    ]);
  });

  it('has latencies in seconds, with the quantiles that enough invocations support', () => {
    const latency = familiesOf(batching).get('faasbatch_invocation_latency_seconds');
    expect(latency).toMatchObject({ type: 'summary', unit: 'seconds' });
    expect(latency?.samples.map(({ name, labels, value }) => [name, labels['quantile'], value])).toEqual([
      ['faasbatch_invocation_latency_seconds', '0.5', 0.1255],
      ['faasbatch_invocation_latency_seconds', '0.98', 0.9],
      ['faasbatch_invocation_latency_seconds_sum', undefined, 2.5],
      ['faasbatch_invocation_latency_seconds_count', undefined, 10],
    ]);
  });

  it('counts invocations by outcome', () => {
    const ended = { ...batching, invocations: { arrived: 10, completed: 4, failed: 3, timedOut: 2, rejected: 1, retried: 5 }, errorCodes: { FBB_ERR_FUNCTION_THREW: 3 } };
    const families = familiesOf(ended);
    expect(families.get('faasbatch_invocations')?.samples.map(({ labels, value }) => [labels['outcome'], value])).toEqual([['completed', 4], ['failed', 3], ['timed_out', 2], ['rejected', 1]]);
    expect(families.get('faasbatch_invocation_errors')?.samples.map(({ labels, value }) => [labels['code'], value])).toEqual([['FBB_ERR_FUNCTION_THREW', 3]]);
    expect(valuesOf(families.get('faasbatch_invocation_retries'))).toEqual([['faasbatch_invocation_retries_total', 5]]);
  });

  it('has what containers used in base units, and nothing where nothing is known', () => {
    const families = familiesOf(batching);
    expect(valuesOf(families.get('faasbatch_memory_gb_seconds'))).toEqual([['faasbatch_memory_gb_seconds_total', 1.5]]);
    expect(valuesOf(families.get('faasbatch_memory_peak_bytes'))).toEqual([['faasbatch_memory_peak_bytes', 2_097_152]]);
    expect(valuesOf(families.get('faasbatch_cpu_seconds'))).toEqual([['faasbatch_cpu_seconds_total', 3.25]]);
    expect(familiesOf(summaryOf({ peakMb: null, gbSeconds: null })).has('faasbatch_memory_gb_seconds')).toBe(false);
  });

  it('has no latency that nobody measured, and no count that nobody kept', () => {
    const families = familiesOf({ ...summaryOf({ total: { mean: 250 }, parts: { queue: 4 } }), backend: 'artifact' });
    const parts = families.get('faasbatch_invocation_latency_part_seconds')?.samples.map(({ name, labels, value }) => [name.split('_').at(-1), labels['part'], value]);
    expect(parts).toEqual([['sum', 'queue', 0.04], ['count', 'queue', 10]]);
    expect(families.has('faasbatch_invocation_retries')).toBe(false);
    expect(families.get('faasbatch_invocations')?.samples.map(({ labels }) => labels['outcome'])).toEqual(['completed', 'failed']);
  });

  it('has a sum of 0 when nothing completed', () => {
    const none = summaryOf({ arrived: 0, total: { count: 0 } });
    expect(valuesOf(familiesOf(none).get('faasbatch_invocation_latency_seconds')).map(([, value]) => value)).toEqual([0, 0]);
  });

  it('counts the requests for clients where there were any', () => {
    const shared = familiesOf(summaryOf({ resources: { hits: 8, misses: 2 } })).get('faasbatch_client_requests');
    expect(shared?.samples.map(({ labels, value }) => [labels['result'], value])).toEqual([['hit', 8], ['miss', 2]]);
    expect(familiesOf(batching).has('faasbatch_client_requests')).toBe(false);
  });

  it('escapes the values of labels, and makes names of parameters names of labels', () => {
    const [sample] = familiesOf(summaryOf({ cell: { workload: 'a "b"\\c\nd', parameters: { 'x-y': 1, x_y: true } } })).get('faasbatch_cell_valid')?.samples ?? [];
    expect(sample?.labels).toMatchObject({ workload: 'a "b"\\c\nd', parameter_x_y: '1', parameter_x_y_2: 'true' });
  });
});
