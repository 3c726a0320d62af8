import type { Comparison, Diff, Metric, Verdict } from '../diff/index.js';
import { geometricMean } from '../stats/index.js';
import { harmless } from './terminal-text.js';
import { formatAmount, formatCount, formatMs, formatPercent } from './formats.js';

/** Words for a verdict; in a diff every metric is one of which less is better. */
export const verdictWords: Readonly<Record<Verdict, string>> = { better: 'better', worse: 'worse', none: 'no difference shown', tooFew: 'too few data' };

export const copiesCount = 'repetitions of a simulation are copies of each other and count as one run; suite --reseed draws each anew';
export const oneRunShows = 'one run a side: only changes by more than a factor of two can be shown';

const metricTitles: Readonly<Record<string, string>> = { gbSeconds: 'GB·s', cpuSeconds: 'CPU·s', coldStartShare: 'cold starts', failedShare: 'not completed' };

/** `latency p98, ms`, `queue p98, ms`, `containers`. */
export function titleOf({ name, unit }: Metric): string {
  if (unit !== 'ms') return metricTitles[name] ?? name;
  const [part, statistic] = name.includes('.') ? name.split('.') : ['latency', name];
  return `${part === 'coldStart' ? 'cold start' : part} ${statistic}, ms`;
}

export function formatValue({ unit }: Metric, value: number | null): string {
  if (value === null) return '–';
  if (unit === 'ms') return formatMs(value);
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`;
  return unit === 'containers' ? formatCount(value) : formatAmount(value);
}

/** The change of the values as they stand in the table; that of the evidence can differ where runs were put together. */
export function changeOf({ first, second }: Comparison): number | undefined {
  return first === null || second === null || first <= 0 ? undefined : second / first - 1;
}

export function formatChange(comparison: Comparison): string {
  const change = changeOf(comparison);
  if (change !== undefined) return formatPercent(change, 1);
  return comparison.first === 0 && comparison.second === 0 ? formatPercent(0, 1) : '–';
}

/** `−12.1 … −8.4 %`, or in the unit of the metric where there is no percentage of 0. */
export function formatInterval({ metric, evidence }: Comparison): string {
  if (evidence === undefined) return '–';
  if (!evidence.relative) return `${signed(metric, evidence.from)} … ${signed(metric, evidence.to)}`;
  return `${formatPercent(evidence.from, 1).replace(' %', '')} … ${formatPercent(evidence.to, 1)}`;
}

function signed(metric: Metric, value: number): string {
  const text = formatValue(metric, Math.abs(value));
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${text}`;
}

