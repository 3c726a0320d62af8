import { latencyPartNames } from '../core/index.js';
import type { CellSummary } from '../results/index.js';
import { cellColumns, cellValues } from './invocation-columns.js';
import { snakeCase } from './snake-case.js';

type Value = string | number | boolean | null | undefined;
type Column = readonly [name: string, of: (summary: CellSummary) => Value];
type LatencySummary = CellSummary['latencyMs']['total'];

const latencyNumbers = ['mean', 'p50', 'p90', 'p95', 'p98', 'p99', 'p999', 'max'] as const satisfies readonly (keyof LatencySummary)[];

function latencyColumns(name: string, of: (summary: CellSummary) => LatencySummary | undefined): Column[] {
  return [[`${name}_count`, (summary) => of(summary)?.count], ...latencyNumbers.map((number): Column => [`${name}_${number}_ms`, (summary) => of(summary)?.[number]])];
}

function errorCodes({ errorCodes: counts }: CellSummary): string {
  return Object.entries(counts).map(([code, count]) => `${code}=${count}`).join(' ');
}

const outcomeColumns: readonly Column[] = [
  ['valid', ({ valid }) => valid],
  ['problems', ({ problems }) => problems.join('; ')],
  ['backend', ({ backend }) => backend],
  ['multiplexing', ({ multiplexing }) => multiplexing],
  ['workload_hash', ({ workloadHash }) => workloadHash],
  ['wall_ms', ({ wallMs }) => wallMs],
  ...(['arrived', 'completed', 'failed', 'timedOut', 'rejected', 'retried'] as const).map((name): Column => [`invocations_${snakeCase(name)}`, ({ invocations }) => invocations[name]]),
  ['error_codes', errorCodes],
];

const usageColumns: readonly Column[] = [
  ['containers_launched', ({ containers }) => containers.launched],
  ['containers_peak', ({ containers }) => containers.peak],
  ['container_seconds', ({ containers }) => containers.containerSeconds],
  ['cap_max_containers', ({ containers }) => containers.cap?.max],
  ['cap_launches_waited', ({ containers }) => containers.cap?.launchesWaited],
  ['cap_longest_wait_ms', ({ containers }) => containers.cap?.longestWaitMs],
  ['cap_ended_for_others', ({ containers }) => containers.cap?.endedForOthers],
  ['memory_peak_mb', ({ memory }) => memory.peakMb],
  ['memory_mean_mb', ({ memory }) => memory.meanMb],
  ['memory_gb_seconds', ({ memory }) => memory.gbSeconds],
  ['memory_kernel_peak_mb', ({ memory }) => memory.kernelPeakMb],
  ['memory_unsampled_containers', ({ memory }) => memory.unsampledContainers],
  ['memory_source', ({ memory }) => memory.source],
  ['cpu_core_seconds', ({ cpu }) => cpu.coreSeconds],
  ['cpu_sampled_containers', ({ cpu }) => cpu.sampledContainers],
  ['cpu_mean_utilization_share', ({ cpu }) => cpu.meanUtilization],
  ['cpu_host_mean_utilization_share', ({ cpu }) => cpu.hostMeanUtilization],
  ['cpu_host_stolen_share', ({ cpu }) => cpu.hostStolenShare],
];

const resourceColumns: readonly Column[] = [
  ['resource_cache_policy', ({ resourceCache }) => resourceCache?.policy],
  ['resource_cache_capacity', ({ resourceCache }) => resourceCache?.capacity],
  ...(['hits', 'misses', 'failures', 'evictions', 'broken', 'creationMs', 'savedBytes', 'peakInContainer', 'untoldContainers', 'idealHits', 'idealRequests'] as const).map(
    (name): Column => [`resource_${snakeCase(name)}`, ({ resources }) => resources?.[name]],
  ),
];

const instrumentColumns: readonly Column[] = [
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

/** The same of every result set, so that tables of several can be put under each other; only those of parameters differ. */
const columns: readonly Column[] = [
  ...outcomeColumns,
  ...latencyColumns('total', ({ latencyMs }) => latencyMs.total),
  ...latencyPartNames.flatMap((part) => latencyColumns(snakeCase(part), ({ latencyMs }) => latencyMs[part])),
  ...usageColumns,
  ...resourceColumns,
  ...instrumentColumns,
  ...latencyColumns('bound', ({ bound }) => bound?.latencyMs),
];

/** A header, and a row a cell: its key, a column for each parameter that any of them has, and every number of its summary with its unit in the name. */
export function summaryTable(summaries: readonly CellSummary[]): Value[][] {
  const parameters = [...new Set(summaries.flatMap(({ cell }) => Object.keys(cell.parameters)))];
  const header = [...cellColumns, ...parameters.map((name) => `parameter_${name}`), ...columns.map(([name]) => name)];
  return [header, ...summaries.map((summary) => [...cellValues(summary.cell), ...parameters.map((name) => summary.cell.parameters[name]), ...columns.map(([, of]) => of(summary))])];
}
