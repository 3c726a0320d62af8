import type { LatencySummary } from '../core/index.js';
import type { FileFindings } from './findings.js';
import { isNear } from './near.js';

/** A value of a row has three decimals, and the mean of many is as near. */
const roundedMs = 0.001;
/** A bucket of a histogram of three digits, and a value that rounding has put beside it. */
const bucketShare = 0.001;

const percentileNames = ['p50', 'p90', 'p95', 'p98', 'p99', 'p999'] as const;

function isSamePercentile(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other;
  return Math.abs(one - other) <= bucketShare * Math.max(one, other) + 2 * roundedMs;
}

/** Compares latencies of a summary with those made anew of the rows. `place`: in the summary. */
export function compareLatency(stored: LatencySummary, fromRows: LatencySummary, place: string, findings: FileFindings): void {
  const differs = (name: keyof LatencySummary): void => findings.add(`${place}.${name}`, `${stored[name]}, and the rows of invocations.csv give ${fromRows[name]}`);
  if (stored.count !== fromRows.count) differs('count');
  for (const name of ['mean', 'max'] as const) {
    const [one, other] = [stored[name], fromRows[name]];
    if (one === null || other === null ? one !== other : !isNear(one, other, roundedMs)) differs(name);
  }
  for (const name of percentileNames) if (!isSamePercentile(stored[name], fromRows[name])) differs(name);
}

type Lag = Readonly<Record<'lagP50Ms' | 'lagP99Ms' | 'lagMaxMs', number | null>>;

/** The same for the lateness of the load generator, of all invocations. */
export function compareLag(stored: Lag, { p50, p99, max }: LatencySummary, findings: FileFindings): void {
  for (const [name, fromRows] of [['lagP50Ms', p50], ['lagP99Ms', p99], ['lagMaxMs', max]] as const) {
    if (!isSamePercentile(stored[name], fromRows)) findings.add(`loadGenerator.${name}`, `${stored[name]}, and the rows of invocations.csv give ${fromRows}`);
  }
}
