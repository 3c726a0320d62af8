import type { CellProfile, FbbError, ResourceTotals, SamplerCost } from '../core/index.js';
import type { Engine } from '../engine/index.js';
import type { CellRecorder } from '../metrics/index.js';
import { schemaVersion, type CellSummary } from '../results/index.js';
import type { IdealResources } from './ideal-resources.js';
import { judgeCell } from './judge-cell.js';
import type { PlannedCell } from './planned-cell.js';

interface CellEvidence {
  readonly cell: PlannedCell;
  readonly engine: Engine;
  readonly recorder: CellRecorder;
  readonly backendName: string;
  readonly profile: CellProfile | undefined;
  readonly notes: readonly string[];
  /** What cut the cell short. */
  readonly error: FbbError | undefined;
  readonly limits: { readonly maxLagMs: number; readonly maxFailedShare: number };
  readonly wallMs: number;
  /** Whether engine and load generator ran in the real-time class. */
  readonly realTime: boolean;
  readonly samplerCost: SamplerCost | undefined;
  readonly memorySource: CellSummary['memory']['source'];
  /** Undefined where it has nothing to do with the time of the cell. */
  readonly harnessCpuMs: number | undefined;
  readonly bound?: CellSummary['bound'];
  readonly ideal: IdealResources | undefined;
}

/** The bound is one for a single request by each invocation: a function that asks for several clients, or that was started twice, has none. */
function resourcesOf(totals: ResourceTotals | undefined, ideal: IdealResources | undefined): Pick<CellSummary, 'resources'> {
  if (totals === undefined) return {};
  return { resources: { ...totals, ...(ideal?.idealRequests === totals.hits + totals.misses ? ideal : {}) } };
}

/** What is stored of a cell that has come to some end. */
export function summarize(evidence: CellEvidence): CellSummary {
  const { cell, engine, recorder, profile, error, wallMs, samplerCost, harnessCpuMs } = evidence;
  const { counts, cap } = engine;
  const { workload, key, resourceCache } = cell;
  const metrics = recorder.metrics(counts.arrived, wallMs, engine.cores);
  const verdict = judgeCell({ metrics, counts, expected: workload.intendedMs.length, error, limits: evidence.limits });
  const leftOut = counts.problemsLeftOut > 0 ? [`and ${counts.problemsLeftOut} more lines like these`] : [];
  return {
    schema: schemaVersion,
    cell: key,
    valid: verdict.valid,
    problems: [...verdict.problems, ...engine.problems, ...leftOut],
    notes: [...evidence.notes],
    ...(profile === undefined ? {} : { profile: profile.cellId }),
    workloadHash: workload.hash,
    multiplexing: resourceCache.policy !== 'off',
    resourceCache: { ...resourceCache },
    backend: evidence.backendName,
    invocations: { ...metrics.invocations, retried: counts.retried },
    errorCodes: metrics.errorCodes,
    coldStarts: metrics.coldStarts,
    latencyMs: metrics.latencyMs,
    containers: { ...metrics.usage.containers, ...(cap === undefined ? {} : { cap }) },
    memory: { ...metrics.usage.memory, source: evidence.memorySource },
    cpu: { ...metrics.usage.cpu, hostStolenShare: samplerCost?.stolenShare ?? null },
    ...resourcesOf(metrics.usage.resources, evidence.ideal),
    loadGenerator: { ...metrics.loadGenerator, realTime: evidence.realTime },
    sampler:
      samplerCost === undefined ? null : { cpuMs: samplerCost.cpuMs, coreShare: samplerCost.cpuMs / wallMs, rounds: samplerCost.rounds, missedRounds: samplerCost.missedRounds },
    ...(harnessCpuMs === undefined ? {} : { harness: { cpuMs: harnessCpuMs, coreShare: harnessCpuMs / wallMs } }),
    ...(evidence.bound === undefined ? {} : { bound: evidence.bound }),
    wallMs,
  };
}
