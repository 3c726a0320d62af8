import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CappedProcessor } from '../../../src/backends/simulation/capped-processor.js';
import { CpuAccount, workClass } from '../../../src/backends/simulation/cores.js';
import { Processor } from '../../../src/backends/simulation/processor.js';
import { VirtualClock } from '../../../src/backends/simulation/virtual-clock.js';
import { runs } from '../../support/property-runs.js';
import { play, UsableCores, type Action, type Played } from './cores-script.js';
import { ProgressiveFilling } from './progressive-filling.js';

const { fair, fifo, yielding } = workClass;

/** Begins all of the work at time 0, each in the container of that number; when each was done. */
function doneAt(cores: number, containerCores: number, work: readonly (readonly [container: number, workMs: number, cpuClass: Action['cpuClass']])[]): number[] {
  const script = work.map(([container, workMs, cpuClass]): Action => ({ kind: 'begin', afterMs: 0, container, workMs, cpuClass, target: 0 }));
  return play(script, (clock) => new CappedProcessor(clock, cores, containerCores)).doneMs.map((ms) => Math.round(ms * 1e6) / 1e6);
}

// Thirds and sevenths of a ms, so that an action and the end of work hardly ever meet.
const anyScript = fc.array(
  fc.record<Action>({
    kind: fc.constantFrom('begin', 'begin', 'begin', 'begin', 'abandon', 'setClass'),
    afterMs: fc.integer({ min: 0, max: 5_000 }).map((n) => n / 997),
    container: fc.integer({ min: 0, max: 3 }),
    workMs: fc.integer({ min: 1, max: 30_000 }).map((n) => n / 1_013),
    cpuClass: fc.constantFrom(fair, fair, fair, fifo, yielding, yielding),
    target: fc.nat(1_000),
  }),
  { minLength: 1, maxLength: 60 },
);
const anyCores = fc.integer({ min: 1, max: 32 }).map((n) => n / 4);
const anyCap = fc.integer({ min: 1, max: 40 }).map((n) => n / 8);

const isNear = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= 1e-6 * Math.max(1, b);

function expectSame(actual: Played, expected: Played): void {
  const differing = (a: readonly number[], b: readonly number[]): [number, number][] => a.map((value, i): [number, number] => [value, b[i] as number]).filter(([x, y]) => !isNear(x, y));
  expect(actual.doneMs.length).toBe(expected.doneMs.length);
  expect(differing(actual.doneMs, expected.doneMs)).toEqual([]);
  expect(differing(actual.accountsMs, expected.accountsMs)).toEqual([]);
}

describe('the processor with a cap for containers', () => {
  it('makes four works of a container that may use one core take four times as long on eight cores', () => {
    expect(doneAt(8, 1, [[0, 10, fair], [0, 10, fair], [0, 10, fair], [0, 10, fair]])).toEqual([40, 40, 40, 40]);
  });

  it('gives to the others what a cap holds back', () => {
    // Four works of the first container have 1.5 cores, 0.375 each; the others share 1.5 cores, 0.75 each. From 8 ms on, the third has a core.
    const work = [[0, 6, fair], [0, 6, fair], [0, 6, fair], [0, 6, fair], [1, 6, fair], [2, 9, fair]] as const;
    expect(doneAt(3, 1.5, work)).toEqual([16, 16, 16, 16, 8, 11]);
  });

  it('gives what the other work of a container leaves of its cap to work that yields', () => {
    // At first 1 and twice 0.25 of a core, then twice 0.75.
    expect(doneAt(8, 1.5, [[0, 10, fair], [0, 10, yielding], [0, 10, yielding]])).toEqual([10, 20, 20]);
  });

  it('does not hold what runs beside containers, also while a container has used its cap up', () => {
    const clock = new VirtualClock();
    const cores = new CappedProcessor(clock, 3, 0.5);
    const doneMs: number[] = [];
    const begin = (account: CpuAccount, workMs: number, cpuClass: Action['cpuClass']): void => {
      const place = doneMs.push(0) - 1;
      cores.begin(account, workMs, cpuClass, { workDone: () => void (doneMs[place] = clock.nowMs()) });
    };
    const container = new CpuAccount();
    begin(container, 10, fifo);
    begin(container, 5, fair);
    const beside = new CpuAccount(false);
    begin(beside, 6, fair);
    clock.run(100);
    // The container has a core for its real-time work until 10, and half of one for the rest from then on.
    expect(doneMs).toEqual([10, 20, 6]);
    expect(cores.accountMs(beside)).toBe(6);
  });

  it('counts real-time work against the cap, and does not hold it', () => {
    expect(doneAt(8, 2, [[0, 10, fifo], [0, 10, fair], [0, 10, fair]])).toEqual([10, 15, 15]);
    expect(doneAt(8, 1, [[0, 10, fifo], [0, 10, fifo], [0, 5, fair], [1, 5, fair]])).toEqual([10, 10, 15, 5]);
  });

  it('does as the processor without a cap when the cap is no less than the cores', () => {
    fc.assert(
      fc.property(anyScript, anyCores, anyCap, (script, cores, more) => {
        const capped = play(script, (clock) => new CappedProcessor(clock, cores, cores + more - 1 / 8));
        expectSame(capped, play(script, (clock) => new Processor(clock, cores)));
      }),
      runs(150),
    );
  });

  it('does as a reference that fills all shares anew at every change', () => {
    fc.assert(
      fc.property(anyScript, anyCores, anyCap, (script, cores, cap) => {
        const capped = play(script, (clock) => new CappedProcessor(clock, cores, cap));
        expectSame(capped, play(script, (clock) => new ProgressiveFilling(clock, cores, cap)));
      }),
      runs(150),
    );
  });

  it('leaves no core idle that some work may use', () => {
    fc.assert(
      fc.property(anyScript, anyCores, anyCap, (script, cores, cap) => {
        const usable = new UsableCores(cores, cap);
        const { usedMs, accountsMs } = play(script, (clock) => new CappedProcessor(clock, cores, cap), (nowMs, live) => usable.until(nowMs, live));
        expect(usedMs).toSatisfy((ms: number) => isNear(ms, usable.ms));
        // The last four are the accounts at the end.
        expect(accountsMs.slice(-4).reduce((sum, ms) => sum + ms, 0)).toSatisfy((ms: number) => isNear(ms, usedMs));
      }),
      runs(150),
    );
  });

  it('has no trouble with more real-time work than a cap, and a class that is changed while it waits', () => {
    const clock = new VirtualClock();
    const processor = new CappedProcessor(clock, 1, 0.5);
    const account = new CpuAccount();
    const done: string[] = [];
    const owner = (name: string): { workDone: () => void } => ({ workDone: () => void done.push(`${name} ${String(Math.round(clock.nowMs()))}`) });
    processor.begin(account, 10, fifo, owner('first'));
    const waiting = processor.begin(account, 10, fifo, owner('second'));
    clock.setTimer(4, () => processor.setClass(waiting, fair));
    while (clock.run(100)) continue;
    expect(done).toEqual(['first 10', 'second 30']);
  });
});
