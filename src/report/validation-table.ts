import { FbbError, latencyPartNames, type LatencyPartName } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { median } from '../stats/index.js';
import { groupOf, meanOverRepetitions, publishedFor, rowKey, type CellAverage } from './repetitions.js';
import { formatMs, formatPercent } from './formats.js';
import { renderTable, type TableStyle } from './summary-table.js';

/** What a cell is judged by, wherever it was measured. */
interface Figures {
  readonly containers: number | null;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p98Ms: number | null;
  readonly partsMs: Readonly<Partial<Record<LatencyPartName, number | null>>>;
}

interface Pair {
  readonly group: string;
  readonly scheduler: string;
  readonly label: string;
  readonly measured: Figures;
  readonly simulated: Figures;
}

function pairOf(measured: Figures, simulated: CellAverage): Pair {
  return { group: groupOf(simulated), scheduler: simulated.scheduler, label: simulated.label, measured, simulated };
}

function checkSameWork(live: readonly CellSummary[], simulated: readonly CellSummary[]): void {
  const hashes = new Map(live.map(({ cell, workloadHash }) => [cell.workload, workloadHash]));
  const other = simulated.filter(({ cell, workloadHash }) => (hashes.get(cell.workload) ?? workloadHash) !== workloadHash).map(({ cell }) => cell.workload);
  if (other.length === 0) return;
  throw new FbbError('FBB_ERR_NOT_COMPARABLE', `What was run live and what was simulated is not the same work: ${[...new Set(other)].join(', ')} (other cores, another suite, or another version of faasbatch-bench).`);
}

/** Live cells and their simulation, where both have numbers. Throws when they are not of the same work. */
export function pairWithLive(live: readonly CellSummary[], simulated: readonly CellSummary[], manifest: Manifest): Pair[] {
  checkSameWork(live, simulated);
  const liveRows = new Map(meanOverRepetitions(live, manifest).map((row) => [rowKey(row), row]));
  return meanOverRepetitions(simulated, manifest).flatMap((row) => {
    const measured = liveRows.get(rowKey(row));
    return measured?.comparable === true && row.comparable ? [pairOf(measured, row)] : [];
  });
}

/** Published cells and their simulation. */
export function pairWithPublished(simulated: readonly CellSummary[], manifest: Manifest): Pair[] {
  return meanOverRepetitions(simulated, manifest).flatMap((row) => {
    const published = publishedFor(row, manifest);
    return published === undefined || !row.comparable ? [] : [pairOf(published, row)];
  });
}

/** Simulated against measured: −0.2 is a fifth too little. Null where there is nothing to divide by. */
function errorOf(measured: number | null | undefined, simulated: number | null | undefined): number | null {
  return measured === null || measured === undefined || simulated === null || simulated === undefined || measured <= 0 ? null : simulated / measured - 1;
}

function formatError(error: number | null): string {
  return error === null ? '–' : formatPercent(error, 0);
}

const metrics = ['containers', 'meanMs', 'p50Ms', 'p98Ms'] as const;
type Metric = (typeof metrics)[number];

/** A part below this share of both mean latencies says more of the noise than of the simulation. */
const leastShare = 0.05;

function matters({ partsMs, meanMs }: Figures, name: LatencyPartName): boolean {
  return meanMs !== null && (partsMs[name] ?? 0) >= leastShare * meanMs;
}

/** Empty where no part was measured. */
function partErrors({ measured, simulated }: Pair): string {
  const shown = latencyPartNames.filter((name) => typeof measured.partsMs[name] === 'number' && (matters(measured, name) || matters(simulated, name)));
  return shown.map((name) => `${name} ${formatMs(measured.partsMs[name] ?? null)} → ${formatMs(simulated.partsMs[name] ?? null)} (${formatError(errorOf(measured.partsMs[name], simulated.partsMs[name]))})`).join(', ');
}

