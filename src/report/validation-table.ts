import Table from 'cli-table3';
import { latencyPartNames, type LatencyPartName } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { meanOverRepetitions, publishedFor, type CellAverage } from './repetitions.js';
import { borderless, formatMs, type TableStyle } from './summary-table.js';

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
  readonly label: string;
  readonly measured: Figures;
  readonly simulated: Figures;
}

function keyOf({ experiment, workload, label }: CellAverage): string {
  return JSON.stringify([experiment, workload, label]);
}

function pairOf(measured: Figures, simulated: CellAverage): Pair {
  return { group: `${simulated.experiment} · ${simulated.workload}`, label: simulated.label, measured, simulated };
}

/** Live cells and their simulation, where both have numbers. */
export function pairWithLive(live: readonly CellSummary[], simulated: readonly CellSummary[], manifest: Manifest): Pair[] {
  const liveRows = new Map(meanOverRepetitions(live, manifest).map((row) => [keyOf(row), row]));
  return meanOverRepetitions(simulated, manifest).flatMap((row) => {
    const measured = liveRows.get(keyOf(row));
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
  return error === null ? '–' : `${error > 0 ? '+' : error < 0 ? '−' : ''}${Math.abs(error * 100).toFixed(0)} %`;
}

const metrics = ['containers', 'meanMs', 'p50Ms', 'p98Ms'] as const;
type Metric = (typeof metrics)[number];

/** A part below this share of the mean latency says more of the noise than of the simulation. */
const leastShare = 0.05;

function partErrors({ measured, simulated }: Pair): string {
  const shown = latencyPartNames.filter((name) => (measured.partsMs[name] ?? 0) >= leastShare * (measured.meanMs ?? Number.POSITIVE_INFINITY));
  return shown.map((name) => `${name} ${formatMs(measured.partsMs[name] ?? null)} → ${formatMs(simulated.partsMs[name] ?? null)} (${formatError(errorOf(measured.partsMs[name], simulated.partsMs[name]))})`).join(', ');
}

function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

function absoluteErrors(pairs: readonly Pair[], metric: Metric): number[] {
  return pairs.flatMap(({ measured, simulated }) => {
    const error = errorOf(measured[metric], simulated[metric]);
    return error === null ? [] : [Math.abs(error)];
  });
}

/** Pairs of rows of one group that the measurement puts in an order by mean latency, and whether the simulation agrees. */
function orderings(pairs: readonly Pair[]): { readonly all: number; readonly wrong: readonly string[] } {
  let all = 0;
  const wrong: string[] = [];
  for (const [index, a] of pairs.entries()) {
    for (const b of pairs.slice(index + 1)) {
      if (a.group !== b.group || !compared(a, b)) continue;
      const measured = (a.measured.meanMs ?? 0) - (b.measured.meanMs ?? 0);
      const simulated = (a.simulated.meanMs ?? 0) - (b.simulated.meanMs ?? 0);
      if (measured === 0) continue;
      all += 1;
      if (measured * simulated > 0) continue;
      const [less, more] = measured < 0 ? [a, b] : [b, a];
      wrong.push(`${a.group}: ${less.label} (${formatMs(less.measured.meanMs)}) is below ${more.label} (${formatMs(more.measured.meanMs)}), simulated ${formatMs(less.simulated.meanMs)} and ${formatMs(more.simulated.meanMs)}`);
    }
  }
  return { all, wrong };
}

/** Rows of a sweep are compared where they have the same parameter: `a x=1` with `b x=1`. */
function compared(a: Pair, b: Pair): boolean {
  const parametersOf = ({ label }: Pair): string => label.split(' ').slice(1).join(' ');
  return a.label.split(' ')[0] !== b.label.split(' ')[0] && parametersOf(a) === parametersOf(b);
}

const head = ['', 'cont.', 'sim', 'error', 'mean', 'sim', 'error', 'p50', 'sim', 'error', 'p98', 'sim', 'error'];

function groupTable(pairs: readonly Pair[]): string {
  const table = new Table({ head, chars: borderless, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 }, colAligns: head.map((_name, index) => (index === 0 ? 'left' : 'right')) });
  for (const { label, measured, simulated } of pairs) {
    const cells = metrics.flatMap((metric) => {
      const format = (value: number | null): string => (metric === 'containers' ? (value === null ? '–' : value.toFixed(0)) : formatMs(value));
      return [format(measured[metric]), format(simulated[metric]), formatError(errorOf(measured[metric], simulated[metric]))];
    });
    table.push([label, ...cells]);
  }
  return table.toString().split('\n').map((line) => line.trimEnd()).join('\n');
}

/** Measured and simulated figures side by side, their relative errors, the medians of these, and the orderings that the simulation gets wrong. */
export function renderValidation(pairs: readonly Pair[], style: TableStyle): string {
  const lines: string[] = [];
  for (const group of new Set(pairs.map((pair) => pair.group))) {
    const rows = pairs.filter((pair) => pair.group === group);
    lines.push(style.bold(`${group}   measured, simulated, relative error; latencies in ms`), groupTable(rows));
    for (const pair of rows) lines.push(style.dim(`  ${pair.label}: ${partErrors(pair)}`));
    lines.push('');
  }
  const medians = metrics.map((metric) => `${metric === 'containers' ? 'containers' : metric.replace('Ms', '')} ${formatError(medianOf(absoluteErrors(pairs, metric))).replace('+', '')}`);
  lines.push(style.bold(`median absolute error over ${pairs.length} cells: ${medians.join(', ')}`));
  const { all, wrong } = orderings(pairs);
  lines.push(`orderings of schedulers by mean latency: ${all - wrong.length} of ${all} as measured`);
  for (const line of wrong) lines.push(style.red(`! ${line}`));
  return lines.join('\n');
}
