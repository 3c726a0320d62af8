import fc from 'fast-check';
import { build, type Histogram } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/metrics/latency-histogram.js';
import { runs } from '../support/property-runs.js';

function histogramOf(latenciesMs: Iterable<number>): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const latencyMs of latenciesMs) histogram.record(latencyMs);
  return histogram;
}

/** 1, 2, 3 … `count` ms. */
function ramp(count: number): number[] {
  return Array.from({ length: count }, (_item, index) => index + 1);
}

/** Three significant digits. */
function near(expected: number, actual: number | null): void {
  expect(actual).not.toBeNull();
  expect(Math.abs((actual as number) / expected - 1)).toBeLessThan(0.001);
}

describe('the percentiles of 1 … 1000 ms', () => {
  const summary = histogramOf(ramp(1_000)).summary();

  it.each([
    ['p50', 500],
    ['p90', 900],
    ['p95', 950],
    ['p98', 980],
    ['p99', 990],
    ['p999', 999],
  ] as const)('%s is %i ms', (name, expected) => near(expected, summary[name]));

  it('count, mean and maximum are exact', () => {
    expect(summary).toMatchObject({ count: 1_000, mean: 500.5, max: 1_000 });
  });
});

it('keeps the mean exactly where the histogram rounds', () => {
  const { mean, max } = histogramOf([0.1234567, 100_000.7654321]).summary();
  expect(mean).toBe((0.1234567 + 100_000.7654321) / 2);
  expect(max).toBe(100_000.7654321);
});

it('takes the order of observations for nothing', () => {
  const { p50, p90, p99, max } = histogramOf(ramp(200).reverse()).summary();
  expect(histogramOf(ramp(200)).summary()).toMatchObject({ p50, p90, p99, max });
});

it('has nothing to say of no observation', () => {
  expect(new LatencyHistogram().summary()).toEqual({ count: 0, mean: null, p50: null, p90: null, p95: null, p98: null, p99: null, p999: null, max: null });
});

it.each([
  ['p50', 2],
  ['p90', 10],
  ['p95', 20],
  ['p98', 50],
  ['p99', 100],
  ['p999', 1_000],
] as const)('%s needs %i observations', (name, needed) => {
  expect(histogramOf(ramp(needed - 1)).summary()[name]).toBeNull();
  expect(histogramOf(ramp(needed)).summary()[name]).not.toBeNull();
});

it('tells 1 µs, 1 ms and an hour apart from their neighbours', () => {
  near(0.001, histogramOf([0.001, 0.001]).quantileMs(0.5));
  near(1, histogramOf([1, 1]).quantileMs(0.5));
  near(3_600_000, histogramOf([3_600_000, 3_600_000]).quantileMs(0.5));
});

it('counts what is below its grain, and what clocks make negative, as nothing', () => {
  const histogram = histogramOf([-0.2, -0.2, 0, 0]);
  expect(histogram.quantileMs(0.5)).toBe(0);
  expect(histogram.summary()).toMatchObject({ count: 4, mean: -0.1, max: 0 });
});

it('no percentile of equal latencies is above them', () => {
  const { p50, p999, max } = histogramOf(Array.from({ length: 1_000 }, () => 1_000)).summary();
  expect([p50, p999, max]).toEqual([1_000, 1_000, 1_000]);
});

