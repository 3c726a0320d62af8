import { grouped } from '../core/index.js';
import type { CellSummary, ResultSet } from '../results/index.js';
import { shortestRemainingLatenciesMs } from '../stats/index.js';
import { groupOf } from './repetitions.js';
import { formatMs } from './formats.js';
import type { TableStyle } from './summary-table.js';
import { harmless } from './terminal-text.js';

/** Reading more rows than this would make a table wait. */
const mostRows = 200_000;

/** What the invocations of a workload need at least, as far as any cell has shown. */
interface LeastWork {
  readonly intendedMs: Map<number, number>;
  readonly cpuMs: Map<number, number>;
  readonly executionMs: Map<number, number>;
  /** Whether cores are what they need; those that wait instead need nothing of each other. */
  computes: boolean;
}

function lower(least: Map<number, number>, id: number, ms: number): void {
  least.set(id, Math.min(ms, least.get(id) ?? ms));
}

function addCell(least: LeastWork, results: ResultSet, cellId: string): void {
  for (const row of results.readInvocations(cellId)) {
    // Imported rows do not tell when they arrived.
    if (row['outcome'] !== 'completed' || row['intended_ms'] === '') continue;
    const id = Number(row['id']);
    least.intendedMs.set(id, Number(row['intended_ms']));
    lower(least.executionMs, id, Number(row['execution_ms']));
    const cpuMs = row['cpu_ms'] ?? '';
    if (cpuMs === '') least.computes = false;
    else lower(least.cpuMs, id, Number(cpuMs));
  }
}

function nearestRank(ascending: Float64Array, q: number): number | null {
  return ascending.length === 0 ? null : (ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] as number);
}

interface Reference {
  readonly meanMs: number;
  readonly text: string;
}

/** Everything warm, nothing costs anything, the shortest remaining work first on all cores; who only waits needs no core. */
function referenceOf({ intendedMs, cpuMs, executionMs, computes }: LeastWork, cores: number): Reference | undefined {
  const ids = [...intendedMs.keys()].sort((a, b) => (intendedMs.get(a) as number) - (intendedMs.get(b) as number));
  if (ids.length === 0) return undefined;
  const arrivals = ids.map((id) => intendedMs.get(id) as number);
  const workMs = computes ? cpuMs : executionMs;
  const work = ids.map((id) => workMs.get(id) as number);
  const latenciesMs = shortestRemainingLatenciesMs(arrivals, work, computes ? cores : Number.POSITIVE_INFINITY).sort();
  const meanMs = latenciesMs.reduce((sum, latencyMs) => sum + latencyMs, 0) / latenciesMs.length;
  const how = computes ? `all warm, shortest remaining CPU time first on ${cores} cores` : 'all warm, each for itself';
  return { meanMs, text: `clairvoyant reference (${how}): mean ${formatMs(meanMs)}, p50 ${formatMs(nearestRank(latenciesMs, 0.5))}, p98 ${formatMs(nearestRank(latenciesMs, 0.98))} ms` };
}

/** The mean of each scheduler over its repetitions as a multiple of the reference; from the least to the most where it ran with several options; the best first. */
function ratios(cells: readonly CellSummary[], referenceMs: number): string {
  const schedulers = new Map<string, Map<string, number[]>>();
  for (const { cell, latencyMs } of cells) {
    if (latencyMs.total.mean === null) continue;
    const variants = schedulers.get(cell.scheduler) ?? new Map<string, number[]>();
    const parameters = JSON.stringify(cell.parameters);
    schedulers.set(cell.scheduler, variants.set(parameters, [...(variants.get(parameters) ?? []), latencyMs.total.mean]));
  }
  const rows = [...schedulers].map(([scheduler, variants]) => {
    const multiples = [...variants.values()].map((means) => means.reduce((sum, mean) => sum + mean, 0) / means.length / referenceMs).sort((a, b) => a - b);
    const ends = [...new Set([multiples[0] as number, multiples.at(-1) as number].map((multiple) => multiple.toFixed(1)))];
    return { least: multiples[0] as number, text: `${harmless(scheduler)} ${ends.join('–')} ×` };
  });
  return rows
    .sort((a, b) => a.least - b.least)
    .map(({ text }) => text)
    .join(', ');
}

/**
 * How far the mean of each scheduler is from what a clairvoyant policy would reach, a line an experiment and workload. The work of an
 * invocation is the least that any valid cell of these has measured for it.
 */
export function renderClairvoyant(results: ResultSet, summaries: readonly CellSummary[], style: TableStyle): string[] {
  const valid = summaries.filter((summary) => summary.valid);
  const lines: string[] = [];
  for (const [title, cells] of grouped(valid, ({ cell }) => groupOf(cell))) {
    // With --reseed each repetition has a reference of its own.
    if (new Set(cells.map(({ workloadHash }) => workloadHash)).size > 1) continue;
    const reference = boundOf(cells) ?? measuredReference(results, cells);
    // Where nothing needs any time there are no multiples of it.
    if (reference !== undefined && reference.meanMs > 0) lines.push(style.dim(`${title} ${reference.text}; mean of ${ratios(cells, reference.meanMs)}`));
  }
  return lines;
}

/** The simulation has computed it with the cells. */
function boundOf([first]: readonly CellSummary[]): Reference | undefined {
  const { bound } = first as CellSummary;
  if (bound === undefined || bound.latencyMs.mean === null) return undefined;
  const { cores, latencyMs } = bound;
  return {
    meanMs: bound.latencyMs.mean,
    text: `clairvoyant reference (all warm, shortest remaining CPU time first on ${cores} cores): mean ${formatMs(latencyMs.mean)}, p50 ${formatMs(latencyMs.p50)}, p98 ${formatMs(latencyMs.p98)} ms`,
  };
}

function measuredReference(results: ResultSet, cells: readonly CellSummary[]): Reference | undefined {
  if (!results.manifest.settings.rows || cells.reduce((sum, { invocations }) => sum + invocations.arrived, 0) > mostRows) return undefined;
  const cores = Number(results.manifest.host['cores']);
  const workload = results.manifest.workloads[(cells[0] as CellSummary).cell.workload];
  const least: LeastWork = { intendedMs: new Map(), cpuMs: new Map(), executionMs: new Map(), computes: workload?.['functionKind'] !== 'io' };
  for (const { cell } of cells) addCell(least, results, cell.id);
  return referenceOf(least, cores);
}
