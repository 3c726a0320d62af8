import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Container, Outcome, Scheduler } from '../../../src/core/index.js';
import type { Demand } from '../../../src/backends/simulation/demand.js';
import { CpuAccount, workClass, type WorkClass } from '../../../src/backends/simulation/cores.js';
import { Processor } from '../../../src/backends/simulation/processor.js';
import { VirtualClock } from '../../../src/backends/simulation/virtual-clock.js';
import { ErraticScheduler } from '../../support/erratic-scheduler.js';
import { runs } from '../../support/property-runs.js';
import { builtinScheduler, expandedInOneContainer, simulate, type SimulatedCell, type SimulatedCellOptions } from './simulated-cell.js';

/** Rounding of sums of a few hundred stretches of work. */
const roundingMs = 1e-4;

/** All but `kraken`, which needs the profile of an earlier cell. */
const schedulers: readonly { readonly name: string; readonly create: () => Scheduler }[] = [
  ...['vanilla', 'sfs', 'baseline', 'batching', 'batching-expanding', 'continuous'].map((name) => ({ name, create: () => builtinScheduler(name) })),
  { name: 'expanded in one container', create: expandedInOneContainer },
];

const ms = (max: number): fc.Arbitrary<number> => fc.oneof(fc.constant(0), fc.double({ min: 0, max, noNaN: true }), fc.integer({ min: 1, max }));

const anyArrival = fc.record({ gapMs: ms(300), function: fc.constantFrom('f', 'g'), cpuMs: ms(400), waitMs: ms(200) });

const anyCell = fc.record({
  kind: fc.constantFrom('cpu' as const, 'io' as const),
  arrivals: fc.array(anyArrival, { minLength: 1, maxLength: 25 }),
  client: fc.option(fc.record({ clientCpuMs: ms(60), clientWaitMs: ms(60) }), { nil: { clientCpuMs: 0, clientWaitMs: 0 } }),
  cores: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.double({ min: 0.5, max: 4, noNaN: true })),
  launch: fc.record({ parallel: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY), latencyMs: ms(500), cpuMs: ms(300), threads: fc.constantFrom(1, 3), perSecond: fc.constantFrom(2, Number.POSITIVE_INFINITY) }),
  request: fc.record({ requestCpuMs: ms(5), firstRequestCpuMs: ms(30), requestMs: ms(5), responseMs: ms(5) }),
  threadStartCpuMs: fc.constantFrom<number[]>(0, 7, 40),
  multiplexing: fc.boolean(),
  serviceSliceMs: fc.constantFrom(undefined, 20),
});

type AnyCell = typeof anyCell extends fc.Arbitrary<infer Cell> ? Cell : never;

/** Threads of the same function make clients of their own; how many do is not told. */
function clientOf({ client, kind, multiplexing }: AnyCell): Pick<Demand, 'clientCpuMs' | 'clientWaitMs'> {
  return kind === 'cpu' && multiplexing ? { ...client, clientCpuMs: 0 } : client;
}

function optionsOf(cell: AnyCell, scheduler: Scheduler): SimulatedCellOptions {
  const { kind, arrivals, cores, launch, request, threadStartCpuMs, multiplexing, serviceSliceMs } = cell;
  const arrival = (id: number): AnyCell['arrivals'][number] => arrivals[id] as AnyCell['arrivals'][number];
  return {
    costs: { cores, launch, ...request, threadStartCpuMs, threadMemoryMb: 1 },
    scheduler,
    kind,
    count: arrivals.length,
    gapMs: (id) => arrival(id).gapMs,
    functionOf: (id) => arrival(id).function,
    demandOf: (id) => ({ ...clientOf(cell), cpuMs: arrival(id).cpuMs, waitMs: arrival(id).waitMs }),
    multiplexing,
    ...(serviceSliceMs === undefined ? {} : { serviceSliceMs }),
  };
}

interface Observed {
  readonly cell: SimulatedCell;
  readonly outcomes: readonly Outcome[];
  readonly containers: ReadonlyMap<number, Container>;
  readonly threads: number;
}

