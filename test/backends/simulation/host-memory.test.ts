import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/index.js';
import { builtinScheduler, expandedInOneContainer, freeHost, gapsBetween, simulate, type SimulatedCell, type SimulatedCellOptions } from './simulated-cell.js';

const memoryCosts = { containerMemoryMb: 10, threadMemoryMb: 5, invocationMemoryMb: 2 };

interface MemoryCell extends SimulatedCell {
  /** The memory of containers, as it changed: time, container, MB. */
  readonly changes: readonly string[];
  readonly outcomes: readonly Outcome[];
}

type MemoryCellOptions = Omit<SimulatedCellOptions, 'gapMs' | 'count'> & { readonly arrivalsMs: readonly number[] };

async function cellOf({ arrivalsMs, ...options }: MemoryCellOptions): Promise<MemoryCell> {
  const changes: string[] = [];
  const outcomes: Outcome[] = [];
  const cell = await simulate({
    ...options,
    count: arrivalsMs.length,
    gapMs: gapsBetween(arrivalsMs),
    onMemory: (nowMs, containerId, memoryMb) => void changes.push(`${Math.round(nowMs * 1e6) / 1e6} c${containerId} ${memoryMb}`),
    recorder: { invocationEnded: (outcome) => void (outcomes[outcome.id] = outcome) },
  });
  return { ...cell, changes, outcomes };
}

/** How each invocation ended, when, and at which attempt. */
function endings(outcomes: readonly Outcome[]): unknown[] {
  return outcomes.map(({ status, errorCode, attempt, intendedMs, totalMs }) => [errorCode ?? status, attempt, Math.round((intendedMs + totalMs) * 1e6) / 1e6]);
}

describe('the memory of a container', () => {
  it('is its own from when its launch begins, and that of its threads and of what runs in it', async () => {
    const costs = { ...memoryCosts, launch: { ...freeHost.launch, latencyMs: 100 }, threadStartCpuMs: 3 };
    const { changes, usages } = await cellOf({ costs, scheduler: expandedInOneContainer(), arrivalsMs: [0, 200], demandOf: () => ({ cpuMs: 20 }) });
    // The thread stays, and the second invocation runs on it.
    expect(changes).toEqual(['0 c0 10', '103 c0 15', '103 c0 17', '123 c0 15', '200 c0 17', '220 c0 15']);
    expect(usages.get(0)?.peakMemoryMb).toBe(17);
  });

  it('counts each that has begun on the event loop, also while it waits for its turn there', async () => {
    const { changes, usages } = await cellOf({ costs: memoryCosts, kind: 'io', scheduler: expandedInOneContainer(), arrivalsMs: [0, 0, 5], demandOf: () => ({ cpuMs: 10 }) });
    expect(changes).toEqual(['0 c0 10', '0 c0 12', '0 c0 14', '5 c0 16', '10 c0 14', '20 c0 12', '30 c0 10']);
    expect(usages.get(0)?.peakMemoryMb).toBe(16);
  });

  it('does not count those that wait for the one before', async () => {
    const { changes } = await cellOf({ costs: memoryCosts, scheduler: builtinScheduler('batching', { dispatchIntervalMs: 50 }), arrivalsMs: [0, 0], demandOf: () => ({ cpuMs: 10 }) });
    expect(changes).toEqual(['50 c0 10', '50 c0 12', '60 c0 10', '60 c0 12', '70 c0 10']);
  });

  it('is not taken while its launch waits in line', async () => {
    const costs = { containerMemoryMb: 10, launch: { ...freeHost.launch, latencyMs: 100, parallel: 1 } };
    const { changes } = await cellOf({ costs, scheduler: builtinScheduler('baseline'), arrivalsMs: [0, 0, 0], demandOf: () => ({}) });
    expect(changes).toEqual(['0 c0 10', '100 c1 10', '200 c2 10']);
  });
});

