import type { LatencySummary } from '../core/index.js';
import { schemaVersion, type CellKey, type CellSummary } from '../results/index.js';
import type { HostLoad } from './host-load.js';
import { workloadHashOf } from './paper.js';

/** Where a larger share of the rows is missing, those that are there do not stand for all. */
export const mostLostShare = 0.05;

/** The parts of a latency that the artifact measures. */
export type MeasuredPart = 'scheduling' | 'coldStart' | 'queue' | 'execution';

/** What is known of a cell of the artifact. */
interface CellFigures {
  readonly cell: CellKey;
  /** Invocations that were sent; those that have no row are lost. */
  readonly expected: number;
  readonly latencyMs: Readonly<Record<'total' | MeasuredPart, LatencySummary>>;
  /** Null when nobody tells. */
  readonly containers: number | null;
  readonly host: HostLoad | undefined;
  readonly notes: readonly string[];
}

const unknownLatency: LatencySummary = { count: 0, mean: null, p50: null, p90: null, p95: null, p98: null, p99: null, p999: null, max: null };

/** What a reader must know of every cell of the artifact. */
const unmeasured =
  'imported from the artifact, which tells no arrival times, measures neither lag nor response (total = scheduling + cold start + queue + execution), and memory and CPU of the host only, not of containers';

/** What is stored of a cell of the artifact; what nobody measured is null. */
export function importedSummary({ cell, expected, latencyMs, containers, host, notes }: CellFigures): CellSummary {
  const completed = latencyMs.total.count;
  const lost = expected - completed;
  return {
    schema: schemaVersion,
    cell,
    valid: lost <= mostLostShare * expected,
    problems: lost === 0 ? [] : [`FBB_ERR_IMPORT_LOST: ${lost} of ${expected} invocations have no row and count as failed; latencies are of the other ${completed}`],
    notes: [unmeasured, ...notes],
    workloadHash: workloadHashOf(cell.workload, expected),
    multiplexing: sharesClients(cell),
    backend: 'artifact',
    invocations: { arrived: expected, completed, failed: lost, timedOut: 0, rejected: 0, retried: 0 },
    errorCodes: lost === 0 ? {} : { FBB_ERR_IMPORT_LOST: lost },
    latencyMs: { ...latencyMs, lag: unknownLatency, response: unknownLatency },
    containers: { launched: containers, peak: null, containerSeconds: null },
    memory: { peakMb: null, meanMb: null, gbSeconds: null, unsampledContainers: containers ?? 0, source: null },
    cpu: { coreSeconds: null, sampledContainers: 0, meanUtilization: null, hostMeanUtilization: host?.meanUtilization ?? null, hostStolenShare: null },
    ...(host === undefined ? {} : { host: host.figures }),
    loadGenerator: { lagP50Ms: null, lagP99Ms: null, lagMaxMs: null, realTime: false },
    sampler: null,
    wallMs: null,
  };
}

/** FaaSBatch alone had the resource multiplexer, in the functions that make clients. */
export function sharesClients({ scheduler, workload }: Pick<CellKey, 'scheduler' | 'workload'>): boolean {
  return scheduler === 'batching-expanding' && workload === 'icdcs-io';
}
