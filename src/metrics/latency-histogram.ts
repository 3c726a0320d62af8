import { build, type Histogram } from 'hdr-histogram-js';
import { bucketCountOf, bucketOf, greatestValue, leastOf, type LatencySummary } from '../core/index.js';

const microsecondsPerMs = 1_000;

/** Three significant digits. */
const bits = 11;

/**
 * An HDR histogram of latencies, kept in microseconds to three significant digits; the mean is kept exactly beside it. Counting is done
 * here, in the buckets of HdrHistogram, because its own costs as much as all else that happens to a simulated invocation.
 */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(bucketCountOf(bits));
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;
  #maxMicroseconds = 0;
  /** What was counted up to `built`, to be asked. */
  #histogram: Histogram | undefined;
  #built = 0;

  record(latencyMs: number): void {
    const microseconds = latencyMs > 0 ? Math.min(greatestValue, Math.floor(latencyMs * microsecondsPerMs + 0.5)) : 0;
    const bucket = bucketOf(microseconds, bits);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count += 1;
    this.#sumMs += latencyMs;
    if (latencyMs > this.#maxMs) this.#maxMs = latencyMs;
    if (microseconds > this.#maxMicroseconds) this.#maxMicroseconds = microseconds;
  }

  get count(): number {
    return this.#count;
  }

  /** Latency in ms at a quantile between 0 and 1, or null when there are too few observations to name it. */
  quantileMs(q: number): number | null {
    // The small allowance is for 1 - q not being exact.
    if (this.#count * (1 - q) < 1 - 1e-9) return null;
    // The histogram answers with the upper end of a bucket, which can lie above everything seen.
    return Math.min(this.#maxMs, this.#build().getValueAtPercentile(q * 100) / microsecondsPerMs);
  }

  summary(): LatencySummary {
    const empty = this.#count === 0;
    return {
      count: this.#count,
      mean: empty ? null : this.#sumMs / this.#count,
      p50: this.quantileMs(0.5),
      p90: this.quantileMs(0.9),
      p95: this.quantileMs(0.95),
      p98: this.quantileMs(0.98),
      p99: this.quantileMs(0.99),
      p999: this.quantileMs(0.999),
      max: empty ? null : this.#maxMs,
    };
  }

  /** HdrHistogram's percentile text (`.hgrm`), values in ms. */
  toHgrm(): string {
    return this.#build().outputPercentileDistribution(5, microsecondsPerMs);
  }
  #build(): Histogram {
    if (this.#histogram !== undefined && this.#built === this.#count) return this.#histogram;
    const histogram = build({ bitBucketSize: 32, autoResize: true, lowestDiscernibleValue: 1, highestTrackableValue: 2 ** 24, numberOfSignificantValueDigits: 3 });
    const counts = this.#counts;
    for (let bucket = 0; bucket < counts.length; bucket += 1) if ((counts[bucket] as number) > 0) histogram.recordValueWithCount(leastOf(bucket, bits), counts[bucket] as number);
    if (this.#count > 0) {
      // So that it knows the greatest value and not only its bucket.
      const last = leastOf(bucketOf(this.#maxMicroseconds, bits), bits);
      histogram.recordValueWithCount(last, -1);
      histogram.recordValue(this.#maxMicroseconds);
    }
    this.#histogram = histogram;
    this.#built = this.#count;
    return histogram;
  }
}
