import { build, type Histogram } from 'hdr-histogram-js';
import type { LatencySummary } from '../core/index.js';

const microsecondsPerMs = 1_000;

/** An HDR histogram of latencies, kept in microseconds to three significant digits; the mean is kept exactly beside it. */
export class LatencyHistogram {
  readonly #histogram: Histogram = build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 24,
    numberOfSignificantValueDigits: 3,
  });
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  record(latencyMs: number): void {
    this.#count += 1;
    this.#sumMs += latencyMs;
    this.#maxMs = Math.max(this.#maxMs, latencyMs);
    this.#histogram.recordValue(Math.max(0, Math.round(latencyMs * microsecondsPerMs)));
  }

  get count(): number {
    return this.#count;
  }

  /** Latency in ms at a quantile between 0 and 1, or null when there are too few observations to name it. */
  quantileMs(q: number): number | null {
    // The small allowance is for 1 - q not being exact.
    if (this.#count * (1 - q) < 1 - 1e-9) return null;
    // The histogram answers with the upper end of a bucket, which can lie above everything seen.
    return Math.min(this.#maxMs, this.#histogram.getValueAtPercentile(q * 100) / microsecondsPerMs);
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
    return this.#histogram.outputPercentileDistribution(5, microsecondsPerMs);
  }
}
