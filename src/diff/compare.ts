import { createRng, type Rng } from '../core/index.js';
import type { CellSummary } from '../results/index.js';
import { correctForMany, meanOf } from '../stats/index.js';
import { align, alignWithin, alignWithRows, type Alignment, type Row, type RowKey, type Side } from './align.js';
import { BlockTable, type RowsOfRun } from './block-table.js';
import { BlockTables } from './block-tables.js';
import { comparisonProblems, differences, workOf, type Work } from './comparable.js';
import { metrics, type Metric } from './metrics.js';
import { compareBlocks, comparePairs, compareRuns, type Evidence } from './unit-comparison.js';

/** With fewer repetitions a side, their spread is too uncertain to be judged by alone. */
const enoughRuns = 5;
/** Of a quantile of one run, so many invocations must lie beyond it on each side. */
const leastBeyond = 10;
/** With fewer invocations, ten blocks of them say nothing. */
const leastInvocations = 200;
/** Blocks that differ; of fewer, no rank test can say anything. */
const leastBlocks = 6;
/**
 * What one live run a side must exceed as a ratio: two runs of the same on the same machine differ by things that blocks of time cannot
 * see, because they last longer than a run. docs/diff.md has what was measured.
 */
const soloLiveFactor = 2;
const level = 0.05;
const seed = 20_230_718;

export type Verdict = 'better' | 'worse' | 'none' | 'tooFew';

/** One metric of one row. Values are means over the runs, in the unit of the metric; null when not all runs have one. */
export interface Comparison {
  readonly row: Row;
  readonly metric: Metric;
  readonly first: number | null;
  readonly second: number | null;
  readonly runs: readonly [number, number];
  /** What was resampled: runs, pairs of runs that did the same work, or blocks of time within runs. Undefined where there was nothing to go by. */
  readonly units: 'runs' | 'pairs' | 'blocks' | undefined;
  readonly evidence: Evidence | undefined;
  /** Corrected for all comparisons of the diff (Benjamini and Hochberg). */
  readonly correctedP: number | undefined;
  readonly correctedRankP: number | undefined;
  readonly verdict: Verdict;
  /** Why there are too few data. */
  readonly reason: string | undefined;
  /** The interval must lie beyond this ratio or its inverse for a difference to be shown. */
  readonly factor: number;
}

export interface Diff {
  readonly first: Side;
  readonly second: Side;
  readonly rows: readonly Row[];
  /** A row after the other, its metrics in the order of `metrics`. */
  readonly comparisons: readonly Comparison[];
  readonly leftOut: readonly string[];
  /** Rows that have valid runs on the first side and of whose runs on the second fewer than half are valid. */
  readonly broken: readonly string[];
  /** Why the sides must not be compared; not empty only when that was forced. */
  readonly problems: readonly string[];
  /** Settings that differ: perhaps just what is compared. */
  readonly differences: readonly string[];
}

/** Two sides that may or may not be compared. */
export interface Aligned extends Alignment {
  readonly first: Side;
  readonly second: Side;
  readonly problems: readonly string[];
}

export function alignSides(first: Side, second: Side): Aligned {
  const aligned = align(first, second);
  return { first, second, ...aligned, problems: comparisonProblems(first, second, aligned.rows) };
}

export function alignSideWithin(side: Side, base: string): Aligned {
  const aligned = alignWithin(side, base);
  return { first: side, second: side, ...aligned, problems: comparisonProblems(side, side, aligned.rows) };
}

/** The `chosen` rows of a side, second, beside all others of their experiments and workloads. */
export function alignSideWithRows(side: Side, chosen: readonly RowKey[]): Aligned {
  const aligned = alignWithRows(side, chosen);
  return { first: side, second: side, ...aligned, problems: comparisonProblems(side, side, aligned.rows) };
}

