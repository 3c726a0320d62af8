import { bucketCountOf, bucketOf, FbbError, greatestValue, leastOf } from '../core/index.js';
import { scanCsv } from '../results/index.js';
import { latencySeries, type BlockStatistic, type LatencySeries } from './metrics.js';

/**
 * Into so many stretches of time a run is cut. Means over few long stretches depend on each other far less than invocations do; ten to
 * thirty are enough, and more say nothing more (Schmeiser 1982, batch means).
 */
export const blockCount = 10;

const partColumns: Readonly<Record<LatencySeries, string>> = {
  total: 'total_ms',
  lag: 'lag_ms',
  scheduling: 'scheduling_ms',
  coldStart: 'cold_start_ms',
  queue: 'queue_ms',
  execution: 'execution_ms',
  response: 'response_ms',
};

/** Buckets at most as wide as 1/128 of what is in them: finer than what is to be told apart, coarse enough to be added up thousands of times. */
const bits = 8;
const bucketCount = bucketCountOf(bits);
const microsecondsPerMs = 1_000;

/** The invocations of a run, a column each; those that did not complete only with when they were meant to arrive. */
interface Rows {
  readonly intendedMs: Float64Array;
  readonly completed: Uint8Array;
  readonly series: readonly Float64Array[];
}

function readRows(path: string, arrived: number): Rows {
  const rows: Rows = { intendedMs: new Float64Array(arrived), completed: new Uint8Array(arrived), series: latencySeries.map(() => new Float64Array(arrived)) };
  let count = 0;
  scanCsv(path, ['intended_ms', 'outcome', ...Object.values(partColumns)], (columns) => {
    const place = (name: string): number => columns.get(name) as number;
    const intended = place('intended_ms');
    const outcome = place('outcome');
    const parts = latencySeries.map((name) => place(partColumns[name]));
    return (record) => {
      if (count === arrived) throw record.wrong(`there are more rows than the ${arrived} invocations of the summary`);
      const intendedMs = record.number(intended);
      rows.intendedMs[count] = intendedMs;
      if (!Number.isNaN(intendedMs) && record.text(outcome) === 'completed') {
        rows.completed[count] = 1;
        for (let part = 0; part < parts.length; part += 1) {
          const latencyMs = record.amount(parts[part] as number);
          if (Number.isNaN(latencyMs)) throw record.wrong(`a completed invocation has no ${partColumns[latencySeries[part] as LatencySeries]}`);
          (rows.series[part] as Float64Array)[count] = latencyMs;
        }
      }
      count += 1;
    };
  });
  if (count < arrived) throw new FbbError('FBB_ERR_RESULTS_INVALID', `${path} has ${count} rows, and the summary beside it ${arrived} invocations.`);
  return rows;
}

/** Where one block ends and the next begins, in intended ms: each has equally many arrivals. */
function cut(intendedMs: Float64Array): Float64Array {
  const ascending = intendedMs.slice().sort();
  return Float64Array.from({ length: blockCount - 1 }, (_, block) => ascending[Math.floor(((block + 1) * ascending.length) / blockCount)] as number);
}

function blockAt(intendedMs: number, cuts: Float64Array): number {
  let block = 0;
  while (block < cuts.length && intendedMs >= (cuts[block] as number)) block += 1;
  return block;
}

/** A run whose rows can be read. */
export interface RowsOfRun {
  readonly path: string;
  readonly arrived: number;
}

/** What the invocations of some runs of one workload did, by when in the run they were meant to arrive. */
export class BlockTable {
  /** Completed invocations of each block. */
  readonly counts = new Float64Array(blockCount);
  readonly #coldStarts = new Float64Array(blockCount);
  readonly #sums = latencySeries.map(() => new Float64Array(blockCount));
  /** How many of a block lie in a bucket or below it: `[block * bucketCount + bucket]`. */
  readonly #cumulative = latencySeries.map(() => new Uint32Array(blockCount * bucketCount));
  readonly cuts: Float64Array;

  /** False when some rows do not say when they were meant to arrive (figures that were imported). */
  readonly isTimed: boolean = true;

