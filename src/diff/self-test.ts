import { compareAligned, type Aligned, type Diff } from './compare.js';
import { checkThresholds, type GateResult, type Threshold } from './thresholds.js';

export interface SelfTest {
  /** A slowdown of so much was injected: 0.1 makes everything 10 % more. */
  readonly slowdown: number;
  readonly withSlowdown: GateResult;
  /** Comparisons whose injected slowdown was not shown, with why not. */
  readonly missed: Diff['comparisons'];
  /** A with itself. */
  readonly withItself: GateResult;
  readonly falseAlarms: number;
  /** Whether the gate fires for every threshold when it should, and never when it should not. */
  readonly passed: boolean;
}

/** Above every threshold by so much, so that it is the data that decide and not the threshold. */
const above = 1.5;
const leastSlowdown = 0.1;

/** What to inject so that every threshold is passed. */
function slowdownFor(thresholds: readonly Threshold[]): number {
  return Math.max(leastSlowdown, ...thresholds.map(({ relative, limit }) => (relative ? limit * above : 0)));
}

/**
 * Tries a gate on one result set beside itself: once with everything on the second side multiplied, which it must find with the
 * spread that the set has, and once as it is, where it must find nothing.
 */
export function selfTest(aligned: Aligned, thresholds: readonly Threshold[], slowdown = slowdownFor(thresholds)): SelfTest {
  const slowed = compareAligned(aligned, 1 + slowdown);
  const plain = compareAligned(aligned);
  const withSlowdown = checkThresholds(thresholds, slowed);
  const withItself = checkThresholds(thresholds, plain);
  const named = new Set(thresholds.map(({ metric }) => metric));
  // What is 0 stays 0 however it is multiplied.
  const missed = slowed.comparisons.filter(({ metric, first, verdict }) => named.has(metric) && first !== null && first > 0 && verdict !== 'worse');
  const falseAlarms = plain.comparisons.filter(({ verdict }) => verdict === 'better' || verdict === 'worse').length;
  const fired = new Set(withSlowdown.regressions.map(({ threshold }) => threshold));
  return { slowdown, withSlowdown, missed, withItself, falseAlarms, passed: thresholds.every((threshold) => fired.has(threshold)) && missed.length === 0 && falseAlarms === 0 };
}