it('percentiles ascend up to the maximum', () => {
  const latencies = fc.array(fc.double({ min: 0, max: 200_000, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(latencies, (latenciesMs) => {
      const { p50, p90, p95, p98, p99, p999, max } = histogramOf(latenciesMs).summary();
      const ascending = [p50, p90, p95, p98, p99, p999, max].filter((latencyMs) => latencyMs !== null);
      expect(ascending).toEqual(ascending.toSorted((x, y) => x - y));
    }),
  );
});

it('agrees with sorting within three digits', () => {
  const latencies = fc.array(fc.double({ min: 1, max: 200_000, noNaN: true }), { minLength: 200, maxLength: 400 });
  fc.assert(
    fc.property(latencies, (latenciesMs) => {
      const sorted = latenciesMs.toSorted((a, b) => a - b);
      const histogram = histogramOf(latenciesMs);
      for (const q of [0.5, 0.9, 0.99]) {
        const exact = sorted[Math.ceil(q * sorted.length - 1e-9) - 1] as number;
        // The grain is 1 µs at the lower end.
        expect(Math.abs((histogram.quantileMs(q) as number) - exact)).toBeLessThanOrEqual(exact * 0.001 + 0.001);
      }
    }),
    { numRuns: 30 },
  );
});

it('writes the percentile text of HdrHistogram, in ms', () => {
  const lines = histogramOf(ramp(100)).toHgrm().split('\n');
  expect(lines[0]).toMatch(/^\s*Value\s+Percentile\s+TotalCount\s+1\/\(1-Percentile\)$/);
  const rows = lines.filter((line) => /^\s*\d/.test(line)).map((line) => line.trim().split(/\s+/).map(Number));
  expect(rows[0]?.slice(0, 3)).toEqual([1, 0, 1]);
  near(100, rows.at(-1)?.[0] ?? null);
  expect(rows.at(-1)?.slice(1, 3)).toEqual([1, 100]);
});

describe('what HdrHistogram says when it counts itself', () => {
  const quantiles = [0, 0.1, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99];
  const dayMs = 86_400_000;
  const microseconds = (around: number): fc.Arbitrary<number> => fc.integer({ min: Math.max(0, around - 5), max: Math.min(around + 5, 2 ** 43 - 1) }).map((value) => value / 1_000);
  const latencyMs = fc.oneof(
    fc.constant(0),
    fc.double({ min: 0, max: 0.01, noNaN: true }),
    fc.double({ min: 0, max: 1_000, noNaN: true }),
    fc.double({ min: 0, max: 50 * dayMs, noNaN: true }),
    ...[2_048, 4_096, 2 ** 24, 2 ** 31, 2 ** 32, 2 ** 42, 2 ** 43].map(microseconds),
    // Half a microsecond is rounded up.
    fc.nat({ max: 5_000 }).map((half) => half / 2_000),
    // As clocks that disagree make them.
    fc.double({ min: -1, max: 0, noNaN: true }),
  );

  function hdrOf(latenciesMs: readonly number[]): Histogram {
    const histogram = build({ bitBucketSize: 32, autoResize: true, lowestDiscernibleValue: 1, highestTrackableValue: 2 ** 24, numberOfSignificantValueDigits: 3 });
    for (const ms of latenciesMs) histogram.recordValue(Math.max(0, Math.round(ms * 1_000)));
    return histogram;
  }

  it('is said, percentile by percentile, however often it was asked before', () => {
    fc.assert(
      fc.property(fc.array(fc.array(latencyMs, { maxLength: 60 }), { minLength: 1, maxLength: 3 }), (parts) => {
        const histogram = new LatencyHistogram();
        for (const part of parts) {
          histogram.quantileMs(0);
          for (const ms of part) histogram.record(ms);
        }
        const latenciesMs = parts.flat();
        const hdr = hdrOf(latenciesMs);
        const maxMs = Math.max(0, ...latenciesMs);
        const expected = quantiles.map((q) => (latenciesMs.length * (1 - q) < 1 - 1e-9 ? null : Math.min(maxMs, hdr.getValueAtPercentile(q * 100) / 1_000)));
        expect(quantiles.map((q) => histogram.quantileMs(q))).toEqual(expected);
      }),
      runs(25),
    );
  });

  it('is said in its text, also after it was asked before', () => {
    // Few and large: HdrHistogram takes long to write where the latencies are long.
    fc.assert(
      fc.property(fc.array(latencyMs, { maxLength: 80, size: 'max' }), fc.array(latencyMs, { maxLength: 80, size: 'max' }), (before, after) => {
        const histogram = histogramOf(before);
        histogram.toHgrm();
        for (const ms of after) histogram.record(ms);
        expect(histogram.toHgrm()).toBe(hdrOf([...before, ...after]).outputPercentileDistribution(5, 1_000));
      }),
      runs(3),
    );
  });
});

it('counts what is longer than 2^43 µs as that, but for the mean and the maximum', () => {
  const longMs = 2 ** 44 / 1_000;
  const histogram = histogramOf([longMs, longMs, Number.POSITIVE_INFINITY]);
  expect(histogram.quantileMs(0.5)).toBe((2 ** 43 - 1) / 1_000);
  expect(histogramOf([longMs, longMs]).summary()).toMatchObject({ count: 2, mean: longMs, max: longMs });
});
