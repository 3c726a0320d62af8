import type { CellSummary, ResultSet } from '../results/index.js';
import { shortestRemainingLatenciesMs } from '../stats/index.js';

/** Reading more rows than this would make a table wait. */
const mostRows = 200_000;

/** What a clairvoyant policy would reach. `how`: by which rule, without its numbers. A percentile is null where there are too few to name it. */
export interface Reference {
  readonly meanMs: number;
  readonly p50Ms: number | null;
  readonly p98Ms: number | null;
  readonly how: string;
}

/** What a cell has measured of one invocation that completed; NaN where it did not. */
interface MeasuredWork {
  readonly id: number;
  readonly intendedMs: number;
  readonly executionMs: number;
  readonly cpuMs: number;
}

function lower(least: Map<number, number>, id: number, ms: number): void {
  least.set(id, Math.min(ms, least.get(id) ?? ms));
}

function nearestRank(ascending: Float64Array, q: number): number {
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] as number;
}

/** What the invocations of a workload need at least, as far as any cell has shown. */
class LeastWork {
  readonly #intendedMs = new Map<number, number>();
  readonly #cpuMs = new Map<number, number>();
  readonly #executionMs = new Map<number, number>();
  /** Whether cores are what they need; those that wait instead need nothing of each other. */
  #computes: boolean;

  constructor(computes: boolean) {
    this.#computes = computes;
  }

  add({ id, intendedMs, executionMs, cpuMs }: MeasuredWork): void {
    // Imported rows do not tell when they arrived.
    if (Number.isNaN(intendedMs)) return;
    this.#intendedMs.set(id, intendedMs);
    lower(this.#executionMs, id, executionMs);
    if (Number.isNaN(cpuMs)) this.#computes = false;
    else lower(this.#cpuMs, id, cpuMs);
  }

  /** Everything warm, nothing costs anything, the shortest remaining work first on all cores; who only waits needs no core. */
  reference(cores: number): Reference | undefined {
    const intendedMs = this.#intendedMs;
    const ids = [...intendedMs.keys()].sort((a, b) => (intendedMs.get(a) as number) - (intendedMs.get(b) as number));
    if (ids.length === 0) return undefined;
    const arrivals = ids.map((id) => intendedMs.get(id) as number);
    const workMs = this.#computes ? this.#cpuMs : this.#executionMs;
    const work = ids.map((id) => workMs.get(id) as number);
    const latenciesMs = shortestRemainingLatenciesMs(arrivals, work, this.#computes ? cores : Number.POSITIVE_INFINITY).sort();
    return {
      meanMs: latenciesMs.reduce((sum, latencyMs) => sum + latencyMs, 0) / latenciesMs.length,
      p50Ms: nearestRank(latenciesMs, 0.5),
      p98Ms: nearestRank(latenciesMs, 0.98),
      how: this.#computes ? onCores(cores) : 'all warm, each for itself',
    };
  }
}

function onCores(cores: number): string {
  return `all warm, shortest remaining CPU time first on ${cores} cores`;
}

/**
 * The clairvoyant reference of one experiment and workload: computed with the cells by a simulation, or of the least work that any of the
 * valid cells given has measured for each invocation.
 */
export class Clairvoyant {
  readonly #stored: Reference | undefined;
  readonly #work: LeastWork | undefined;
  readonly #cores: number;

  /** `cells`: valid ones. */
  constructor({ manifest }: ResultSet, cells: readonly CellSummary[]) {
    this.#cores = Number(manifest.host['cores']);
    const [first] = cells;
    // With --reseed each repetition has a reference of its own.
    if (first === undefined || new Set(cells.map(({ workloadHash }) => workloadHash)).size > 1) return;
    this.#stored = boundOf(first);
    const rows = cells.reduce((sum, { invocations }) => sum + invocations.arrived, 0);
    if (this.#stored === undefined && manifest.settings.rows && rows <= mostRows) this.#work = new LeastWork(manifest.workloads[first.cell.workload]?.['functionKind'] !== 'io');
  }

  /** Whether it must be told what the cells measured. */
  get needsRows(): boolean {
    return this.#work !== undefined;
  }

  add(measured: MeasuredWork): void {
    this.#work?.add(measured);
  }

  /** Undefined where nobody knows, and where nothing needs any time: there are no multiples of that. */
  reference(): Reference | undefined {
    const reference = this.#stored ?? this.#work?.reference(this.#cores);
    return reference !== undefined && reference.meanMs > 0 ? reference : undefined;
  }
}

function boundOf({ bound }: CellSummary): Reference | undefined {
  if (bound === undefined || bound.latencyMs.mean === null) return undefined;
  const { cores, latencyMs } = bound;
  return { meanMs: bound.latencyMs.mean, p50Ms: latencyMs.p50, p98Ms: latencyMs.p98, how: onCores(cores) };
}

/** A scheduler with its options, and how many times the mean of the reference its own is. */
interface Multiple {
  readonly scheduler: string;
  readonly parameters: CellSummary['cell']['parameters'];
  readonly multiple: number;
}

/** Of the means of the cells over their repetitions, in the order of the cells; none of cells in which nothing completed. */
export function multiplesOf(cells: readonly CellSummary[], { meanMs: referenceMs }: Reference): Multiple[] {
  const rows = new Map<string, { readonly cell: CellSummary['cell']; readonly means: number[] }>();
  for (const { cell, latencyMs } of cells) {
    const { mean } = latencyMs.total;
    if (mean === null) continue;
    const key = JSON.stringify([cell.scheduler, cell.parameters]);
    const row = rows.get(key) ?? { cell, means: [] };
    row.means.push(mean);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ cell: { scheduler, parameters }, means }) => ({ scheduler, parameters, multiple: means.reduce((sum, mean) => sum + mean, 0) / means.length / referenceMs }));
}