function absoluteErrors(pairs: readonly Pair[], metric: Metric): number[] {
  return pairs.flatMap(({ measured, simulated }) => {
    const error = errorOf(measured[metric], simulated[metric]);
    return error === null ? [] : [Math.abs(error)];
  });
}

/** NaN where one is not known. */
function differenceMs(a: Figures, b: Figures): number {
  return (a.meanMs ?? Number.NaN) - (b.meanMs ?? Number.NaN);
}

/** Pairs of rows of one group that the measurement puts in an order by mean latency, and whether the simulation agrees. */
function orderings(pairs: readonly Pair[]): { readonly all: number; readonly wrong: readonly string[] } {
  let all = 0;
  const wrong: string[] = [];
  for (const [index, a] of pairs.entries()) {
    for (const b of pairs.slice(index + 1)) {
      if (a.group !== b.group || !compared(a, b)) continue;
      const measured = differenceMs(a.measured, b.measured);
      const simulated = differenceMs(a.simulated, b.simulated);
      if (measured === 0 || Number.isNaN(measured) || Number.isNaN(simulated)) continue;
      all += 1;
      if (Math.sign(measured) === Math.sign(simulated)) continue;
      const [less, more] = measured < 0 ? [a, b] : [b, a];
      wrong.push(`${a.group}: ${less.label} (${formatMs(less.measured.meanMs)}) is below ${more.label} (${formatMs(more.measured.meanMs)}), simulated ${formatMs(less.simulated.meanMs)} and ${formatMs(more.simulated.meanMs)}`);
    }
  }
  return { all, wrong };
}

/** Rows of a sweep are compared where they have the same parameter: `a x=1` with `b x=1`. */
function compared(a: Pair, b: Pair): boolean {
  const parametersOf = ({ label, scheduler }: Pair): string => label.slice(scheduler.length);
  return a.scheduler !== b.scheduler && parametersOf(a) === parametersOf(b);
}

const head = ['', 'cont.', 'sim', 'error', 'mean', 'sim', 'error', 'p50', 'sim', 'error', 'p98', 'sim', 'error'];

function groupTable(pairs: readonly Pair[]): string {
  const rows = pairs.map(({ label, measured, simulated }) => {
    const cells = metrics.flatMap((metric) => {
      const format = (value: number | null): string => (metric === 'containers' ? (value === null ? '–' : value.toFixed(0)) : formatMs(value));
      return [format(measured[metric]), format(simulated[metric]), formatError(errorOf(measured[metric], simulated[metric]))];
    });
    return [label, ...cells];
  });
  return renderTable(head, rows);
}

/** Measured and simulated figures side by side, their relative errors, the medians of these, and the orderings that the simulation gets wrong. */
export function renderValidation(pairs: readonly Pair[], style: TableStyle): string {
  if (pairs.length === 0) return 'nothing to compare: no cell is valid on both sides';
  const lines: string[] = [];
  for (const group of new Set(pairs.map((pair) => pair.group))) {
    const rows = pairs.filter((pair) => pair.group === group);
    lines.push(style.bold(`${group}   measured, simulated, relative error; latencies in ms`), groupTable(rows));
    for (const pair of rows) {
      const parts = partErrors(pair);
      if (parts !== '') lines.push(style.dim(`  ${pair.label}: ${parts}`));
    }
    lines.push('');
  }
  const medians = metrics.map((metric) => {
    const errors = absoluteErrors(pairs, metric);
    return `${metric.replace('Ms', '')} ${errors.length === 0 ? '–' : `${(median(errors) * 100).toFixed(0)} %`}`;
  });
  lines.push(style.bold(`median absolute error over ${pairs.length} ${pairs.length === 1 ? 'cell' : 'cells'}: ${medians.join(', ')}`));
  const { all, wrong } = orderings(pairs);
  lines.push(`orderings of schedulers by mean latency: ${all === 0 ? 'none to compare' : `${all - wrong.length} of ${all} as measured`}`);
  for (const line of wrong) lines.push(style.red(`! ${line}`));
  return lines.join('\n');
}