export function formatP(p: number | undefined): string {
  if (p === undefined) return '–';
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** `5+5 runs`, `5 pairs`, `10 blocks`: what was compared. */
export function formatUnits({ runs: [first, second], units }: Comparison): string {
  if (units === 'blocks') return `blocks, ${first}+${second}`;
  return units === 'pairs' ? `${first} pairs` : `${first}+${second}`;
}

export function rowName({ row }: Comparison): string {
  return harmless(`${row.experiment} · ${row.workload} · ${row.label}`);
}

/** Comparisons under their metric, metrics in their order. */
export function byMetric({ comparisons }: Diff, shown: readonly Metric[]): (readonly [Metric, Comparison[]])[] {
  return shown.map((metric) => [metric, comparisons.filter((comparison) => comparison.metric === metric && (comparison.first !== null || comparison.second !== null))] as const).filter(([{ name }, rows]) => rows.length > 0 && (name !== 'failedShare' || rows.some(({ first, second }) => first !== 0 || second !== 0)));
}

/** Of the rows that have a positive value on both sides; undefined of fewer than two. */
export function geometricMeans(rows: readonly Comparison[]): { readonly first: number; readonly second: number; readonly of: number } | undefined {
  const both = rows.filter(({ first, second }) => (first ?? 0) > 0 && (second ?? 0) > 0);
  if (both.length < 2) return undefined;
  return { first: geometricMean(both.map(({ first }) => first as number)), second: geometricMean(both.map(({ second }) => second as number)), of: both.length };
}

/** Lines that a reader must know before trusting a diff, most serious first. */
export function caveatsOf({ problems, leftOut, rows, comparisons, differences, first, second }: Diff): string[] {
  const invalid = rows.flatMap((row) => [row.first, row.second]).reduce((sum, side) => sum + side.invalid, 0);
  const unfinished = [first, second].filter(({ manifest }) => manifest.status !== 'complete').map(({ name, manifest }) => `${name} is ${manifest.status}`);
  const copies = [first, second].some(({ manifest }) => manifest.backend === 'simulation' && manifest.selection.repeat > 1 && !manifest.selection.reseed);
  return [
    ...problems.map((problem) => `NOT COMPARABLE, and compared because of --force: ${problem}`),
    ...[...new Set(unfinished)].map((what) => `${what}: compared on the cells it has`),
    ...(leftOut.length > 10 ? [...leftOut.slice(0, 10), `and ${leftOut.length - 10} more rows left out`] : leftOut).map((what) => `left out: ${what}`),
    ...(invalid === 0 ? [] : [`${invalid} invalid runs were left out`]),
    ...failuresOf(comparisons),
    ...partnerless(comparisons),
    ...(first !== second && [first, second].some(({ manifest }) => manifest.backend !== 'simulation' && manifest.imported === undefined) && first.manifest.id !== second.manifest.id
      ? ['the two sets were run at different times: what the machine did in between counts as a difference; schedulers of one run take turns']
      : []),
    ...lostCells([first, second]),
    ...(copies ? [copiesCount] : []),
    ...(comparisons.some(({ units, runs, first: one }) => units === 'blocks' && Math.min(...runs) === 1 && one !== null) && first.manifest.backend !== 'simulation'
      ? [`${oneRunShows}, because runs differ among themselves; --repeat 5 tells`]
      : []),
    ...differences.map((what) => `differs: ${what}`),
  ];
}

/** Why there are too few data, each reason once. */
export function reasonsOf(comparisons: readonly Comparison[]): string[] {
  return [...new Set(comparisons.flatMap(({ verdict, reason }) => (verdict === 'tooFew' && reason !== undefined ? [reason] : [])))];
}

/** Rows where more invocations were lost: latencies are of those that completed. */
function failuresOf(comparisons: readonly Comparison[]): string[] {
  const more = comparisons.filter(({ metric, first, second }) => metric.name === 'failedShare' && (second ?? 0) > (first ?? 0));
  return more.map((comparison) => `${rowName(comparison)}: ${formatValue(comparison.metric, comparison.first)} did not complete, then ${formatValue(comparison.metric, comparison.second)}; latencies are of those that did`);
}

/** Repetitions drawn anew of which only one side has the same. */
function partnerless(comparisons: readonly Comparison[]): string[] {
  const left = comparisons.filter(({ metric, units, row, runs }) => metric.name === 'mean' && units === 'pairs' && row.first.runs.length + row.second.runs.length > runs[0] + runs[1]);
  return left.map((comparison) => `${rowName(comparison)}: compared on the ${comparison.runs[0]} repetitions that both sides have`);
}

/** Cells that a set says have finished, and that are not there. */
export function lostCells(sides: readonly Diff['first'][]): string[] {
  return [...new Set(sides)].flatMap(({ name, manifest, summaries }) => {
    const there = new Set(summaries.map(({ cell }) => cell.id));
    const gone = manifest.cells.filter(({ id, status }) => ['valid', 'invalid', 'skipped'].includes(status) && !there.has(id));
    return gone.length === 0 ? [] : [`${name}: ${gone.length} cells that had finished are gone, ${(gone[0] as (typeof gone)[number]).id} first`];
  });
}