async function observe(options: SimulatedCellOptions): Promise<Observed> {
  const outcomes: Outcome[] = [];
  const containers = new Map<number, Container>();
  const threads = new Map<number, number>();
  const cell = await simulate({
    ...options,
    memory: { containerStarted: () => undefined, memoryChanged: (id, memoryMb) => void threads.set(id, memoryMb) },
    recorder: {
      containerLaunched: (container) => void containers.set(container.id, container),
      invocationEnded: (outcome) => void outcomes.push(outcome),
    },
  });
  return { cell, outcomes, containers, threads: [...threads.values()].reduce((sum, count) => sum + count, 0) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What the containers must have used in all: the work itself, and what its host costs. */
function expectedCpuMs(cell: AnyCell, { outcomes, threads, cell: { launched } }: Observed): number {
  const served = new Set(outcomes.map(({ containerId }) => containerId)).size;
  const clients = cell.multiplexing ? served : outcomes.length;
  return (
    sum(cell.arrivals.map(({ cpuMs }) => cpuMs)) +
    clients * clientOf(cell).clientCpuMs +
    outcomes.length * cell.request.requestCpuMs +
    served * cell.request.firstRequestCpuMs +
    launched * cell.launch.cpuMs +
    threads * cell.threadStartCpuMs
  );
}

function checkConserved(cell: AnyCell, observed: Observed): void {
  const { outcomes, containers } = observed;
  expect(outcomes.map(({ id }) => id).sort((a, b) => a - b)).toEqual(cell.arrivals.map((_, id) => id));
  const usedMs = sum([...observed.cell.usages.values()].map(({ cpuMs }) => cpuMs ?? Number.NaN));
  expect(Math.abs(usedMs - expectedCpuMs(cell, observed))).toBeLessThan(roundingMs);
  expect(usedMs).toBeLessThan(cell.cores * observed.cell.endedMs + roundingMs);
  for (const { id, status, executionMs, intendedMs, totalMs, containerId, containerCpuMs = Number.NaN } of outcomes) {
    expect(status).toBe('completed');
    const { cpuMs, waitMs } = cell.arrivals[id] as AnyCell['arrivals'][number];
    expect(executionMs).toBeGreaterThan(cpuMs + waitMs - roundingMs);
    if (cell.kind === 'cpu') continue;
    // One event loop is at most one core, from when the container is ready.
    const readyForMs = intendedMs + totalMs - (containers.get(containerId)?.readyMs ?? Number.NaN);
    expect(containerCpuMs - cell.launch.cpuMs).toBeLessThan(readyForMs + roundingMs);
  }
}

describe('the work of a simulated cell', () => {
  it.each(schedulers)('is done once and accounted for to the end, with $name', async ({ create }) => {
    await fc.assert(
      fc.asyncProperty(anyCell, async (cell) => checkConserved(cell, await observe(optionsOf(cell, create())))),
      runs(40),
    );
  });

  it('is done once and accounted for to the end, whatever a scheduler does', async () => {
    // Launches and starts of threads may be given up half-way here: they cost nothing.
    const withoutStarts = anyCell.map((cell) => ({ ...cell, threadStartCpuMs: 0, launch: { ...cell.launch, cpuMs: 0 } }));
    await fc.assert(
      fc.asyncProperty(withoutStarts, fc.integer(), async (cell, seed) => checkConserved(cell, await observe(optionsOf(cell, new ErraticScheduler(seed))))),
      runs(80),
    );
  });

  it('keeps as many cores busy as there are invocations, or all', async () => {
    const anyComputing = fc.record({ arrivals: fc.array(anyArrival, { minLength: 1, maxLength: 40 }), cores: anyCell.map(({ cores }) => cores), baseline: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(anyComputing, async ({ arrivals, cores, baseline }) => {
        let open = 0;
        let coreMs = 0;
        let atMs = 0;
        const change = (nowMs: number, by: number): void => {
          coreMs += Math.min(cores, open) * (nowMs - atMs);
          atMs = nowMs;
          open += by;
        };
        await simulate({
          costs: { cores },
          scheduler: baseline ? builtinScheduler('baseline') : expandedInOneContainer(),
          count: arrivals.length,
          gapMs: (id) => arrivals[id]?.gapMs ?? 0,
          demandOf: (id, nowMs) => {
            change(nowMs, 1);
            return { cpuMs: arrivals[id]?.cpuMs ?? 0 };
          },
          recorder: { invocationEnded: ({ intendedMs, totalMs }) => change(intendedMs + totalMs, -1) },
        });
        expect(open).toBe(0);
        expect(Math.abs(coreMs - sum(arrivals.map(({ cpuMs }) => cpuMs)))).toBeLessThan(roundingMs);
      }),
      runs(80),
    );
  });
});

describe('a processor', () => {
  const anyWork = fc.record({ atMs: ms(100), workMs: ms(50), cpuClass: fc.constantFrom<WorkClass>(0, 1, 2), next: fc.option(fc.record({ afterMs: ms(50), cpuClass: fc.constantFrom<WorkClass | 'abandon'>(0, 1, 2, 'abandon') })) });

  it('keeps as many cores busy as it has work, or all, in any mix of classes that change', () => {
    fc.assert(
      fc.property(fc.array(anyWork, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (works, cores) => {
        const clock = new VirtualClock();
        const processor = new Processor(clock, cores);
        const account = new CpuAccount();
        const underWay = new Map<number, number>();
        let coreMs = 0;
        let atMs = 0;
        const note = (): void => {
          coreMs += Math.min(cores, underWay.size) * (clock.nowMs() - atMs);
          atMs = clock.nowMs();
          expect(Math.abs(processor.usedMs - coreMs)).toBeLessThan(roundingMs);
        };
        works.forEach(({ atMs: beginMs, workMs, cpuClass, next }, index) => {
          clock.setTimer(beginMs, () => {
            note();
            const workDone = (): void => {
              note();
              underWay.delete(index);
            };
            underWay.set(index, processor.begin(account, workMs, cpuClass, { workDone }));
          });
          if (next === null) return;
          clock.setTimer(beginMs + next.afterMs, () => {
            note();
            const work = underWay.get(index);
            if (work === undefined) return;
            if (next.cpuClass !== 'abandon') processor.setClass(work, next.cpuClass);
            else {
              processor.abandon(work);
              underWay.delete(index);
            }
          });
        });
        while (clock.run(1_000)) continue;
        expect(underWay.size).toBe(0);
        expect(Math.abs(processor.accountMs(account) - coreMs)).toBeLessThan(roundingMs);
        expect(workClass).toEqual({ fifo: 0, fair: 1, yielding: 2 });
      }),
      runs(200),
    );
  });
});
