import { latencyPartNames } from '../core/index.js';
import type { CellSummary, Manifest, ResultSet } from '../results/index.js';
import { writeBlocks } from './block-file.js';
import { labelName, renderExposition, type MetricFamily, type Sample } from './exposition.js';
import type { ExportPlan } from './planned-files.js';
import type { FinishedCell } from './selected-cells.js';
import { snakeCase } from './snake-case.js';

type Labels = Sample['labels'];
type LatencySummary = CellSummary['latencyMs']['total'];
type SamplesOf = (summary: CellSummary, labels: Labels) => readonly Sample[];

/** Digits that a number is given after a division, so that it looks as exact as it is. */
const digits = 12;
const bytesPerMb = 1_048_576;
const quantiles = { p50: 0.5, p90: 0.9, p95: 0.95, p98: 0.98, p99: 0.99, p999: 0.999 } as const;
const outcomes = ['completed', 'failed', 'timedOut', 'rejected'] as const;
/** The backend of cells that were not run by this program. Nobody counted there how others than the completed ended. */
const imported = 'artifact';
const importedOutcomes = ['completed', 'failed'] as const;

/** Key and parameters of a cell. Two parameters whose names become one are told apart by a number. */
function labelsOf({ experiment, workload, scheduler, repetition, parameters }: CellSummary['cell']): Labels {
  const labels: Record<string, string | number> = { experiment, workload, scheduler, repetition };
  for (const [parameter, value] of Object.entries(parameters)) {
    const name = labelName(`parameter_${parameter}`);
    let free = name;
    for (let number = 2; free in labels; number += 1) free = `${name}_${number}`;
    labels[free] = String(value);
  }
  return labels;
}

function seconds(ms: number): number {
  return Number((ms / 1_000).toPrecision(digits));
}

/** One sample, or none where nothing is known. */
function one(labels: Labels, value: number | null | undefined, suffix = ''): Sample[] {
  return value === null || value === undefined ? [] : [{ suffix, labels, value }];
}

/** Quantiles that enough invocations support, sum and count; nothing of what nobody measured although something completed. */
function latencySamples({ count, mean, ...others }: LatencySummary, completed: number, labels: Labels): Sample[] {
  if (mean === null && completed > 0) return [];
  const named = (Object.keys(quantiles) as (keyof typeof quantiles)[]).flatMap((name) => {
    const ms = others[name];
    return ms === null ? [] : [{ labels: { ...labels, quantile: quantiles[name] }, value: seconds(ms) }];
  });
  return [...named, { suffix: '_sum', labels, value: seconds((mean ?? 0) * count) }, { suffix: '_count', labels, value: count }];
}

