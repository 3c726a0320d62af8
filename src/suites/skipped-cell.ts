import type { Backend, LatencySummary, SchedulerDefinition } from '../core/index.js';
import { schemaVersion, type CellSummary } from '../results/index.js';
import type { PlannedCell } from './planned-cell.js';

/** Why a backend cannot run a scheduler; undefined when it can. */
export function reasonToSkip({ requires }: SchedulerDefinition, { name, capabilities, missingCapabilities }: Backend): string | undefined {
  const missing = requires.filter((capability) => !capabilities.has(capability));
  if (missing.length === 0) return undefined;
  const reasons = missing.map((capability) => {
    const why = missingCapabilities?.get(capability);
    return why === undefined ? capability : `${capability} (${why})`;
  });
  return `backend '${name}' lacks ${reasons.join(', ')}`;
}

const nothing: LatencySummary = { count: 0, mean: null, p50: null, p90: null, p95: null, p98: null, p99: null, p999: null, max: null };

/** What is stored of a cell that was not run. */
export function skippedSummary({ key, workload, resourceCache }: PlannedCell, backend: string, reason: string): CellSummary {
  return {
    schema: schemaVersion,
    cell: key,
    valid: false,
    problems: [`FBB_ERR_CAPABILITY_MISSING: scheduler '${key.scheduler}' was not run: ${reason}`],
    skipped: reason,
    notes: [],
    workloadHash: workload.hash,
    multiplexing: resourceCache.policy !== 'off',
    backend,
    invocations: { arrived: 0, completed: 0, failed: 0, timedOut: 0, rejected: 0, retried: 0 },
    errorCodes: {},
    latencyMs: { total: nothing, lag: nothing, scheduling: nothing, coldStart: nothing, queue: nothing, execution: nothing, response: nothing },
    containers: { launched: 0, peak: 0, containerSeconds: 0 },
    memory: { peakMb: null, meanMb: null, gbSeconds: null, unsampledContainers: 0, source: null },
    cpu: { coreSeconds: 0, sampledContainers: 0, meanUtilization: 0, hostMeanUtilization: null, hostStolenShare: null },
    loadGenerator: { lagP50Ms: null, lagP99Ms: null, lagMaxMs: null, realTime: false },
    sampler: null,
    wallMs: 0,
  };
}
