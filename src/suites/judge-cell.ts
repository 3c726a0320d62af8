import type { CellMetrics, FbbError } from '../core/index.js';
import type { EngineCounts } from '../engine/index.js';

interface Evidence {
  readonly metrics: CellMetrics;
  readonly counts: EngineCounts;
  readonly expected: number;
  readonly error: FbbError | undefined;
  readonly limits: { readonly maxLagMs: number; readonly maxFailedShare: number };
}

/** Whether the numbers of a cell can be trusted, and what to know before trusting them. */
export function judgeCell({ metrics, counts, expected, error, limits }: Evidence): { valid: boolean; problems: string[] } {
  const fatal: string[] = [];
  const warnings: string[] = [];
  const { completed, failed, timedOut, rejected } = metrics.invocations;
  const accounted = completed + failed + timedOut + rejected;
  if (error !== undefined) fatal.push(`${error.code}: ${error.message}`);
  // A cell that was cut short has not seen all of its workload; that is no loss.
  if (accounted !== counts.arrived || (error === undefined && counts.arrived !== expected)) {
    fatal.push(`FBB_ERR_CELL_LOST_INVOCATIONS: ${expected} in the workload, ${counts.arrived} arrived, ${accounted} ended`);
  }
  const lagMs = metrics.loadGenerator.lagP99Ms ?? metrics.loadGenerator.lagMaxMs;
  if (lagMs !== null && lagMs > limits.maxLagMs) fatal.push(`FBB_ERR_CELL_LATE_LOAD: arrivals were up to ${lagMs.toFixed(1)} ms late (99th percentile), ${limits.maxLagMs} ms are allowed`);
  const failures = failed + timedOut;
  if (failures > 0 || (completed === 0 && error === undefined)) {
    const line = `FBB_ERR_CELL_FAILED_INVOCATIONS: ${failed} failed, ${timedOut} timed out; latencies are of the ${completed} that completed`;
    (completed === 0 || failures > limits.maxFailedShare * counts.arrived ? fatal : warnings).push(line);
  }
  return { valid: fatal.length === 0, problems: [...fatal, ...warnings] };
}
