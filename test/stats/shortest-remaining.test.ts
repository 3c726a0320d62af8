import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortestRemainingLatenciesMs } from '../../src/stats/index.js';
import { runs } from '../support/property-runs.js';

const latencies = (arrivals: number[], work: number[], cores: number): number[] => [...shortestRemainingLatenciesMs(arrivals, work, cores)];

const anyJobs = fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 30 }), workMs: fc.integer({ min: 1, max: 100 }) }), { minLength: 1, maxLength: 40 }).map((jobs) => {
  let nowMs = 0;
  return { arrivals: jobs.map(({ gapMs }) => (nowMs += gapMs)), work: jobs.map(({ workMs }) => workMs) };
});

/** The same policy, a millisecond at a time: all times are whole. */
function stepped(arrivals: readonly number[], work: readonly number[], cores: number): number[] {
  const left = [...work];
  const endedMs = work.map(() => Number.NaN);
  for (let nowMs = 0; endedMs.some(Number.isNaN); nowMs += 1) {
    const present = left.map((_work, index) => index).filter((index) => (arrivals[index] as number) <= nowMs && (left[index] as number) > 0);
    present.sort((a, b) => (left[a] as number) - (left[b] as number));
    for (const index of present.slice(0, cores)) {
      left[index] = (left[index] as number) - 1;
      if (left[index] === 0) endedMs[index] = nowMs + 1;
    }
  }
  return endedMs.map((atMs, index) => atMs - (arrivals[index] as number));
}

describe('shortest remaining work first', () => {
  it('gives each its own work when nobody else is there', () => {
    expect(latencies([0, 100, 200], [30, 40, 50], 1)).toEqual([30, 40, 50]);
  });

  it('lets a short one pass a long one that runs, which then goes on where it was', () => {
    expect(latencies([0, 10], [100, 5], 1)).toEqual([105, 5]);
  });

  it('does not let one pass that needs more than what is left', () => {
    expect(latencies([0, 95], [100, 20], 1)).toEqual([100, 25]);
  });

  it('runs as many at once as there are cores', () => {
    expect(latencies([0, 0, 0], [10, 20, 30], 2)).toEqual([10, 20, 40]);
    expect(latencies([0, 0, 0], [10, 20, 30], Number.POSITIVE_INFINITY)).toEqual([10, 20, 30]);
  });

  it('has nothing to say of no work', () => {
    expect(latencies([], [], 2)).toEqual([]);
  });

  it('ends as much work in the same time as the same policy taken step by step', () => {
    fc.assert(
      fc.property(anyJobs, fc.integer({ min: 1, max: 4 }), ({ arrivals, work }, cores) => {
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        // Jobs with equal work left may change places, which changes who waits and not how long all wait.
        expect(sum(latencies(arrivals, work, cores))).toBeCloseTo(sum(stepped(arrivals, work, cores)), 6);
      }),
      runs(200),
    );
  });

  it('lets nobody end before its own work is done', () => {
    fc.assert(
      fc.property(anyJobs, fc.integer({ min: 1, max: 4 }), ({ arrivals, work }, cores) => {
        latencies(arrivals, work, cores).forEach((latencyMs, index) => expect(latencyMs).toBeGreaterThanOrEqual((work[index] as number) - 1e-9));
      }),
      runs(100),
    );
  });
});