  /** `cuts`: those of the table it is compared with. Latencies are multiplied by `factor`. */
  constructor(runs: readonly RowsOfRun[], { cuts, factor = 1 }: { readonly cuts?: Float64Array; readonly factor?: number } = {}) {
    let cutsOfAll = cuts;
    for (const { path, arrived } of runs) {
      const rows = readRows(path, arrived);
      this.isTimed &&= !rows.intendedMs.some(Number.isNaN);
      cutsOfAll ??= cut(rows.intendedMs);
      this.#add(rows, cutsOfAll, factor);
    }
    this.cuts = cutsOfAll ?? new Float64Array(blockCount - 1);
    for (const counts of this.#cumulative) {
      for (let at = 0; at < counts.length; at += 1) if (at % bucketCount > 0) counts[at] = (counts[at] as number) + (counts[at - 1] as number);
    }
  }

  /** Over the blocks, each counted so often; NaN when nothing completed in them. */
  statistic(statistic: BlockStatistic, weights: ArrayLike<number>): number {
    if (statistic.kind === 'coldStartShare') return ratio(this.#coldStarts, this.counts, weights);
    const series = latencySeries.indexOf(statistic.series);
    if (statistic.kind === 'mean') return ratio(this.#sums[series] as Float64Array, this.counts, weights);
    return this.#quantileMs(this.#cumulative[series] as Uint32Array, statistic.q, weights);
  }

  /** How many of a block's completed invocations took longer than this. */
  longerThan(series: LatencySeries, latencyMs: number, block: number): number {
    const counts = this.#cumulative[latencySeries.indexOf(series)] as Uint32Array;
    return (this.counts[block] as number) - (counts[block * bucketCount + bucketOf(Math.floor(latencyMs * microsecondsPerMs), bits)] as number);
  }

  #add({ intendedMs, completed, series }: Rows, cuts: Float64Array, factor: number): void {
    const coldStartMs = series[latencySeries.indexOf('coldStart')] as Float64Array;
    for (let row = 0; row < intendedMs.length; row += 1) {
      if (completed[row] === 0) continue;
      const block = blockAt(intendedMs[row] as number, cuts);
      this.counts[block] = (this.counts[block] as number) + 1;
      if ((coldStartMs[row] as number) > 0) this.#coldStarts[block] = (this.#coldStarts[block] as number) + 1;
      for (let part = 0; part < series.length; part += 1) {
        const latencyMs = ((series[part] as Float64Array)[row] as number) * factor;
        const sums = this.#sums[part] as Float64Array;
        sums[block] = (sums[block] as number) + latencyMs;
        const counts = this.#cumulative[part] as Uint32Array;
        const at = block * bucketCount + bucketOf(Math.min(greatestValue, Math.floor(latencyMs * microsecondsPerMs + 0.5)), bits);
        counts[at] = (counts[at] as number) + 1;
      }
    }
  }

  #quantileMs(cumulative: Uint32Array, q: number, weights: ArrayLike<number>): number {
    let all = 0;
    for (let block = 0; block < blockCount; block += 1) all += (weights[block] as number) * (this.counts[block] as number);
    if (all === 0) return Number.NaN;
    const upTo = (bucket: number): number => {
      let count = 0;
      for (let block = 0; block < blockCount; block += 1) count += (weights[block] as number) * (cumulative[block * bucketCount + bucket] as number);
      return count;
    };
    const wanted = q * all;
    let low = 0;
    let high = bucketCount - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo(middle) >= wanted) high = middle;
      else low = middle + 1;
    }
    const below = low === 0 ? 0 : upTo(low - 1);
    const share = (wanted - below) / (upTo(low) - below);
    // The bucket of 0 holds 0 alone: what takes no time takes none.
    if (low === 0) return 0;
    return (leastOf(low, bits) + share * (leastOf(low + 1, bits) - leastOf(low, bits))) / microsecondsPerMs;
  }
}

function ratio(numerators: Float64Array, denominators: Float64Array, weights: ArrayLike<number>): number {
  let above = 0;
  let below = 0;
  for (let block = 0; block < blockCount; block += 1) {
    above += (weights[block] as number) * (numerators[block] as number);
    below += (weights[block] as number) * (denominators[block] as number);
  }
  return above / below;
}
