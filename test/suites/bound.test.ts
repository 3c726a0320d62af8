import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortestRemainingLatenciesMs } from '../../src/stats/index.js';
import { Bound } from '../../src/suites/bound.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { runs } from '../support/property-runs.js';
import { smallCell, smallHost, smallRun, type SmallInvocation } from './simulated-cells.js';

interface Job {
  readonly gapMs: number;
  readonly cpuMs: number;
  readonly serverCpuMs: number;
  readonly waitMs: number;
}

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const anyJobs: fc.Arbitrary<Job[]> = fc.array(fc.record({ gapMs: upTo(30), cpuMs: upTo(60), serverCpuMs: upTo(5), waitMs: upTo(40) }), { minLength: 1, maxLength: 30 });

function boundOf(jobs: readonly Job[], cores: number): ReturnType<Bound['summary']> {
  const bound = new Bound(cores);
  let nowMs = 0;
  for (const { gapMs, ...demand } of jobs) bound.arrive((nowMs += gapMs), demand);
  return bound.summary();
}

describe('the bound', () => {
  it('is the latencies of the clairvoyant policy with the time for which each waits outside added', () => {
    fc.assert(
      fc.property(anyJobs, upTo(3), (jobs, moreCores) => {
        let nowMs = 0;
        const arrivalsMs = jobs.map(({ gapMs }) => (nowMs += gapMs));
        const computing = shortestRemainingLatenciesMs(arrivalsMs, jobs.map(({ cpuMs }) => cpuMs), 1 + moreCores);
        const latenciesMs = jobs.map(({ serverCpuMs, waitMs }, index) => (computing[index] as number) + serverCpuMs + waitMs);
        const bound = boundOf(jobs, 1 + moreCores);
        expect(bound?.cores).toBe(1 + moreCores);
        expect(bound?.latencyMs.count).toBe(jobs.length);
        expect(bound?.latencyMs.mean).toBeCloseTo(latenciesMs.reduce((sum, latencyMs) => sum + latencyMs, 0) / jobs.length, 9);
        if (bound?.latencyMs.max !== null) expect(bound?.latencyMs.max).toBeCloseTo(Math.max(...latenciesMs), 9);
      }),
      runs(60),
    );
  });

  it('lets those that wait use no core meanwhile', () => {
    const waiting = { gapMs: 0, cpuMs: 10, serverCpuMs: 5, waitMs: 100 };
    // Computing ends at 10 and 20.
    expect(boundOf([waiting, waiting], 1)?.latencyMs).toMatchObject({ count: 2, mean: 120 });
  });

  it('gives each the wait that is its own when they end in another order than they came', () => {
    const bound = boundOf([{ gapMs: 0, cpuMs: 100, serverCpuMs: 0, waitMs: 0 }, { gapMs: 10, cpuMs: 5, serverCpuMs: 0, waitMs: 1_000 }], 1);
    // 105 for the one that is passed, 5 + 1 000 for the other.
    expect(bound?.latencyMs.mean).toBe(555);
    expect(bound?.latencyMs.p50).toBeCloseTo(105, 0);
  });

  it('has no latency to name where nothing arrived', () => {
    expect(boundOf([], 4)).toEqual({ cores: 4, latencyMs: { count: 0, mean: null, p50: null, p90: null, p95: null, p98: null, p99: null, p999: null, max: null } });
  });
});

const anyInvocations: fc.Arbitrary<SmallInvocation[]> = fc
  .array(fc.record({ gapMs: upTo(40), name: fc.constantFrom('fib' as const, 'blob' as const), n: fc.integer({ min: 20, max: 36 }) }), { minLength: 1, maxLength: 30 })
  .map((items) => {
    let nowMs = 0;
    return items.map(({ gapMs, name, n }) => ({ atMs: (nowMs += gapMs), name, n }));
  });

/** Nothing costs anything but the work itself, so that a scheduler can come close to the bound. */
const freeHost = {
  ...smallHost,
  launch: { parallel: null, latencyMs: 0, cpuMs: 0, threads: 1, perSecond: null },
  request: { cpuMs: 0, firstCpuMs: 0, toContainerMs: 0, fromContainerMs: 0 },
  thread: { startCpuMs: 0, startThreads: 1 },
  functions: { ...smallHost.functions, blob: { model: 'client' as const, loadLatencyMs: 0, loadCpuMs: 0, clientCpuMs: 0, clientServerCpuMs: 0, clientWaitMs: 0, cpuMs: 3, serverCpuMs: 0, waitMs: 12, firstCpuMs: 0 } },
};

// Kraken learns from a profile, which these cells do not have.
const schedulers = builtinSchedulers().list().filter(({ profileOf }) => profileOf === undefined);

describe.each([['costs what it costs', smallHost], ['costs nothing', freeHost]])('on one core, where everything besides the work %s', (_name, host) => {
  it.each(schedulers.map((definition) => [definition.name, definition] as const))('%s has no mean below the bound', async (_scheduler, definition) => {
    await fc.assert(
      fc.asyncProperty(anyInvocations, async (invocations) => {
        const { summary } = await smallRun(smallCell(definition, invocations), { host: { ...host, cores: 1 } }).run();
        expect(summary.problems).toEqual([]);
        expect(summary.bound).toMatchObject({ cores: 1, latencyMs: { count: invocations.length } });
        expect(summary.latencyMs.total.mean).toBeGreaterThanOrEqual((summary.bound?.latencyMs.mean as number) - 1e-6);
      }),
      runs(4),
    );
  });
});

it('is reached by a scheduler that has nothing to decide, on a host where nothing costs anything', async () => {
  const invocations = [0, 200, 400].map((atMs) => ({ atMs, name: 'fib' as const, n: 30 }));
  const { summary } = await smallRun(smallCell(builtinSchedulers().get('baseline'), invocations), { host: freeHost }).run();
  expect(summary.latencyMs.total.mean).toBeCloseTo(10, 6);
  expect(summary.bound?.latencyMs.mean).toBeCloseTo(10, 6);
});
