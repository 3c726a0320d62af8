import { describe, expect, it } from 'vitest';
import { createRng, type CpuClass, type Outcome, type Scheduler } from '../../../src/core/index.js';
import { runs } from '../../support/property-runs.js';
import { builtinScheduler, expandedInOneContainer, exponential, gapsBetween, onlyContainer, outcomesOf } from './simulated-cell.js';

/** The weight of a thread of nice 19 beside those of nice 0, in Linux. */
const yieldingWeight = 15 / 1_024;

const endsMs = (outcomes: readonly Outcome[]): number[] => outcomes.map(({ intendedMs, totalMs }) => intendedMs + totalMs);

function expectEnds(outcomes: readonly Outcome[], expected: readonly number[]): void {
  expect(outcomes).toHaveLength(expected.length);
  endsMs(outcomes).forEach((endMs, id) => expect(endMs).toBeCloseTo(expected[id] as number, 6));
}

const meanMs = (outcomes: readonly Outcome[]): number => outcomes.reduce((sum, { totalMs }) => sum + totalMs, 0) / outcomes.length;

describe('a service slice on one core', () => {
  // One of 100 from the beginning, four of 5 at 20.
  const oneLong = { count: 5, gapMs: gapsBetween([0, 20, 20, 20, 20]), demandOf: (id: number) => ({ cpuMs: id === 0 ? 100 : 5 }) };

  it('lets a long invocation yield to short ones that come later', async () => {
    // The long one has used its 10; while the four run it gets its weight of the core.
    const shortMs = 20 + 5 * (4 + yieldingWeight);
    const outcomes = await outcomesOf({ ...oneLong, scheduler: expandedInOneContainer(), serviceSliceMs: 10 });
    expectEnds(outcomes, [120, shortMs, shortMs, shortMs, shortMs]);
  });

  it('is still used up when the container has been in the real-time class meanwhile', async () => {
    const scheduler: Scheduler = {
      onArrival: (invocation, ctx) => {
        const container = onlyContainer(invocation.functionId, ctx);
        ctx.assign(container, [invocation], 'expanded');
        if (invocation.id > 0) return;
        ctx.setTimer(15, () => ctx.setCpuClass(container, 'fifo'));
        ctx.setTimer(16, () => ctx.setCpuClass(container, 'fair'));
      },
    };
    const shortMs = 20 + 5 * (4 + yieldingWeight);
    expectEnds(await outcomesOf({ ...oneLong, scheduler, serviceSliceMs: 10 }), [120, shortMs, shortMs, shortMs, shortMs]);
  });

  it('makes short ones wait for nobody who is within the slice too', async () => {
    const outcomes = await outcomesOf({ ...oneLong, scheduler: expandedInOneContainer(), serviceSliceMs: 200 });
    expectEnds(outcomes, [120, 45, 45, 45, 45]);
  });

  it('is not there unless asked for: all share alike', async () => {
    expectEnds(await outcomesOf({ ...oneLong, scheduler: expandedInOneContainer() }), [120, 45, 45, 45, 45]);
  });

  it('counts for invocations on threads only, as the event loop has one thread', async () => {
    // The loop runs the long one to its end, then the others in turn.
    const outcomes = await outcomesOf({ ...oneLong, kind: 'io', scheduler: expandedInOneContainer(), serviceSliceMs: 10 });
    expectEnds(outcomes, [100, 105, 110, 115, 120]);
  });

  it('lowers the mean of many short and few long ones, to the good of the short ones', async () => {
    const { seed } = runs(1);
    const count = 4_000;
    const cpuMs = Array.from({ length: count }, (_, id) => (id % 20 === 0 ? 100 : 5));
    createRng(seed).derive('order').shuffle(cpuMs);
    const cell = async (slice: { readonly serviceSliceMs?: number }): Promise<Outcome[]> => {
      const arrivals = createRng(seed).derive('arrivals');
      return outcomesOf({ ...slice, scheduler: expandedInOneContainer(), count, gapMs: () => exponential(arrivals, 14), demandOf: (id) => ({ cpuMs: cpuMs[id] as number }) });
    };
    const short = (outcomes: readonly Outcome[]): Outcome[] => outcomes.filter(({ id }) => cpuMs[id] === 5);
    const [fair, sliced] = [await cell({}), await cell({ serviceSliceMs: 10 })];
    // Theory of processor sharing, at a load of 0.70: 5 / (1 - 0.70) for the short ones, and where they meet first slices only, a load of
    // 0.375, 5 / (1 - 0.375): 0.49 of it. The long ones take about as long as before, all in all 0.77. The margins are 5 standard deviations over seeds.
    expect(meanMs(short(sliced)) / meanMs(short(fair))).toBeLessThan(0.65);
    expect(meanMs(sliced) / meanMs(fair)).toBeLessThan(0.85);
  });
});

/** A container each, whose class is set as told when it is launched and later. */
function withClasses(classes: readonly (readonly [afterMs: number, CpuClass])[][]): Scheduler {
  return {
    onArrival: (invocation, ctx) => {
      const container = ctx.launch(invocation.functionId);
      for (const [afterMs, cpuClass] of classes[invocation.id] ?? []) {
        if (afterMs === 0) ctx.setCpuClass(container, cpuClass);
        else ctx.setTimer(afterMs, () => ctx.setCpuClass(container, cpuClass));
      }
      ctx.assign(container, [invocation], 'serial');
    },
  };
}

describe('the CPU classes of containers on one core', () => {
  it('let real-time work go first, first come first served', async () => {
    const outcomes = await outcomesOf({
      scheduler: withClasses([[], [[0, 'fifo']], [[0, 'fifo']]]),
      count: 3,
      gapMs: gapsBetween([0, 20, 25]),
      demandOf: (id) => ({ cpuMs: [100, 10, 5][id] as number }),
    });
    expectEnds(outcomes, [115, 30, 35]);
    // A launch that costs nothing is over at once, even where real-time work has the core.
    expect(outcomes[2]?.coldStartMs).toBe(0);
  });

  it('change while work is under way', async () => {
    // Alone until 50, then it shares the core with the one that has waited since 0.
    const outcomes = await outcomesOf({
      scheduler: withClasses([[[0, 'fifo'], [50, 'fair']], []]),
      count: 2,
      gapMs: () => 0,
      demandOf: (id) => ({ cpuMs: [100, 10][id] as number }),
    });
    expectEnds(outcomes, [110, 70]);
  });

  it('leave the other cores to fair work', async () => {
    // Two of 30 share the second core until the real-time one is done at 20; then they have one each.
    const outcomes = await outcomesOf({
      costs: { cores: 2 },
      scheduler: withClasses([[], [], [[0, 'fifo']]]),
      count: 3,
      gapMs: () => 0,
      demandOf: (id) => ({ cpuMs: [30, 30, 20][id] as number }),
    });
    expectEnds(outcomes, [40, 40, 20]);
  });

  it('let the filter of SFS pass short work before what has used up its slice', async () => {
    // The long one has the core for its slice of 20, then the short one for 10.
    const outcomes = await outcomesOf({
      scheduler: builtinScheduler('sfs', { dispatchIntervalMs: 0, initialSliceMs: 20 }),
      count: 2,
      gapMs: () => 0,
      demandOf: (id) => ({ cpuMs: [100, 10][id] as number }),
    });
    expectEnds(outcomes, [110, 30]);
  });
});
