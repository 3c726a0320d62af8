import { bucketCountOf, bucketOf, greatestValue, leastOf } from '../core/log-buckets.js';
import type { LiveLatency } from './live-events.js';

/** Buckets at most 1.6 % wide: enough to watch. */
const bits = 7;
const microsecondsPerMs = 1_000;

/** Latencies as buckets of microseconds: bucket and count by turns, in the order of the buckets. */
export interface LatencyCounts {
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
  readonly buckets: readonly number[];
}

export const noLatencies: LatencyCounts = { count: 0, sumMs: 0, maxMs: 0, buckets: [] };

/** Counts latencies without allocating anything, until somebody takes the counts away. */
export class LatencyCounter {
  readonly #counts = new Uint32Array(bucketCountOf(bits));
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;
  #highest = -1;

  record(latencyMs: number): void {
    const bucket = bucketOf(latencyMs > 0 ? Math.min(greatestValue, Math.floor(latencyMs * microsecondsPerMs + 0.5)) : 0, bits);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count += 1;
    this.#sumMs += latencyMs;
    if (latencyMs > this.#maxMs) this.#maxMs = latencyMs;
    if (bucket > this.#highest) this.#highest = bucket;
  }

  /** What was counted since the last time. */
  take(): LatencyCounts {
    const buckets: number[] = [];
    for (let bucket = 0; bucket <= this.#highest; bucket += 1) {
      const count = this.#counts[bucket] as number;
      if (count > 0) buckets.push(bucket, count);
    }
    const taken = { count: this.#count, sumMs: this.#sumMs, maxMs: this.#maxMs, buckets };
    this.#counts.fill(0, 0, this.#highest + 1);
    this.#count = 0;
    this.#sumMs = 0;
    this.#maxMs = 0;
    this.#highest = -1;
    return taken;
  }
}

export function mergeCounts(one: LatencyCounts, other: LatencyCounts): LatencyCounts {
  const buckets: number[] = [];
  const [a, b] = [one.buckets, other.buckets];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const bucketA = a[i] ?? Number.POSITIVE_INFINITY;
    const bucketB = b[j] ?? Number.POSITIVE_INFINITY;
    buckets.push(Math.min(bucketA, bucketB), (bucketA <= bucketB ? (a[i + 1] as number) : 0) + (bucketB <= bucketA ? (b[j + 1] as number) : 0));
    if (bucketA <= bucketB) i += 2;
    if (bucketB <= bucketA) j += 2;
  }
  return { count: one.count + other.count, sumMs: one.sumMs + other.sumMs, maxMs: Math.max(one.maxMs, other.maxMs), buckets };
}

/** As HdrHistogram answers: the upper end of the bucket, which may lie above everything seen. */
function quantileMs({ count, maxMs, buckets }: LatencyCounts, q: number): number | null {
  // The small allowance is for 1 - q not being exact.
  if (count * (1 - q) < 1 - 1e-9) return null;
  const rank = Math.max(1, Math.floor(q * count + 0.5));
  let seen = 0;
  for (let i = 0; i < buckets.length; i += 2) {
    seen += buckets[i + 1] as number;
    if (seen >= rank) return Math.min(maxMs, (leastOf((buckets[i] as number) + 1, bits) - 1) / microsecondsPerMs);
  }
  return maxMs;
}

export function latencyOf(counts: LatencyCounts): LiveLatency {
  const { count, sumMs, maxMs } = counts;
  return { count, meanMs: count === 0 ? null : sumMs / count, p50Ms: quantileMs(counts, 0.5), p98Ms: quantileMs(counts, 0.98), maxMs: count === 0 ? null : maxMs };
}