/** What a row is judged by, before it is known how many other comparisons there are. */
interface Found {
  readonly row: Row;
  readonly metric: Metric;
  readonly first: number | null;
  readonly second: number | null;
  readonly runs: readonly [number, number];
  readonly units: Comparison['units'];
  readonly evidence: Evidence | undefined;
  readonly reason: string | undefined;
  /** The interval must lie beyond this ratio or its inverse. */
  readonly factor: number;
}

/** The runs that are no copies of an earlier one: repetitions of a simulation with one seed are. */
export function distinctRuns(runs: readonly CellSummary[]): CellSummary[] {
  const seen = new Set<string>();
  return runs.filter(({ backend, workloadHash, latencyMs, wallMs }) => {
    if (backend !== 'simulation') return true;
    const key = JSON.stringify([workloadHash, latencyMs, wallMs]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Of repetitions drawn anew, those that both sides have, in the same order. */
function pairedRuns(first: readonly CellSummary[], second: readonly CellSummary[]): readonly [CellSummary[], CellSummary[]] {
  const pairs = first.flatMap((run) => {
    const partner = second.find(({ workloadHash }) => workloadHash === run.workloadHash);
    return partner === undefined ? [] : [[run, partner] as const];
  });
  return [pairs.map(([run]) => run), pairs.map(([, partner]) => partner)];
}

function valuesOf(runs: readonly CellSummary[], metric: Metric, factor: number): number[] | null {
  const values: number[] = [];
  for (const run of runs) {
    const value = metric.valueOf(run);
    if (value === null) return null;
    values.push(value * factor);
  }
  return values;
}

function rowsOfRuns(side: Side, runs: readonly CellSummary[]): RowsOfRun[] | undefined {
  const { fileOf } = side;
  if (fileOf === undefined || !side.manifest.settings.rows) return undefined;
  return runs.map(({ cell, invocations }) => ({ path: fileOf(cell.id, 'invocations.csv'), arrived: invocations.arrived }));
}

/** What all metrics of a row share. */
class RowComparer {
  readonly #row: Row;
  readonly #work: Work;
  readonly #sides: readonly [Side, Side];
  readonly #runs: readonly [readonly CellSummary[], readonly CellSummary[]];
  readonly #rng: Rng;
  /** What every value of the second side is multiplied by. */
  readonly #injected: number;
  readonly #tables: readonly [BlockTable, BlockTable] | string;

  constructor(row: Row, { first, second, injected, tables }: { readonly first: Side; readonly second: Side; readonly injected: number; readonly tables: BlockTables }) {
    this.#row = row;
    this.#sides = [first, second];
    this.#work = workOf(row, [first, second]);
    const runs = [distinctRuns(row.first.runs), distinctRuns(row.second.runs)] as const;
    this.#runs = this.#work === 'paired' ? pairedRuns(...runs) : runs;
    const keyOf = ({ key: { scheduler, parameters } }: Row['first']): unknown => [scheduler, Object.entries(parameters).sort()];
    this.#rng = createRng(seed).derive(JSON.stringify([row.experiment, row.workload, keyOf(row.first), keyOf(row.second)]));
    this.#injected = injected;
    this.#tables = this.#byRuns ? '' : this.#readTables(tables);
  }

  compare(metric: Metric): Found {
    const [firstRuns, secondRuns] = this.#runs;
    const firsts = valuesOf(firstRuns, metric, 1);
    const seconds = valuesOf(secondRuns, metric, this.#injected);
    const base = { row: this.#row, metric, first: firsts === null ? null : meanOf(firsts), second: seconds === null ? null : meanOf(seconds), runs: [firstRuns.length, secondRuns.length] as const, factor: 1 };
    const without = (reason: string): Found => ({ ...base, units: undefined, evidence: undefined, reason });
    if (firsts === null || seconds === null) return without('not known of every run');
    const rng = this.#rng.derive(metric.name);
    if (this.#work === 'other') return without('the sides did other work');
    if (metric.name === 'gbSeconds' && new Set([...firstRuns, ...secondRuns].map(({ memory }) => memory.source)).size > 1) return without('memory was read in different ways (memory.source)');
    if (this.#byRuns) return { ...base, ...this.#compareByRuns([firsts, seconds], rng), reason: undefined };
    if (metric.statistic === undefined) return without(`one value a run, and fewer than ${enoughRuns} runs a side`);
    if (typeof this.#tables === 'string') return without(this.#tables);
    const few = this.#tooFewInvocations(metric);
    if (few !== undefined) return without(few);
    return this.#compareByBlocks(base, this.#tables, [firsts, seconds]);
  }

  get #fewestRuns(): number {
    return Math.min(this.#runs[0].length, this.#runs[1].length);
  }

  get #byRuns(): boolean {
    return this.#fewestRuns >= enoughRuns;
  }

  #compareByRuns([firsts, seconds]: readonly [number[], number[]], rng: Rng): Pick<Found, 'units' | 'evidence'> {
    if (this.#work !== 'paired') return { units: 'runs', evidence: compareRuns(firsts, seconds, rng) };
    return { units: 'pairs', evidence: comparePairs(firsts, seconds, rng) };
  }

  #compareByBlocks(base: Omit<Found, 'units' | 'evidence' | 'reason'>, [first, second]: readonly [BlockTable, BlockTable], [firsts, seconds]: readonly [number[], number[]]): Found {
    const { metric } = base;
    const rng = this.#rng.derive(metric.name);
    const blocks = metric.statistic === undefined ? undefined : compareBlocks(first, second, { statistic: metric.statistic, rng });
    if (blocks === undefined) return { ...base, units: undefined, evidence: undefined, reason: 'too few blocks with completed invocations' };
    const simulated = this.#sides.every(({ manifest }) => manifest.backend === 'simulation');
    if (simulated || this.#fewestRuns === 1) return { ...base, units: 'blocks', evidence: blocks, reason: undefined, factor: simulated ? 1 : soloLiveFactor };
    // A few runs say little, but what they say of how runs differ must not be contradicted by what happened within them.
    const runs = compareRuns(firsts, seconds, rng.derive('runs'));
    const wider = { ...blocks, from: Math.min(blocks.from, runs.from), to: Math.max(blocks.to, runs.to), p: Math.max(blocks.p, runs.p) };
    return { ...base, units: 'blocks', evidence: blocks.relative === runs.relative ? wider : { ...blocks, p: wider.p }, reason: undefined };
  }

  #tooFewInvocations({ statistic }: Metric): string | undefined {
    const fewest = Math.min(...this.#runs.map((runs) => runs.reduce((sum, { invocations }) => sum + invocations.completed, 0)));
    if (fewest < leastInvocations) return `${fewest} invocations, and fewer than ${enoughRuns} runs a side`;
    if (statistic?.kind !== 'quantile') return undefined;
    const beyond = Math.floor(fewest * (1 - statistic.q) + 1e-9);
    return beyond < leastBeyond ? `${beyond} of ${fewest} invocations lie beyond it, and fewer than ${enoughRuns} runs a side` : undefined;
  }

  /** The blocks of both sides, or why there are none. */
  #readTables(tables: BlockTables): readonly [BlockTable, BlockTable] | string {
    if (this.#work !== 'same') return `runs of other work, and fewer than ${enoughRuns} a side`;
    const [first, second] = this.#sides.map((side, index) => rowsOfRuns(side, this.#runs[index] as readonly CellSummary[]));
    if (first === undefined || second === undefined) return `no rows of invocations, and fewer than ${enoughRuns} runs a side`;
    if (this.#runs.some((runs) => runs.every(({ invocations }) => invocations.completed < leastInvocations))) return `fewer than ${leastInvocations} invocations, and fewer than ${enoughRuns} runs a side`;
    const one = tables.of(this.#row.first, first);
    const other = this.#injected === 1 ? tables.of(this.#row.second, second, one.cuts) : new BlockTable(second, { cuts: one.cuts, factor: this.#injected });
    return one.isTimed && other.isTimed ? [one, other] : `rows that do not say when invocations arrived, and fewer than ${enoughRuns} runs a side`;
  }
}

/** Whether the interval lies beyond no change; for one live run a side, beyond a factor of two. */
function isBeyond({ from, to, relative }: Evidence, factor: number): boolean {
  if (!relative) return factor === 1 && (from > 0 || to < 0);
  return from > factor - 1 || to < 1 / factor - 1;
}

/** The verdict on a comparison with its p corrected. */
export function judge(found: Pick<Found, 'evidence' | 'units' | 'factor' | 'reason'>, correctedP: number | undefined): Pick<Comparison, 'verdict' | 'reason'> {
  const { evidence, units, factor } = found;
  if (evidence === undefined || correctedP === undefined) return { verdict: 'tooFew', reason: found.reason };
  const { rank, change } = evidence;
  const differing = Math.round(1 - Math.log2(rank.leastP));
  if (units === 'blocks' && change !== 0 && differing < leastBlocks) return { verdict: 'tooFew', reason: `only ${rank.leastP === 1 ? 0 : differing} of the blocks of time differ` };
  // Of so few pairs that no order of them would be rare, the rank test has no say.
  const ranksAgree = rank.p <= level || rank.leastP > level;
  if (correctedP > level || !isBeyond(evidence, factor) || !ranksAgree) return { verdict: 'none', reason: undefined };
  return { verdict: change < 0 ? 'better' : 'worse', reason: undefined };
}

/** P-values of comparisons corrected for being so many; undefined where there is no evidence. */
export function correct(founds: readonly Pick<Found, 'evidence'>[], pOf: (evidence: Evidence) => number): (number | undefined)[] {
  // Where both sides are equal in every unit, nothing was asked that chance could have answered.
  const asked = founds.map(({ evidence }) => (evidence === undefined || (evidence.change === 0 && evidence.from === 0 && evidence.to === 0) ? undefined : pOf(evidence)));
  const corrected = correctForMany(asked.filter((p) => p !== undefined));
  let next = 0;
  return asked.map((p, index) => (p === undefined ? (founds[index]?.evidence === undefined ? undefined : 1) : corrected[next++]));
}

interface CompareAlignedOptions {
  /** Multiplies all values of the second side: the known slowdown of a self-test. */
  readonly injected?: number;
  /** What is asked about a row, where not all metrics matter; p is corrected for what is asked. */
  readonly metricsOf?: (row: Row) => readonly Metric[];
}

/** Compares every metric of every row. Throws FBB_ERR_RESULTS_INVALID when rows that are needed cannot be read. */
export function compareAligned(aligned: Aligned, { injected = 1, metricsOf = () => metrics }: CompareAlignedOptions = {}): Diff {
  const { first, second, rows, leftOut, broken, problems } = aligned;
  const tables = new BlockTables(rows);
  const founds = rows.flatMap((row) => {
    const comparer = new RowComparer(row, { first, second, injected, tables });
    const found = metricsOf(row).map((metric) => comparer.compare(metric));
    tables.release(row);
    return found;
  });
  const correctedPs = correct(founds, ({ p }) => p);
  const correctedRankPs = correct(founds, ({ rank }) => rank.p);
  const comparisons = founds.map((found, index): Comparison => {
    const { row, metric, first: one, second: other, runs, units, evidence, factor } = found;
    const correctedP = correctedPs[index];
    return { row, metric, first: one, second: other, runs, units, evidence, factor, correctedP, correctedRankP: correctedRankPs[index], ...judge(found, correctedP) };
  });
  return { first, second, rows, comparisons, leftOut, broken, problems, differences: differences(first, second) };
}
