import { latencyPartNames, type LatencySummary } from '../core/index.js';
import type { CellSummary } from '../results/index.js';
import { columnOf, textColumn, type FrameColumn, type FrameValue } from './frame-column.js';
import { keyColumns } from './key-columns.js';
import type { SelectedCell } from './select-cells.js';

/** Null and undefined: not known. */
type Known = FrameValue | null | undefined;
type Row = readonly (readonly [name: string, value: Known])[];

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** In a line, or nothing. */
const joined = (texts: readonly string[], between: string): string | undefined => (texts.length === 0 ? undefined : texts.join(between));

function latency(name: string, { count, mean, p50, p90, p95, p98, p99, p999, max }: Partial<LatencySummary>): Row {
  const statistics = Object.entries({ mean, p50, p90, p95, p98, p99, p999, max }).map(([statistic, value]) => [`${name}_${statistic}_ms`, value] as const);
  return [[`${name}_count`, count], ...statistics];
}

function invocations({ invocations: counts, errorCodes, latencyMs }: CellSummary): Row {
  return [
    ...Object.entries(counts).map(([name, count]) => [`invocations_${snakeCase(name)}`, count] as const),
    ['error_codes', joined(Object.entries(errorCodes).map(([code, count]) => `${code}=${count}`), ' ')],
    ...latency('total', latencyMs.total),
    ...latencyPartNames.flatMap((part) => latency(snakeCase(part), latencyMs[part])),
  ];
}

function containers({ containers: { launched, peak, containerSeconds, cap }, memory, cpu }: CellSummary): Row {
  return [
    ['containers_launched', launched],
    ['containers_peak', peak],
    ['container_seconds', containerSeconds],
    ['cap_max_containers', cap?.max],
    ['cap_launches_waited', cap?.launchesWaited],
    ['cap_longest_wait_ms', cap?.longestWaitMs],
    ['cap_ended_for_others', cap?.endedForOthers],
    ['memory_peak_mb', memory.peakMb],
    ['memory_mean_mb', memory.meanMb],
    ['memory_kernel_peak_mb', memory.kernelPeakMb],
    ['memory_unsampled_containers', memory.unsampledContainers],
    ['memory_source', memory.source],
    ['gb_seconds', memory.gbSeconds],
    ['cpu_core_seconds', cpu.coreSeconds],
    ['cpu_sampled_containers', cpu.sampledContainers],
    ['cpu_mean_utilization_share', cpu.meanUtilization],
    ['cpu_host_mean_utilization_share', cpu.hostMeanUtilization],
    ['cpu_host_stolen_share', cpu.hostStolenShare],
  ];
}

function resources({ resourceCache, resources: used }: CellSummary): Row {
  return [
    ['resource_cache_policy', resourceCache?.policy],
    ['resource_cache_capacity', resourceCache?.capacity],
    ['resource_hits', used?.hits],
    ['resource_misses', used?.misses],
    ['resource_failures', used?.failures],
    ['resource_evictions', used?.evictions],
    ['resource_broken', used?.broken],
    ['resource_peak_in_container', used?.peakInContainer],
    ['resource_creation_ms', used?.creationMs],
    ['resource_saved_bytes', used?.savedBytes],
    ['resource_untold_containers', used?.untoldContainers],
    ['resource_ideal_hits', used?.idealHits],
    ['resource_ideal_requests', used?.idealRequests],
  ];
}

function instrument({ loadGenerator, sampler, harness, bound, wallMs }: CellSummary): Row {
  return [
    ['bound_cores', bound?.cores],
    ...latency('bound', bound?.latencyMs ?? {}),
    ['load_generator_lag_p50_ms', loadGenerator.lagP50Ms],
    ['load_generator_lag_p99_ms', loadGenerator.lagP99Ms],
    ['load_generator_lag_max_ms', loadGenerator.lagMaxMs],
    ['load_generator_real_time', loadGenerator.realTime],
    ['sampler_cpu_ms', sampler?.cpuMs],
    ['sampler_core_share', sampler?.coreShare],
    ['sampler_rounds', sampler?.rounds],
    ['sampler_missed_rounds', sampler?.missedRounds],
    ['harness_cpu_ms', harness?.cpuMs],
    ['harness_core_share', harness?.coreShare],
    ['wall_ms', wallMs],
  ];
}

/** The row of a cell: a summary without its nesting, with the unit of each number at the end of its name. */
function rowOf(summary: CellSummary): Row {
  const { valid, problems, skipped, profile, workloadHash, multiplexing, backend } = summary;
  return [
    ['backend', backend],
    ['valid', valid],
    ['problems', joined(problems, '; ')],
    ['skipped', skipped],
    ['profile', profile],
    ['workload_hash', workloadHash],
    ['multiplexing', multiplexing],
    ...invocations(summary),
    ...containers(summary),
    ...resources(summary),
    ...instrument(summary),
  ];
}

/** Columns that stay texts when no cell has one. */
const textNames: ReadonlySet<string> = new Set(['problems', 'skipped', 'profile', 'error_codes', 'memory_source', 'resource_cache_policy']);

/** The columns of the summaries, a row a cell, behind those of the cell; NaN where a summary has nothing. */
export function summaryColumns(cells: readonly SelectedCell[]): FrameColumn[] {
  const rows = cells.map(({ summary }) => rowOf(summary));
  const columns = (rows[0] ?? []).map(([name], index) => {
    const values = rows.map((row) => row[index]?.[1] ?? Number.NaN);
    return textNames.has(name) ? textColumn(name, values) : columnOf(name, values);
  });
  return [...keyColumns(cells.map(({ summary }) => ({ key: summary.cell, rows: 1 }))), ...columns];
}
