import { describe, expect, it } from 'vitest';
import { LatencyCounter, latencyOf, mergeCounts, noLatencies } from '../../src/live/latency-counts.js';
import { LatencyHistogram } from '../../src/metrics/index.js';
import { createRng } from '../../src/core/index.js';
import { countsOf } from './live-messages.js';

/** From a tenth of a millisecond to some minutes. */
function someLatenciesMs(count: number): number[] {
  const rng = createRng(1);
  return Array.from({ length: count }, () => Math.exp(rng.next() * 14 - 2));
}

describe('latencies of a running cell', () => {
  it('are what the stored histogram says, but for the width of a bucket', () => {
    const latenciesMs = someLatenciesMs(5_000);
    const exact = new LatencyHistogram();
    for (const latencyMs of latenciesMs) exact.record(latencyMs);
    const { count, meanMs, p50Ms, p98Ms, maxMs } = latencyOf(countsOf(...latenciesMs));
    const { mean, p50, p98, max } = exact.summary();
    expect({ count, maxMs }).toEqual({ count: 5_000, maxMs: max });
    expect(meanMs).toBeCloseTo(mean as number, 6);
    for (const [live, stored] of [[p50Ms, p50], [p98Ms, p98]] as const) expect(Math.abs((live as number) / (stored as number) - 1)).toBeLessThan(1 / 64);
  });

  it('merge to what they would have been when counted together, in any order of the parts', () => {
    const latenciesMs = someLatenciesMs(600);
    const parts = [0, 1, 2].map((part) => countsOf(...latenciesMs.filter((_latency, i) => i % 3 === part)));
    const [a, b, c] = parts as [typeof noLatencies, typeof noLatencies, typeof noLatencies];
    const together = countsOf(...latenciesMs);
    for (const merged of [mergeCounts(mergeCounts(a, b), c), mergeCounts(c, mergeCounts(noLatencies, mergeCounts(b, a)))]) {
      expect({ ...merged, sumMs: 0 }).toEqual({ ...together, sumMs: 0 });
      expect(merged.sumMs).toBeCloseTo(together.sumMs, 6);
    }
  });

  it('have no percentile that too few observations would have to name', () => {
    expect(latencyOf(noLatencies)).toEqual({ count: 0, meanMs: null, p50Ms: null, p98Ms: null, maxMs: null });
    expect(latencyOf(countsOf(5))).toMatchObject({ count: 1, meanMs: 5, p50Ms: null, p98Ms: null, maxMs: 5 });
    expect(latencyOf(countsOf(...Array.from({ length: 49 }, () => 5))).p98Ms).toBeNull();
    expect(latencyOf(countsOf(...Array.from({ length: 50 }, () => 5)))).toMatchObject({ p50Ms: 5, p98Ms: 5 });
  });

  it('are counted anew after they were taken, also those of 0 and below', () => {
    const counter = new LatencyCounter();
    counter.record(1_000_000);
    expect(counter.take().count).toBe(1);
    counter.record(0);
    counter.record(-0.001);
    expect(counter.take()).toMatchObject({ count: 2, maxMs: 0, buckets: [0, 2] });
    expect(counter.take()).toEqual(noLatencies);
  });
});
