import type { Row } from './align.js';
import { compareAligned, type Aligned, type Comparison, type Diff } from './compare.js';
import { checkThresholds, type GateResult, type Judged, type Threshold } from './thresholds.js';

export interface SelfTest {
  /** A slowdown of so much was injected: 0.1 makes everything 10 % more. */
  readonly slowdown: number;
  readonly withSlowdown: GateResult;
  /** Comparisons whose injected slowdown did not fire, with why not. */
  readonly missed: readonly Judged[];
  /** Whether the repetitions were halved to be compared with each other; otherwise they were compared with themselves. */
  readonly halved: boolean;
  readonly falseAlarms: number;
  /** Whether the gate fires for every row and threshold when it should, and never when it should not. */
  readonly passed: boolean;
}

/** Above every threshold by so much, so that it is the data that decide and not the threshold. */
const above = 1.5;
const leastSlowdown = 0.1;
/** So many repetitions make two halves that can be compared. */
const enoughForHalves = 10;

/** What to inject so that every threshold is passed in every row: of an amount, by as much as it is of the row's value. */
function slowdownFor(thresholds: readonly Threshold[], comparisons: readonly Comparison[]): number {
  const shares = thresholds.flatMap(({ metric, relative, limit }) =>
    relative ? [limit] : comparisons.flatMap((comparison) => (comparison.metric === metric && (comparison.first ?? 0) > 0 ? [limit / (comparison.first as number)] : [])),
  );
  return Math.max(leastSlowdown, ...shares.map((share) => share * above));
}

/** Every other repetition on the one side, the rest on the other; undefined where there are too few. */
function halve(aligned: Aligned): Aligned | undefined {
  if (aligned.rows.some(({ first }) => first.runs.length < enoughForHalves)) return undefined;
  const half = (row: Row, remainder: number): Row['first'] => ({ ...row.first, runs: row.first.runs.filter((_run, index) => index % 2 === remainder) });
  return { ...aligned, rows: aligned.rows.map((row) => ({ ...row, first: half(row, 0), second: half(row, 1) })) };
}

function isShown({ verdict }: Comparison): boolean {
  return verdict === 'better' || verdict === 'worse';
}

/**
 * Tries a gate on one result set beside itself: with everything on the second side multiplied, which it must find, and as it is, where it must find
 * nothing; then, where there are ten repetitions, one half of them with the other. Repetitions drawn anew are compared in pairs, as they are with a run of the same
 * seed: their spread drops out.
 */
export function selfTest(aligned: Aligned, thresholds: readonly Threshold[]): SelfTest {
  const plain: Diff = compareAligned(aligned);
  const slowdown = slowdownFor(thresholds, plain.comparisons);
  const withSlowdown = checkThresholds(thresholds, compareAligned(aligned, { injected: 1 + slowdown }));
  // What is 0 stays 0 however it is multiplied.
  const missed = [...withSlowdown.notShown, ...withSlowdown.tooFew].filter(({ comparison }) => (comparison.first ?? 0) > 0);
  const halves = halve(aligned);
  const compared = [plain, ...(halves === undefined ? [] : [compareAligned(halves)])];
  const falseAlarms = compared.reduce((sum, { comparisons }) => sum + comparisons.filter(isShown).length, 0);
  const fired = new Set(withSlowdown.regressions.map(({ threshold }) => threshold));
  return { slowdown, withSlowdown, missed, halved: halves !== undefined, falseAlarms, passed: thresholds.every((threshold) => fired.has(threshold)) && missed.length === 0 && falseAlarms === 0 };
}
