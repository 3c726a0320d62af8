import type { Rng } from '../core/index.js';
import { correlationWithNext, criticalT, mannWhitney, meanOf, quantileOf, resample, signedRank, twoSidedT, varianceOf, type RankTest } from '../stats/index.js';
import { blockCount, type BlockTable } from './block-table.js';
import type { BlockStatistic } from './metrics.js';

/** How much a metric changed from one side to the other, as far as the units it was measured on can tell. */
export interface Evidence {
  /** Change in units of the first value: 0.1 is 10 % more. In the unit of the metric where `relative` is false, because one of the values is 0. */
  readonly change: number;
  readonly relative: boolean;
  /** 95 % confidence interval of the change. */
  readonly from: number;
  readonly to: number;
  /** Of no change at all, two-sided, by Student's t with the bootstrap's standard error; not corrected for other comparisons. */
  readonly p: number;
  readonly rank: RankTest;
}

/** So many that the p-value hardly depends on the seed; of blocks, whose draws cost more, fewer. */
const drawsOfRuns = 10_000;
const drawsOfBlocks = 4_000;
const alpha = 0.05;
/** Half of a normal's 95 % interval in standard deviations: what plain bootstrap quantiles stand for. */
const normalWidth = 1.959_963_985;

const rounding = 1e-12;
/** Units that agree to the last digit (counts, simulated runs) are still not known to better than a thousandth. */
const leastDeviation = 0.001;

/** Draws of the log ratio of two statistics, or of their difference where one can be 0. */
interface Draws {
  readonly observed: number;
  readonly relative: boolean;
  readonly values: Float64Array;
}

function drawsOf(first: number, second: number, pairs: readonly (readonly [number, number])[]): Draws {
  const relative = first > 0 && second > 0 && pairs.every(([one, other]) => one > 0 && other > 0);
  const compare = (one: number, other: number): number => (relative ? Math.log(other / one) : other - one);
  return { observed: compare(first, second), relative, values: Float64Array.from(pairs, ([one, other]) => compare(one, other)) };
}

interface Spread {
  readonly degreesOfFreedom: number;
  /** By how much the bootstrap's standard error is too small: for few units, and for units that depend on each other. */
  readonly widening: number;
}

/**
 * Interval and p-value of draws. Bootstrap quantiles of few units lie too close together; they are moved apart as Student's t is wider
 * than the normal, and by the bias of the bootstrap's variance (Hesterberg 2015, "expanded percentile interval").
 */
function judge({ observed, relative, values }: Draws, { degreesOfFreedom, widening }: Spread, rank: RankTest): Evidence {
  const shown = (value: number): number => (relative ? Math.expm1(value) : value);
  const deviation = Math.sqrt(varianceOf(values)) * widening;
  const change = shown(observed);
  if (Math.abs(observed) <= rounding && deviation <= rounding) return { change: 0, relative, from: 0, to: 0, p: 1, rank };
  const ascending = values.slice().sort();
  const wider = (criticalT(alpha, degreesOfFreedom) / normalWidth) * widening;
  const end = (q: number): number => shown(observed + wider * (quantileOf(ascending, q) - observed));
  return { change, relative, from: end(alpha / 2), to: end(1 - alpha / 2), p: twoSidedT(observed / Math.max(deviation, leastDeviation * (relative ? 1 : Math.abs(observed))), degreesOfFreedom), rank };
}

function weighted(values: readonly number[], weights: Uint32Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += (weights[i] as number) * (values[i] as number);
  return total / values.length;
}

/** Pairs of runs, each of the same work: `first[i]` and `second[i]`. */
export function comparePairs(first: readonly number[], second: readonly number[], rng: Rng): Evidence {
  const pairs: [number, number][] = [];
  resample(first.length, drawsOfRuns, rng, (counts) => pairs.push([weighted(first, counts), weighted(second, counts)]));
  const n = first.length;
  return judge(drawsOf(meanOf(first), meanOf(second), pairs), { degreesOfFreedom: n - 1, widening: Math.sqrt(n / (n - 1)) }, signedRank(first.map((value, i) => (second[i] as number) - value)));
}

