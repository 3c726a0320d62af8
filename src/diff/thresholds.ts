import { FbbError } from '../core/index.js';
import type { Comparison, Diff } from './compare.js';
import { metrics, type Metric } from './metrics.js';

/** How much worse a metric may become. */
export interface Threshold {
  /** As it was written. */
  readonly text: string;
  readonly metric: Metric;
  /** More than this fails: a share of the first value, or an amount in the metric's unit. */
  readonly limit: number;
  readonly relative: boolean;
}

const pattern = /^\s*([A-Za-z][A-Za-z0-9.]*)\s*>\s*\+?\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/;

/** Reads thresholds such as `p98>+5%`, `queue.mean>+10%` or `containers>+2`; throws FBB_ERR_USAGE that names every wrong one. */
export function parseThresholds(texts: readonly string[]): Threshold[] {
  const thresholds: Threshold[] = [];
  const wrong: string[] = [];
  for (const text of texts) {
    const [, name, limit, percent] = pattern.exec(text) ?? [];
    const metric = metrics.find((known) => known.name === name);
    if (name === undefined) wrong.push(`'${text}' is no threshold`);
    else if (metric === undefined) wrong.push(`'${text}': there is no metric ${name}`);
    else thresholds.push({ text, metric, limit: Number(limit) / (percent === '%' ? 100 : 1), relative: percent === '%' });
  }
  if (wrong.length === 0) return thresholds;
  throw new FbbError('FBB_ERR_USAGE', `${wrong.join('; ')}.`, { fix: `Write a metric, > and by how much it may grow, as in 'p98>+5%' or 'containers>+0'. Metrics: ${metrics.map(({ name }) => name).join(', ')}.` });
}

interface Judged {
  readonly threshold: Threshold;
  readonly comparison: Comparison;
}

export interface GateResult {
  /** Beyond the threshold, and shown. */
  readonly regressions: readonly Judged[];
  /** Beyond the threshold, but not shown: chance may have done it. */
  readonly notShown: readonly Judged[];
  /** Rows that have no value any more where the first side has one. */
  readonly unchecked: readonly Judged[];
  /** Rows that ran on the second side without one valid run: worse than any growth. */
  readonly broken: readonly string[];
  /** How many comparisons a threshold was held against. */
  readonly checked: number;
}

function isBeyond({ first, second }: Comparison, { relative, limit }: Threshold): boolean {
  if (first === null || second === null) return false;
  const grown = second - first;
  // Of 0 any growth is more than any share of it.
  if (!relative) return grown > limit;
  return first === 0 ? grown > 0 : grown / first > limit;
}

/** Holds thresholds against a diff. Throws FBB_ERR_DIFF_THRESHOLD when one has nothing to be held against. */
export function checkThresholds(thresholds: readonly Threshold[], { comparisons, broken }: Diff): GateResult {
  const regressions: Judged[] = [];
  const notShown: Judged[] = [];
  const unchecked: Judged[] = [];
  const idle: string[] = [];
  let checked = 0;
  for (const threshold of thresholds) {
    const held = comparisons.filter(({ metric, first, second }) => metric === threshold.metric && first !== null && second !== null);
    if (held.length === 0) idle.push(threshold.text);
    checked += held.length;
    for (const comparison of comparisons) if (comparison.metric === threshold.metric && comparison.first !== null && comparison.second === null) unchecked.push({ threshold, comparison });
    for (const comparison of held) {
      if (!isBeyond(comparison, threshold)) continue;
      (comparison.verdict === 'worse' ? regressions : notShown).push({ threshold, comparison });
    }
  }
  if (idle.length > 0) throw new FbbError('FBB_ERR_DIFF_THRESHOLD', `Nothing that was compared has a value for: ${idle.join(', ')}.`);
  return { regressions, notShown, unchecked, broken, checked };
}

/** Whether a build must not go on. */
export function hasFailed({ regressions, broken }: GateResult): boolean {
  return regressions.length > 0 || broken.length > 0;
}
