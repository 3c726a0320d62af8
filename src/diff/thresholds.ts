import { FbbError } from '../core/index.js';
import { correct, judge, type Comparison, type Diff } from './compare.js';
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

export interface Judged {
  readonly threshold: Threshold;
  readonly comparison: Comparison;
}

export interface GateResult {
  /** Beyond the threshold, and shown. */
  readonly regressions: readonly Judged[];
  /** Beyond the threshold, but not shown: chance may have done it. */
  readonly notShown: readonly Judged[];
  /** Within the threshold or beyond it, nobody can tell: too few data. */
  readonly tooFew: readonly Judged[];
  /** Rows that have no value any more where the first side has one. */
  readonly lost: readonly Judged[];
  /** Rows of whose runs on the second side fewer than half are valid: worse than any growth. */
  readonly broken: readonly string[];
  /** How many comparisons could be judged. */
  readonly checked: number;
}

function isBeyond({ first, second }: Comparison, { relative, limit }: Threshold): boolean {
  if (first === null || second === null) return false;
  const grown = second - first;
  // Of 0 any growth is more than any share of it.
  if (!relative) return grown > limit;
  return first <= 0 ? grown > 0 : grown / first > limit;
}

/**
 * Holds thresholds against a diff. What is gated was chosen beforehand, so its p-values are corrected for each other and not for all that
 * the diff shows besides. Throws FBB_ERR_DIFF_THRESHOLD when a threshold has nothing to be held against, or too few data everywhere.
 */
export function checkThresholds(thresholds: readonly Threshold[], { comparisons, broken }: Diff): GateResult {
  const gated = comparisons.filter(({ metric }) => thresholds.some((threshold) => threshold.metric === metric));
  const corrected = correct(gated, ({ p }) => p);
  const judged = thresholds.flatMap((threshold) =>
    gated.flatMap((comparison, index): Judged[] => {
      if (comparison.metric !== threshold.metric || comparison.first === null) return [];
      return [{ threshold, comparison: { ...comparison, correctedP: corrected[index], ...judge(comparison, corrected[index]) } }];
    }),
  );
  const known = judged.filter(({ comparison }) => comparison.second !== null);
  const checkable = known.filter(({ comparison }) => comparison.verdict !== 'tooFew');
  const idle = thresholds.filter((threshold) => !judged.some((one) => one.threshold === threshold));
  if (idle.length > 0) throw new FbbError('FBB_ERR_DIFF_THRESHOLD', `Nothing that was compared has a value for: ${idle.map(({ text }) => text).join(', ')}.`);
  const unable = thresholds.filter((threshold) => !checkable.some((one) => one.threshold === threshold) && known.some((one) => one.threshold === threshold));
  if (unable.length > 0) {
    const reasons = new Set(known.flatMap(({ comparison }) => comparison.reason ?? []));
    throw new FbbError('FBB_ERR_DIFF_THRESHOLD', `There are too few data everywhere for: ${unable.map(({ text }) => text).join(', ')} (${[...reasons].join('; ')}).`, { fix: 'Run both sides with --repeat 5 or more.' });
  }
  const beyond = checkable.filter(({ comparison, threshold }) => isBeyond(comparison, threshold));
  return {
    regressions: beyond.filter(({ comparison }) => comparison.verdict === 'worse'),
    notShown: beyond.filter(({ comparison }) => comparison.verdict !== 'worse'),
    tooFew: known.filter(({ comparison }) => comparison.verdict === 'tooFew'),
    lost: judged.filter(({ comparison }) => comparison.second === null),
    broken,
    checked: checkable.length,
  };
}

/** Whether a build must not go on. */
export function hasFailed({ regressions, lost, broken }: GateResult): boolean {
  return regressions.length > 0 || lost.length > 0 || broken.length > 0;
}
