import { existsSync, readFileSync } from 'node:fs';
import { FbbError } from '../../core/index.js';
import type { CellSummary } from '../../results/index.js';
import { rounded } from './rounded.js';

/** More points than this cannot be told apart on a screen. */
const mostPoints = 240;
/** Of these, how many are put where few latencies lie. */
const tailPoints = 80;

/** How latencies are distributed: `share` of them is at most `ms`. */
export interface LatencyCurve {
  /** `rows`: of every invocation; `histogram`: of a stored one, to three digits; `percentiles`: those of the summary. */
  readonly from: 'rows' | 'histogram' | 'percentiles';
  /** Latencies that it is of. */
  readonly count: number;
  /** Ascending; shares over 0 and up to 1. */
  readonly points: readonly (readonly [ms: number, share: number])[];
  /** Whether it is of the first repetition of several. */
  readonly ofFirst: boolean;
}

/** Shares to nine digits, downwards: what is not all must not become all. */
function shareOf(rank: number, count: number): number {
  return Math.floor((rank / count) * 1e9) / 1e9;
}

/** Ranks from 1 to `count`, both among them: evenly spaced ones, and from the upper quarter on more and more of the few that are left. */
function ranksOf(count: number): number[] {
  if (count <= mostPoints) return Array.from({ length: count }, (_, index) => index + 1);
  const ranks = new Set<number>();
  const even = mostPoints - tailPoints;
  for (let i = 0; i < even; i += 1) ranks.add(1 + Math.round((i * (count - 1)) / (even - 1)));
  for (let i = 0; i < tailPoints; i += 1) ranks.add(count - Math.round((count / 4) ** (1 - i / (tailPoints - 1))));
  return [...ranks].sort((a, b) => a - b);
}

/** Of the latencies of all repetitions together, in any order; undefined of none. */
export function curveOfLatencies(latenciesMs: readonly Float64Array[]): LatencyCurve | undefined {
  const count = latenciesMs.reduce((sum, { length }) => sum + length, 0);
  if (count === 0) return undefined;
  const all = new Float64Array(count);
  let at = 0;
  for (const part of latenciesMs) {
    all.set(part, at);
    at += part.length;
  }
  all.sort();
  return { from: 'rows', count, points: ranksOf(count).map((rank) => [all[rank - 1] as number, shareOf(rank, count)]), ofFirst: false };
}

/** A line of an HdrHistogram's text: value, percentile, how many up to it. */
const hgrmLine = /^\s*([\d.]+)\s+[\d.]+\s+(\d+)(?:\s|$)/;
/** Its header and its comments. */
const otherLine = /^\s*(#.*|Value\s.*)?$/;

function pairsOf(path: string): [ms: number, upTo: number][] {
  const pairs: [number, number][] = [];
  for (const [index, line] of readFileSync(path, 'utf8').split(/\r?\n/).entries()) {
    const [, value, upTo] = hgrmLine.exec(line) ?? [];
    if (value !== undefined && upTo !== undefined && Number.isFinite(Number(value))) pairs.push([Number(value), Number(upTo)]);
    else if (!otherLine.test(line)) throw new FbbError('FBB_ERR_RESULTS_INVALID', `${path}, line ${index + 1}: this is no line of a histogram.`);
  }
  return pairs;
}

/** Of a stored total.hgrm; undefined where it is not there or empty. Throws FBB_ERR_RESULTS_INVALID. */
function curveOfHistogram(path: string, { max }: CellSummary['latencyMs']['total'], ofFirst: boolean): LatencyCurve | undefined {
  if (!existsSync(path)) return undefined;
  const pairs = pairsOf(path);
  const count = pairs.at(-1)?.[1] ?? 0;
  if (count === 0) return undefined;
  const points = pairs.filter(([, upTo], index) => upTo > 0 && upTo !== pairs[index + 1]?.[1]);
  // A value is the upper end of a bucket, which can lie above everything seen.
  return { from: 'histogram', count, points: points.map(([ms, upTo]) => [rounded(Math.min(ms, max ?? ms), 3), shareOf(upTo, count)]), ofFirst };
}

const storedShares = [['p50', 0.5], ['p90', 0.9], ['p95', 0.95], ['p98', 0.98], ['p99', 0.99], ['p999', 0.999], ['max', 1]] as const;

/** Of the percentiles that a summary has; undefined of none. */
function curveOfPercentiles({ total }: CellSummary['latencyMs'], ofFirst: boolean): LatencyCurve | undefined {
  const points = storedShares.flatMap(([name, share]) => {
    const ms = total[name];
    return ms === null ? [] : [[rounded(ms, 3), share] as const];
  });
  return points.length === 0 ? undefined : { from: 'percentiles', count: total.count, points, ofFirst };
}

/** What is known without rows. Histograms in text cannot be added up, and percentiles not at all: of several repetitions the first. */
export function storedCurve(runs: readonly CellSummary[], hgrmPathOf: (run: CellSummary) => string): LatencyCurve | undefined {
  const [first] = runs;
  if (first === undefined) return undefined;
  const ofFirst = runs.length > 1;
  return curveOfHistogram(hgrmPathOf(first), first.latencyMs.total, ofFirst) ?? curveOfPercentiles(first.latencyMs, ofFirst);
}