const families: readonly (Omit<MetricFamily, 'samples'> & { readonly of: SamplesOf })[] = [
  {
    name: 'faasbatch_invocations',
    type: 'counter',
    help: 'Invocations by how they ended.',
    of: ({ invocations, backend }, labels) => (backend === imported ? importedOutcomes : outcomes).map((name) => ({ suffix: '_total', labels: { ...labels, outcome: snakeCase(name) }, value: invocations[name] })),
  },
  { name: 'faasbatch_invocation_retries', type: 'counter', help: 'Invocations that were started again because their container was lost.', of: ({ invocations, backend }, labels) => one(labels, backend === imported ? null : invocations.retried, '_total') },
  {
    name: 'faasbatch_invocation_errors',
    type: 'counter',
    help: 'Invocations that did not complete, by error code.',
    of: ({ errorCodes }, labels) => Object.entries(errorCodes).map(([code, value]) => ({ suffix: '_total', labels: { ...labels, code }, value })),
  },
  { name: 'faasbatch_invocation_latency_seconds', type: 'summary', unit: 'seconds', help: 'From the intended arrival to the outcome, of completed invocations.', of: ({ latencyMs, invocations }, labels) => latencySamples(latencyMs.total, invocations.completed, labels) },
  {
    name: 'faasbatch_invocation_latency_part_seconds',
    type: 'summary',
    unit: 'seconds',
    help: 'The parts of the latency of completed invocations.',
    of: ({ latencyMs, invocations }, labels) => latencyPartNames.flatMap((part) => latencySamples(latencyMs[part], invocations.completed, { ...labels, part: snakeCase(part) })),
  },
  { name: 'faasbatch_containers_launched', type: 'counter', help: 'Containers that were launched.', of: ({ containers }, labels) => one(labels, containers.launched, '_total') },
  { name: 'faasbatch_containers_peak', type: 'gauge', help: 'Most containers at a time.', of: ({ containers }, labels) => one(labels, containers.peak) },
  { name: 'faasbatch_container_lifetime_seconds', type: 'counter', unit: 'seconds', help: 'The lives of all containers together.', of: ({ containers }, labels) => one(labels, containers.containerSeconds, '_total') },
  { name: 'faasbatch_memory_gb_seconds', type: 'counter', unit: 'gb_seconds', help: 'Memory of containers over their lives; a GB is 2^30 bytes.', of: ({ memory }, labels) => one(labels, memory.gbSeconds, '_total') },
  { name: 'faasbatch_memory_peak_bytes', type: 'gauge', unit: 'bytes', help: 'Most memory of all containers at a time.', of: ({ memory: { peakMb } }, labels) => one(labels, peakMb === null ? null : peakMb * bytesPerMb) },
  { name: 'faasbatch_cpu_seconds', type: 'counter', unit: 'seconds', help: 'CPU time of all containers.', of: ({ cpu }, labels) => one(labels, cpu.coreSeconds, '_total') },
  { name: 'faasbatch_cpu_utilization_ratio', type: 'gauge', unit: 'ratio', help: 'Share of all cores that containers used.', of: ({ cpu }, labels) => one(labels, cpu.meanUtilization) },
  {
    name: 'faasbatch_client_requests',
    type: 'counter',
    help: 'Requests for clients that containers can share, by what became of them.',
    of: ({ resources }, labels) => (resources === undefined ? [] : (['hits', 'misses'] as const).map((name) => ({ suffix: '_total', labels: { ...labels, result: name === 'hits' ? 'hit' : 'miss' }, value: resources[name] }))),
  },
  { name: 'faasbatch_load_generator_lag_max_seconds', type: 'gauge', unit: 'seconds', help: 'How late the load generator was at most.', of: ({ loadGenerator: { lagMaxMs } }, labels) => one(labels, lagMaxMs === null ? null : seconds(lagMaxMs)) },
  { name: 'faasbatch_cell_duration_seconds', type: 'gauge', unit: 'seconds', help: 'From the first intended second to the end of the last invocation.', of: ({ wallMs }, labels) => one(labels, wallMs === null ? null : seconds(wallMs)) },
  { name: 'faasbatch_cell_valid', type: 'gauge', help: '1 when the cell is valid, else 0.', of: ({ valid }, labels) => one(labels, valid ? 1 : 0) },
];

function aboutResult({ id, suite, backend, tool }: Manifest): MetricFamily {
  return { name: 'faasbatch_result', type: 'info', help: 'The result set that all of this is from.', samples: [{ suffix: '_info', labels: { id, suite: suite.name, backend, tool: tool.name, version: tool.version }, value: 1 }] };
}

/** The numbers of cells as an exposition of OpenMetrics, in base units. */
export function openmetricsOf(manifest: Manifest, summaries: readonly CellSummary[]): string {
  const cells = summaries.map((summary) => ({ summary, labels: labelsOf(summary.cell) }));
  return renderExposition([aboutResult(manifest), ...families.map(({ of, ...family }) => ({ ...family, samples: cells.flatMap(({ summary, labels }) => of(summary, labels)) }))]);
}

/** `openmetrics.txt`, of the summaries of all cells. */
export function planOpenmetrics(cells: readonly FinishedCell[], { manifest }: ResultSet): ExportPlan {
  const write = (path: string): void => writeBlocks(path, (file) => file.text(openmetricsOf(manifest, cells.map(({ summary }) => summary))));
  return { files: cells.length === 0 ? [] : [{ name: 'openmetrics.txt', write }], leftOut: [] };
}