/** Welch and Satterthwaite's degrees of freedom of a ratio or difference of two means. */
function welch(first: readonly number[], second: readonly number[], relative: boolean): number {
  const share = (values: readonly number[]): number => varianceOf(values) / values.length / (relative ? meanOf(values) ** 2 : 1);
  const one = share(first);
  const other = share(second);
  const least = Math.min(first.length, second.length) - 1;
  if (one + other === 0) return least;
  return Math.max(least, (one + other) ** 2 / (one ** 2 / (first.length - 1) + other ** 2 / (second.length - 1)));
}

/** Runs that have nothing in common but what they measure. */
export function compareRuns(first: readonly number[], second: readonly number[], rng: Rng): Evidence {
  const firsts: number[] = [];
  const seconds: number[] = [];
  resample(first.length, drawsOfRuns, rng.derive('first'), (counts) => firsts.push(weighted(first, counts)));
  resample(second.length, drawsOfRuns, rng.derive('second'), (counts) => seconds.push(weighted(second, counts)));
  const drawn = drawsOf(meanOf(first), meanOf(second), firsts.map((value, i) => [value, seconds[i] as number] as const));
  const fewest = Math.min(first.length, second.length);
  return judge(drawn, { degreesOfFreedom: welch(first, second, drawn.relative), widening: Math.sqrt(fewest / (fewest - 1)) }, mannWhitney(first, second));
}

/** By how much one side is above the other in each block; of a quantile, by how many invocations more lie above the quantile of both sides together. */
function blockDifferences(first: BlockTable, second: BlockTable, statistic: BlockStatistic): number[] {
  const blocks = Array.from({ length: blockCount }, (_, block) => block).filter((block) => (first.counts[block] as number) > 0 && (second.counts[block] as number) > 0);
  if (statistic.kind === 'quantile') {
    const everything = new Float64Array(blockCount).fill(1);
    const bound = (first.statistic(statistic, everything) + second.statistic(statistic, everything)) / 2;
    const share = (table: BlockTable, block: number): number => table.longerThan(statistic.series, bound, block) / (table.counts[block] as number);
    return blocks.map((block) => share(second, block) - share(first, block));
  }
  return blocks.map((block) => {
    const alone = new Float64Array(blockCount);
    alone[block] = 1;
    return second.statistic(statistic, alone) - first.statistic(statistic, alone);
  });
}

/** A series of blocks that hang together more than this tells of one long event and not of ten. */
const mostCorrelation = 0.8;

/** Blocks that resemble their neighbours are worth fewer than they are: (1 + r) / (1 - r) as many are needed (first-order autoregression). */
function dependence(differences: readonly number[]): number {
  // Of independent values it is expected at -1/n.
  const correlation = Math.min(mostCorrelation, Math.max(0, correlationWithNext(differences) + 1 / differences.length));
  return Math.sqrt((1 + correlation) / (1 - correlation));
}

/** Blocks of time of the same workload: those of one side stand beside those of the other. Undefined when fewer than two have completed invocations on both. */
export function compareBlocks(first: BlockTable, second: BlockTable, { statistic, rng }: { readonly statistic: BlockStatistic; readonly rng: Rng }): Evidence | undefined {
  const differences = blockDifferences(first, second, statistic);
  if (differences.length < 2) return undefined;
  const pairs: [number, number][] = [];
  resample(blockCount, drawsOfBlocks, rng, (counts) => {
    const one = first.statistic(statistic, counts);
    const other = second.statistic(statistic, counts);
    if (!Number.isNaN(one) && !Number.isNaN(other)) pairs.push([one, other]);
  });
  const everything = new Float64Array(blockCount).fill(1);
  const drawn = drawsOf(first.statistic(statistic, everything), second.statistic(statistic, everything), pairs);
  const n = differences.length;
  return judge(drawn, { degreesOfFreedom: n - 1, widening: Math.sqrt(n / (n - 1)) * dependence(differences) }, signedRank(differences));
}