describe('a host whose memory is used up', () => {
  const outOfMemory = (containerId: number, functionId: string, hostMb: number): string =>
    `container ${containerId} of '${functionId}' lost: the memory of the host, ${hostMb} MB, is used up (FBB_ERR_CONTAINER_MEMORY)`;
  const large = { cores: 2, containerMemoryMb: 60, invocationMemoryMb: 30, hostMemoryMb: 100 };

  it('ends the container that asks for more; what ran in it is tried again in what it gave back', async () => {
    const problems: string[] = [];
    const { changes, outcomes, usages } = await cellOf({ costs: large, scheduler: expandedInOneContainer(), arrivalsMs: [0, 50], demandOf: () => ({ cpuMs: 100 }), maxAttempts: 2, problems });
    // One at a time, as each is alone at its second attempt.
    expect(endings(outcomes)).toEqual([
      ['completed', 2, 150],
      ['completed', 2, 250],
    ]);
    expect(changes).toEqual(['0 c0 60', '0 c0 90', '50 c1 60', '50 c1 90', '150 c1 60', '150 c1 90', '250 c1 60']);
    expect(problems).toEqual([outOfMemory(0, 'f', 100)]);
    // It did not get what it asked for last.
    expect(usages.get(0)).toMatchObject({ cpuMs: 50, peakMemoryMb: 90 });
  });

  it('fails what ran in the container, where nothing is tried again', async () => {
    const problems: string[] = [];
    const { outcomes, launched } = await cellOf({ costs: large, scheduler: expandedInOneContainer(), arrivalsMs: [0, 50, 60], demandOf: () => ({ cpuMs: 100 }), problems });
    expect(endings(outcomes)).toEqual([
      ['FBB_ERR_CONTAINER_MEMORY', 1, 50],
      ['FBB_ERR_CONTAINER_MEMORY', 1, 50],
      ['completed', 1, 160],
    ]);
    expect(launched).toBe(2);
  });

  it('ends whoever needs more than all of it, each time it is tried', async () => {
    const problems: string[] = [];
    const { outcomes, launched } = await cellOf({ costs: { ...large, invocationMemoryMb: 41 }, scheduler: builtinScheduler('baseline'), arrivalsMs: [0], demandOf: () => ({}), maxAttempts: 3, problems });
    expect(endings(outcomes)).toEqual([['FBB_ERR_CONTAINER_MEMORY', 3, 0]]);
    expect(launched).toBe(3);
    expect(problems.slice(0, 3)).toEqual([outOfMemory(0, 'f', 100), outOfMemory(1, 'f', 100), outOfMemory(2, 'f', 100)]);
  });

  it('ends a container that starts a thread too many', async () => {
    const problems: string[] = [];
    const costs = { cores: 2, threadMemoryMb: 60, threadStartCpuMs: 10, hostMemoryMb: 100 };
    // The second waits for 10 ms, as long as a start takes, and then has a thread started, from 15 to 25.
    const { outcomes } = await cellOf({ costs, scheduler: expandedInOneContainer(), arrivalsMs: [0, 5], demandOf: () => ({ cpuMs: 100 }), problems });
    expect(endings(outcomes).map((ending) => (ending as unknown[])[0])).toEqual(['FBB_ERR_CONTAINER_MEMORY', 'FBB_ERR_CONTAINER_MEMORY']);
    expect(problems[0]).toBe(outOfMemory(0, 'f', 100));
  });

  it('has room again for the next container when one is retired', async () => {
    const cell = { costs: large, scheduler: builtinScheduler('baseline'), functionOf: (id: number) => (id === 0 ? 'f' : 'g'), demandOf: () => ({ cpuMs: 10 }), keepAliveMs: 50 };
    expect(endings((await cellOf({ ...cell, arrivalsMs: [0, 70] })).outcomes)).toEqual([
      ['completed', 1, 10],
      ['completed', 1, 80],
    ]);
    await expect(cellOf({ ...cell, arrivalsMs: [0, 50], problems: [] })).rejects.toMatchObject({ code: 'FBB_ERR_CONTAINER_LAUNCH' });
  });

  it('ends the cell where no container ever fits', async () => {
    const problems: string[] = [];
    const cell = cellOf({ costs: { ...large, hostMemoryMb: 59, launch: { ...freeHost.launch, latencyMs: 100 } }, scheduler: builtinScheduler('baseline'), arrivalsMs: [0], demandOf: () => ({}), problems });
    await expect(cell).rejects.toMatchObject({ code: 'FBB_ERR_CONTAINER_LAUNCH' });
    expect(problems).toEqual([0, 1, 2, 3, 4].map((id) => outOfMemory(id, 'f', 59)));
  });

  it('spares a container that only gives memory back when another asks for too much', async () => {
    const problems: string[] = [];
    const costs = { cores: 4, requestMs: 5, containerMemoryMb: 10, invocationMemoryMb: 40, hostMemoryMb: 100 };
    // At 20, first 2 and 3 ask for 40 each, then 1 ends in the other container.
    const { outcomes } = await cellOf({
      costs,
      scheduler: expandedInOneContainer(),
      functionOf: (id) => (id === 1 ? 'g' : 'f'),
      arrivalsMs: [0, 0, 15, 15],
      demandOf: (id) => (id === 1 ? { cpuMs: 12, waitMs: 3 } : { cpuMs: 1_000 }),
      problems,
    });
    expect(endings(outcomes)[1]).toEqual(['completed', 1, 20]);
    expect(problems[0]).toBe(outOfMemory(0, 'f', 100));
    expect(problems.filter((line) => line.startsWith('container'))).toHaveLength(1);
  });

  it('has room for what fits, also when another has just asked for too much', async () => {
    const problems: string[] = [];
    const costs = { cores: 4, requestMs: 5, containerMemoryMb: 10, invocationMemoryMb: 40, hostMemoryMb: 65 };
    // At 20, 1 asks for 40 more, and then the container of 2 is launched.
    const { launched } = await cellOf({ costs, scheduler: expandedInOneContainer(), functionOf: (id) => (id === 2 ? 'g' : 'f'), arrivalsMs: [0, 15, 20], demandOf: () => ({ cpuMs: 100 }), problems });
    expect(problems.filter((line) => line.startsWith('container'))).toEqual([outOfMemory(0, 'f', 65)]);
    expect(launched).toBe(2);
  });
});
