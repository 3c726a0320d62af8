import { describe, expect, it } from 'vitest';
import type { Demand } from '../../../src/backends/simulation/demand.js';
import type { Outcome } from '../../../src/core/index.js';
import { builtinScheduler, expandedInOneContainer, gapsBetween, outcomesOf, simulate, type SimulatedCellOptions } from './simulated-cell.js';

const rounded = (ms: number): number => Math.round(ms * 1e6) / 1e6;

/** When each invocation has ended. */
function endsMs(outcomes: readonly Outcome[]): number[] {
  return outcomes.map(({ intendedMs, totalMs }) => rounded(intendedMs + totalMs));
}

/** When those have ended that come at once, each in a container of its own; two, if nothing else is said. */
async function endTogetherMs(cores: number, demandOf: (invocationId: number) => Partial<Demand>, options: Partial<SimulatedCellOptions> = {}): Promise<number[]> {
  return endsMs(await outcomesOf({ scheduler: builtinScheduler('baseline'), count: 2, gapMs: () => 0, demandOf, ...options, costs: { cores, ...options.costs } }));
}

describe('a server on the host', () => {
  it('does one thing at a time, in the order in which it is asked', async () => {
    expect(await endTogetherMs(4, () => ({ serverCpuMs: 10 }), { count: 3 })).toEqual([10, 20, 30]);
    // The second is asked for first.
    expect(await endTogetherMs(4, (id) => ({ cpuMs: 3 - id, serverCpuMs: 10 }))).toEqual([22, 12]);
  });

  it('is free for the next while an invocation waits for something else', async () => {
    expect(await endTogetherMs(4, () => ({ serverCpuMs: 10, waitMs: 5 }))).toEqual([15, 25]);
  });

  it('takes cores from containers', async () => {
    const demandOf = (id: number): Partial<Demand> => (id === 0 ? { serverCpuMs: 10 } : { cpuMs: 10 });
    expect(await endTogetherMs(2, demandOf)).toEqual([10, 10]);
    expect(await endTogetherMs(1, demandOf)).toEqual([20, 20]);
  });

  it('is asked for the client, then for the work', async () => {
    // The clients are computed until 4, made by the server until 10 and 16 and there at 15 and 21; work until 18 and 24; the server until 20 and 26.
    const demand = { clientCpuMs: 4, clientServerCpuMs: 6, clientWaitMs: 5, cpuMs: 3, serverCpuMs: 2, waitMs: 1 };
    expect(await endTogetherMs(4, () => demand)).toEqual([21, 27]);
  });

  it('makes a client that costs nothing else', async () => {
    const demand = { clientServerCpuMs: 10, cpuMs: 1 };
    expect(await endTogetherMs(4, () => demand)).toEqual([11, 21]);
    // One for both, on one event loop.
    expect(await endTogetherMs(4, () => demand, { scheduler: expandedInOneContainer(), kind: 'io', multiplexing: true })).toEqual([11, 12]);
  });

  it('leaves the event loop of the container to others meanwhile', async () => {
    // The loop until 2 and 4, the server until 12 and 22.
    expect(await endTogetherMs(2, () => ({ cpuMs: 2, serverCpuMs: 10 }), { scheduler: expandedInOneContainer(), kind: 'io' })).toEqual([12, 22]);
  });

  it('keeps those waiting that come one after another', async () => {
    expect(await endTogetherMs(2, () => ({ cpuMs: 2, serverCpuMs: 10 }), { scheduler: builtinScheduler('batching', { dispatchIntervalMs: 100 }) })).toEqual([112, 124]);
  });

  it('is no part of the CPU time of invocations and containers', async () => {
    let cpuMs: number | undefined;
    const { usages } = await simulate({
      scheduler: builtinScheduler('baseline'),
      count: 1,
      gapMs: () => 0,
      demandOf: () => ({ clientCpuMs: 1, clientServerCpuMs: 5, cpuMs: 3, serverCpuMs: 7 }),
      recorder: { invocationEnded: (outcome) => void (cpuMs = outcome.cpuMs) },
    });
    expect([rounded(cpuMs ?? 0), rounded(usages.get(0)?.cpuMs ?? 0)]).toEqual([4, 4]);
  });

  it('is not held by the cores that a container may use', async () => {
    expect(await endTogetherMs(2, () => ({ serverCpuMs: 10 }), { costs: { containerCores: 0.5 } })).toEqual([10, 20]);
    // On one core it gets what the container, which has a quarter of it, leaves.
    expect(await endTogetherMs(1, (id) => (id === 0 ? { serverCpuMs: 7.5 } : { cpuMs: 10 }), { costs: { containerCores: 0.25 } })).toEqual([10, 40]);
    // With half a core each, the containers compute until 10 and 20.
    expect(await endTogetherMs(2, (id) => ({ cpuMs: 5 + 5 * id, serverCpuMs: 4 }), { costs: { containerCores: 0.5 } })).toEqual([14, 24]);
  });
});

describe('an invocation whose container is lost while the server works for it', () => {
  it('is not ended by the answer to its attempt before, which keeps the server all the same', async () => {
    const outcomes = await outcomesOf({
      scheduler: builtinScheduler('baseline'),
      count: 1,
      gapMs: () => 0,
      // The container says nothing for 2.5 s, which is seen at 3 s.
      timeoutMs: 500,
      demandOf: (_id, nowMs) => ({ serverCpuMs: nowMs < 3_000 ? 4_000 : 500 }),
      maxAttempts: 2,
      problems: [],
    });
    expect(outcomes.map(({ status, attempt }) => [status, attempt])).toEqual([['completed', 2]]);
    expect(endsMs(outcomes)).toEqual([4_500]);
  });

  it('does not go on for another one that has come since', async () => {
    // The first fails at 3 s; the second uses the objects of the first from then on.
    const outcomes = await outcomesOf({
      scheduler: builtinScheduler('baseline'),
      count: 2,
      gapMs: gapsBetween([0, 3_500]),
      timeoutMs: 500,
      demandOf: (id) => (id === 0 ? { serverCpuMs: 4_000 } : { cpuMs: 1_500 }),
      problems: [],
      costs: { cores: 2 },
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['timedOut', 'completed']);
    expect(endsMs(outcomes)).toEqual([3_000, 5_000]);
  });

  it('is tried again beside another one, each with an answer of its own', async () => {
    // The second asks for memory that is not there at 50, which ends the container of both.
    const outcomes = await outcomesOf({
      costs: { cores: 2, containerMemoryMb: 60, invocationMemoryMb: 30, hostMemoryMb: 100 },
      scheduler: expandedInOneContainer(),
      count: 2,
      gapMs: gapsBetween([0, 50]),
      demandOf: () => ({ cpuMs: 5, serverCpuMs: 100 }),
      maxAttempts: 2,
      problems: [],
    });
    // The server works for the lost attempt until 105, then for both; the second is alone, from when the first has ended.
    expect(endsMs(outcomes)).toEqual([205, 310]);
  });
});
