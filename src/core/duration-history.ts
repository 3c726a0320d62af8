/** What is known of the durations of one function's past invocations in this cell. */
export interface DurationHistory {
  /** Completed invocations seen. */
  readonly count: number;
  /** Mean execution time in ms; 0 when nothing was seen. */
  readonly meanMs: number;
  /** Exponentially weighted mean (weight 0.1 on the newest) in ms; 0 when nothing was seen. */
  readonly ewmaMs: number;
  /** Execution time in ms below which a share `q` of them fell, within 2 %; 0 when nothing was seen. */
  quantileMs(q: number): number;
  /** Mean time from launch to ready in ms; 0 when no container of the function has become ready. */
  readonly coldStartMeanMs: number;
}

const smallestMs = 0.001;
const growth = 1.02;
const logGrowth = Math.log(growth);
/** Up to about 28 hours. */
const bucketCount = Math.ceil(Math.log(1e8 / smallestMs) / logGrowth) + 2;

/** Counts durations in buckets that grow by 2 %, so that a quantile needs no sorting and no growing memory. */
export class DurationRecorder implements DurationHistory {
  count = 0;
  meanMs = 0;
  ewmaMs = 0;
  coldStartMeanMs = 0;
  #coldStarts = 0;
  #buckets: Uint32Array | undefined;

  recordExecution(durationMs: number): void {
    this.count += 1;
    this.meanMs += (durationMs - this.meanMs) / this.count;
    this.ewmaMs = this.count === 1 ? durationMs : this.ewmaMs + 0.1 * (durationMs - this.ewmaMs);
    this.#buckets ??= new Uint32Array(bucketCount);
    const index = durationMs <= smallestMs ? 0 : Math.min(bucketCount - 1, 1 + Math.floor(Math.log(durationMs / smallestMs) / logGrowth));
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
  }

  recordColdStart(durationMs: number): void {
    this.#coldStarts += 1;
    this.coldStartMeanMs += (durationMs - this.coldStartMeanMs) / this.#coldStarts;
  }

  quantileMs(q: number): number {
    if (this.#buckets === undefined) return 0;
    const rank = Math.max(1, Math.ceil(q * this.count));
    let seen = 0;
    for (let index = 0; index < bucketCount; index += 1) {
      seen += this.#buckets[index] ?? 0;
      if (seen >= rank) return index === 0 ? smallestMs : smallestMs * growth ** (index - 0.5);
    }
    return smallestMs * growth ** bucketCount;
  }
}
