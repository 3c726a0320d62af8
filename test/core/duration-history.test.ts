import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurationRecorder } from '../../src/core/index.js';
import { runs } from '../support/property-runs.js';

/** Spread over the orders of magnitude, a microsecond to a day. */
const anyDurationMs = fc.integer({ min: 0, max: 1_000_000 }).map((drawn) => 0.001 * 10 ** ((drawn / 1_000_000) * 10.9));
const anyShare = fc.oneof(fc.constantFrom(0, 0.5, 0.9, 0.99, 0.999, 1), fc.integer({ min: 0, max: 1_000 }).map((drawn) => drawn / 1_000));

function recorderOf(durations: readonly number[]): DurationRecorder {
  const recorder = new DurationRecorder();
  for (const durationMs of durations) recorder.recordExecution(durationMs);
  return recorder;
}

/** The smallest of them that a share `q` of all does not exceed. */
function exactQuantile(durations: readonly number[], q: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
}

describe('the history of durations', () => {
  it('is all zero when nothing was seen', () => {
    const { count, meanMs, ewmaMs, coldStartMeanMs } = new DurationRecorder();
    expect([count, meanMs, ewmaMs, coldStartMeanMs, new DurationRecorder().quantileMs(0.5)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('knows quantiles within 2 %', () => {
    fc.assert(
      fc.property(fc.array(anyDurationMs, { minLength: 1, maxLength: 300, size: 'max' }), anyShare, (durations, q) => {
        const ratio = recorderOf(durations).quantileMs(q) / exactQuantile(durations, q);
        expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(0.02);
      }),
      runs(500),
    );
  });

  it('knows the quantiles of many that are nearly alike', () => {
    const durations = Array.from({ length: 1_000 }, (_, i) => 100 + i / 100);
    const recorder = recorderOf(durations);
    for (const q of [0.01, 0.25, 0.5, 0.75, 0.99]) expect(Math.abs(recorder.quantileMs(q) / exactQuantile(durations, q) - 1)).toBeLessThanOrEqual(0.02);
  });

  it('takes durations of nothing and of more than a day without losing count', () => {
    const recorder = recorderOf([0, 0, 1e12]);
    expect(recorder.count).toBe(3);
    expect(recorder.quantileMs(0.5)).toBeLessThanOrEqual(0.001);
    expect(recorder.quantileMs(1)).toBeGreaterThanOrEqual(9e7);
    expect(Number.isFinite(recorder.quantileMs(1))).toBe(true);
  });

  it('knows the mean', () => {
    fc.assert(
      fc.property(fc.array(anyDurationMs, { minLength: 1, maxLength: 100 }), (durations) => {
        const recorder = recorderOf(durations);
        const expected = durations.reduce((sum, durationMs) => sum + durationMs, 0) / durations.length;
        expect(recorder.count).toBe(durations.length);
        expect(Math.abs(recorder.meanMs / expected - 1)).toBeLessThan(1e-9);
      }),
      runs(100),
    );
  });

  it('weighs the newest with a tenth, and starts with the first', () => {
    const recorder = recorderOf([100]);
    expect(recorder.ewmaMs).toBe(100);
    recorder.recordExecution(200);
    expect(recorder.ewmaMs).toBeCloseTo(110, 9);
    recorder.recordExecution(10);
    expect(recorder.ewmaMs).toBeCloseTo(100, 9);
  });

  it('counts cold starts apart from executions', () => {
    const recorder = recorderOf([5]);
    for (const durationMs of [100, 200, 600]) recorder.recordColdStart(durationMs);
    expect([recorder.coldStartMeanMs, recorder.count, recorder.meanMs]).toEqual([300, 1, 5]);
  });
});
