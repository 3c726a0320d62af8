import { twoSidedNormal } from './distributions.js';

/** What a rank test says of two samples, or of pairs. */
export interface RankTest {
  /** Two-sided. */
  readonly p: number;
  /** The least that samples of this size could have given, with no two values equal. */
  readonly leastP: number;
  /** Rank-biserial correlation, -1 to 1: how much more often the second is the greater than the first. Of two samples it is Cliff's delta. */
  readonly effect: number;
}

/** Above so many values the normal approximation, with its correction for ties, is as good as counting. */
const mostCounted = 60;

/** Twice the mid-rank of each value, so that all are whole; ranks begin at 1, and equal values share theirs. */
function doubledRanks(values: ArrayLike<number>): number[] {
  const order = Array.from(values, (_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to += 1;
    for (let place = from; place < to; place += 1) ranks[order[place] as number] = from + 1 + to;
    from = to;
  }
  return ranks;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Of all ways to put `chosen` of the ranks into one sample, the share with a sum at least as far from `middle` as `distance`. */
function shareOfSplits(ranks: readonly number[], chosen: number, distance: number): number {
  const total = sum(ranks);
  // ways[k][s]: in how many ways k of the ranks seen so far add up to s.
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(total + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (const rank of ranks) {
    for (let count = chosen; count >= 1; count -= 1) {
      const with_ = ways[count] as Float64Array;
      const without = ways[count - 1] as Float64Array;
      for (let at = total; at >= rank; at -= 1) with_[at] = (with_[at] as number) + (without[at - rank] as number);
    }
  }
  const middle = (total * chosen) / ranks.length;
  return shareBeyond(ways[chosen] as Float64Array, middle, distance);
}

/** Half a rank at most lies between two sums that are equal but for rounding. */
const rounding = 1e-9;

function shareBeyond(ways: Float64Array, middle: number, distance: number): number {
  let beyond = 0;
  let all = 0;
  for (let at = 0; at < ways.length; at += 1) {
    const here = ways[at] as number;
    all += here;
    if (Math.abs(at - middle) >= distance - rounding) beyond += here;
  }
  return Math.min(1, beyond / all);
}

function sumOfCubes(ranks: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  return sum([...counts.values()].map((tied) => tied ** 3 - tied));
}

function binomial(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways = (ways * (n - k + i)) / i;
  return ways;
}

/**
 * Mann and Whitney's test of two independent samples (1947), of at least one value each: exact up to 60 values together, ties included
 * (all splits of the mid-ranks are counted), with the normal approximation above.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const n = first.length;
  const m = second.length;
  const all = n + m;
  const ranks = doubledRanks([...first, ...second]);
  const doubledSum = sum(ranks.slice(n));
  const u = doubledSum / 2 - (m * (m + 1)) / 2;
  const middle = m * (all + 1);
  const effect = (2 * u) / (n * m) - 1;
  const distance = Math.abs(doubledSum - middle);
  const leastP = Math.min(1, 2 / binomial(all, n));
  if (all <= mostCounted) return { p: shareOfSplits(ranks, m, distance), leastP, effect };
  const variance = ((n * m) / 12) * (all + 1 - sumOfCubes(ranks) / (all * (all - 1)));
  // Half a rank towards the middle, because a sum of ranks is whole.
  const z = variance === 0 ? 0 : Math.max(0, distance / 2 - 0.5) / Math.sqrt(variance);
  return { p: twoSidedNormal(z), leastP, effect };
}

/** Of all ways to give the ranks signs, the share whose positive ranks have a sum at least as far from the middle as `distance`. */
function shareOfSigns(ranks: readonly number[], distance: number): number {
  const total = sum(ranks);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of ranks) for (let at = total; at >= rank; at -= 1) ways[at] = (ways[at] as number) + (ways[at - rank] as number);
  return shareBeyond(ways, total / 2, distance);
}

/**
 * Wilcoxon's signed-rank test of differences (1945), those that are 0 left out: exact up to 60 differences, ties included, with the normal
 * approximation above. `p` is 1 when none is left. The effect is the matched-pairs rank-biserial correlation (Kerby 2014).
 */
export function signedRank(differences: readonly number[]): RankTest {
  const some = differences.filter((difference) => difference !== 0);
  const n = some.length;
  if (n === 0) return { p: 1, leastP: 1, effect: 0 };
  const ranks = doubledRanks(some.map(Math.abs));
  const total = sum(ranks);
  const positive = sum(ranks.filter((_, index) => (some[index] as number) > 0));
  const distance = Math.abs(positive - total / 2);
  const effect = (2 * positive) / total - 1;
  const leastP = 2 ** (1 - n);
  if (n <= mostCounted) return { p: shareOfSigns(ranks, distance), leastP, effect };
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - sumOfCubes(ranks) / 48;
  return { p: twoSidedNormal(Math.max(0, distance / 2 - 0.5) / Math.sqrt(variance)), leastP, effect };
}
