import { latencyPartNames } from '../core/index.js';
import type { CellSummary } from './schema.js';

/** What a summary has of this name; null and undefined: not known. */
type SummaryField = readonly [name: string, of: (summary: CellSummary) => string | number | boolean | null | undefined];
type LatencySummary = CellSummary['latencyMs']['total'];

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const latencyNumbers = ['mean', 'p50', 'p90', 'p95', 'p98', 'p99', 'p999', 'max'] as const satisfies readonly (keyof LatencySummary)[];

function latencyColumns(name: string, of: (summary: CellSummary) => LatencySummary | undefined): SummaryField[] {
  return [[`${name}_count`, (summary) => of(summary)?.count], ...latencyNumbers.map((number): SummaryField => [`${name}_${number}_ms`, (summary) => of(summary)?.[number]])];
}

/** In a line, or nothing. */
function joined(texts: readonly string[], between: string): string | undefined {
  return texts.length === 0 ? undefined : texts.join(between);
}

function errorCodes({ errorCodes: counts }: CellSummary): string | undefined {
  return joined(Object.entries(counts).map(([code, count]) => `${code}=${count}`), ' ');
}

const outcomeColumns: readonly SummaryField[] = [
  ['valid', ({ valid }) => valid],
  ['problems', ({ problems }) => joined(problems, '; ')],
  ['notes', ({ notes }) => joined(notes, '; ')],
  ['profile', ({ profile }) => profile],
  ['backend', ({ backend }) => backend],
  ['multiplexing', ({ multiplexing }) => multiplexing],
  ['workload_hash', ({ workloadHash }) => workloadHash],
  ['wall_ms', ({ wallMs }) => wallMs],
  ...(['arrived', 'completed', 'failed', 'timedOut', 'rejected', 'retried'] as const).map((name): SummaryField => [`invocations_${snakeCase(name)}`, ({ invocations }) => invocations[name]]),
  ['error_codes', errorCodes],
  ['cold_starts', ({ coldStarts }) => coldStarts],
];

const usageColumns: readonly SummaryField[] = [
  ['containers_launched', ({ containers }) => containers.launched],
  ['containers_peak', ({ containers }) => containers.peak],
  ['container_seconds', ({ containers }) => containers.containerSeconds],
  ['cap_max_containers', ({ containers }) => containers.cap?.max],
  ['cap_launches_waited', ({ containers }) => containers.cap?.launchesWaited],
  ['cap_longest_wait_ms', ({ containers }) => containers.cap?.longestWaitMs],
  ['cap_ended_for_others', ({ containers }) => containers.cap?.endedForOthers],
  ['memory_peak_mb', ({ memory }) => memory.peakMb],
  ['memory_mean_mb', ({ memory }) => memory.meanMb],
  ['gb_seconds', ({ memory }) => memory.gbSeconds],
  ['memory_kernel_peak_mb', ({ memory }) => memory.kernelPeakMb],
  ['memory_unsampled_containers', ({ memory }) => memory.unsampledContainers],
  ['memory_source', ({ memory }) => memory.source],
  ['cpu_core_seconds', ({ cpu }) => cpu.coreSeconds],
  ['cpu_sampled_containers', ({ cpu }) => cpu.sampledContainers],
  ['cpu_mean_utilization_share', ({ cpu }) => cpu.meanUtilization],
  ['cpu_host_mean_utilization_share', ({ cpu }) => cpu.hostMeanUtilization],
  ['cpu_host_stolen_share', ({ cpu }) => cpu.hostStolenShare],
  ['host_cpu_core_seconds', ({ host }) => host?.cpuCoreSeconds],
  ['host_memory_first_mb', ({ host }) => host?.memoryFirstMb],
  ['host_memory_mean_mb', ({ host }) => host?.memoryMeanMb],
  ['host_memory_max_mb', ({ host }) => host?.memoryMaxMb],
];

const resourceColumns: readonly SummaryField[] = [
  ['resource_cache_policy', ({ resourceCache }) => resourceCache?.policy],
  ['resource_cache_capacity', ({ resourceCache }) => resourceCache?.capacity],
  ...(['hits', 'misses', 'failures', 'evictions', 'broken', 'creationMs', 'savedBytes', 'peakInContainer', 'untoldContainers', 'idealHits', 'idealRequests'] as const).map(
    (name): SummaryField => [`resource_${snakeCase(name)}`, ({ resources }) => resources?.[name]],
  ),
];

const instrumentColumns: readonly SummaryField[] = [
  ['load_generator_lag_p50_ms', ({ loadGenerator }) => loadGenerator.lagP50Ms],
  ['load_generator_lag_p99_ms', ({ loadGenerator }) => loadGenerator.lagP99Ms],
  ['load_generator_lag_max_ms', ({ loadGenerator }) => loadGenerator.lagMaxMs],
  ['load_generator_real_time', ({ loadGenerator }) => loadGenerator.realTime],
  ['sampler_cpu_ms', ({ sampler }) => sampler?.cpuMs],
  ['sampler_core_share', ({ sampler }) => sampler?.coreShare],
  ['sampler_rounds', ({ sampler }) => sampler?.rounds],
  ['sampler_missed_rounds', ({ sampler }) => sampler?.missedRounds],
  ['harness_cpu_ms', ({ harness }) => harness?.cpuMs],
  ['harness_core_share', ({ harness }) => harness?.coreShare],
  ['bound_cores', ({ bound }) => bound?.cores],
];

/**
 * A summary without its nesting but for the key of its cell, with the unit of each number at the end of its name. They are the same of every
 * result set, so that tables of several can be put under each other.
 */
export const summaryFields: readonly SummaryField[] = [
  ...outcomeColumns,
  ...latencyColumns('total', ({ latencyMs }) => latencyMs.total),
  ...latencyPartNames.flatMap((part) => latencyColumns(snakeCase(part), ({ latencyMs }) => latencyMs[part])),
  ...usageColumns,
  ...resourceColumns,
  ...instrumentColumns,
  ...latencyColumns('bound', ({ bound }) => bound?.latencyMs),
];
