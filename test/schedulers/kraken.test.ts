import { describe, expect, it } from 'vitest';
import { createRng, type CellProfile } from '../../src/core/index.js';
import { kraken } from '../../src/schedulers/kraken.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import type { Arrival } from '../../src/testkit/fake-cell.js';
import { fakeProfile } from '../../src/testkit/fake-profile.js';
import { SchedulerCell, type SchedulerCellOptions } from '../../src/testkit/scheduler-cell.js';

/** What vanilla measured: this SLO for every function and quantile, and these arrivals. */
function profileOf(sloMs: number | undefined, arrivals: readonly Arrival[] = []): CellProfile {
  return { ...fakeProfile(arrivals), latencyQuantileMs: () => sloMs };
}

/** So many arrivals at each of these times. */
function traceOf(bursts: Readonly<Record<number, number>>): Arrival[] {
  return Object.entries(bursts).flatMap(([atMs, count]) => Array.from({ length: count }, () => ({ intendedMs: Number(atMs) })));
}

/** Plays bursts against a profile that expects none of them, so that the oracle falls back on what has arrived, and finishes. */
function playBursts(bursts: Readonly<Record<number, number>>, options: SchedulerCellOptions): SchedulerCell {
  const cell = new SchedulerCell(kraken, options);
  for (const [atMs, count] of Object.entries(bursts)) cell.burstAt(Number(atMs), count);
  cell.finish();
  return cell;
}

/** How many containers got work at each tick that gave any. */
function containersPerStart(cell: SchedulerCell): number[] {
  const perTime = new Map<string, number>();
  for (const line of cell.actions.filter((action) => action.includes('assign'))) {
    const [atMs] = line.split(':') as [string];
    perTime.set(atMs, (perTime.get(atMs) ?? 0) + 1);
  }
  return [...perTime.values()];
}

function expectAllCompleted(cell: SchedulerCell): void {
  expect(cell.error).toBeUndefined();
  expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(Array(cell.engine.counts.arrived).fill('completed'));
  expect(faultsOf(cell)).toEqual([]);
}

describe('kraken', () => {
  it('gives every invocation a container of its own until one has ended', () => {
    const cell = playBursts({ 20: 3 }, { profile: profileOf(10_000) });
    expect(cell.spy.actions).toEqual([
      '20: timer for 200',
      '200: launch c0 f',
      '300: launch c1 f',
      '400: launch c2 f',
      '500: assign to idle c0 serial 0',
      '500: assign to idle c1 serial 1',
      '500: assign to idle c2 serial 2',
    ]);
    expectAllCompleted(cell);
  });

  it('then takes as many as keep batches within the SLO, maps round robin and runs them one after another', () => {
    // 100 / 30 is a batch of 3, and 7 invocations are three of them.
    const cell = playBursts({ 0: 1, 450: 7 }, { profile: profileOf(100), executionMs: () => 30 });
    expect(cell.actions.slice(2)).toEqual([
      '600: launch c1 f',
      '700: launch c2 f',
      '800: assign to idle c0 serial 1,4,7',
      '800: assign to idle c1 serial 2,5',
      '800: assign to idle c2 serial 3,6',
    ]);
    expect([1, 4, 7].map((id) => cell.recorder.outcomeOf(id).queueMs)).toEqual([0, 30, 60]);
    expectAllCompleted(cell);
  });

  it('counts the wait inside a batch as duration', () => {
    // 30 ms once, and 90 ms for each of a batch of three: 75 ms on average, so that batches are of one from then on.
    const cell = playBursts({ 0: 1, 450: 3, 850: 3 }, { profile: profileOf(100), executionMs: () => 30, launchMs: () => 1 });
    expect(containersPerStart(cell)).toEqual([1, 1, 3]);
  });

  it('launches nothing while warm containers suffice', () => {
    const cell = playBursts({ 0: 2, 650: 6, 1_050: 1 }, { profile: profileOf(100), executionMs: () => 30 });
    expect(cell.engine.counts.launched).toBe(2);
    expectAllCompleted(cell);
  });

  it('knows each function for itself', () => {
    const profile: CellProfile = { ...fakeProfile([]), latencyQuantileMs: (functionId) => (functionId === 'f' ? 100 : 1_000) };
    const cell = new SchedulerCell(kraken, { profile, executionMs: () => 30, launchMs: () => 1 });
    for (const functionId of ['f', 'g']) cell.burstAt(0, 1, functionId);
    for (const functionId of ['f', 'g']) cell.burstAt(450, 6, functionId);
    cell.finish();
    expect(cell.actions.filter((line) => line.startsWith('60') && line.includes('assign'))).toEqual([
      '600: assign to idle c1 serial 8,9,10,11,12,13',
      '601: assign to idle c0 serial 2,4,6',
      '601: assign to idle c2 serial 3,5,7',
    ]);
    expectAllCompleted(cell);
  });

  it('asks the profile for the quantile it was told to take', () => {
    const asked: number[] = [];
    const profile: CellProfile = { ...fakeProfile([]), latencyQuantileMs: (_functionId, q) => asked.push(q) };
    playBursts({ 0: 1 }, { profile });
    playBursts({ 0: 1 }, { profile, schedulerOptions: { sloQuantile: 0.6 } });
    expect(asked).toEqual([0.98, 0.6]);
  });
});

describe('the load that kraken expects', () => {
  /** With an SLO that no batch of two keeps, there are as many containers as load. */
  const oneEach = { executionMs: () => 30, launchMs: () => 1 };
  const bursts = { 10: 4, 210: 8, 450: 2, 850: 3 };

  it('is what the earlier cell had in the same window, with the oracle', () => {
    const cell = playBursts(bursts, { ...oneEach, profile: profileOf(30, traceOf(bursts)) });
    expect(containersPerStart(cell)).toEqual([4, 8, 2, 3]);
    expect(cell.engine.counts.launched).toBe(8);
    expectAllCompleted(cell);
  });

  it('is the weighted mean of the windows before, with the ewma predictor', () => {
    // Loads 4, 8, 2, 0, 3. The first has nothing before it; then 4, (8 + 4) / 2 = 6, (2 + 6) / 2 = 4, and (0 + 4) / 2 = 2.
    const cell = playBursts(bursts, { ...oneEach, profile: profileOf(30), schedulerOptions: { predictor: 'ewma' } });
    expect(containersPerStart(cell)).toEqual([4, 4, 2, 2]);
    expect(cell.engine.counts.launched).toBe(6);
    expectAllCompleted(cell);
  });

  it('weighs the newest window as it is told to', () => {
    // Loads 4, 8, 4: 0.25 × 8 + 0.75 × 4 = 5.
    const cell = playBursts({ 10: 4, 210: 8, 450: 9 }, { ...oneEach, profile: profileOf(30), schedulerOptions: { predictor: 'ewma', ewmaWeight: 0.25 } });
    expect(containersPerStart(cell)).toEqual([4, 4, 5]);
  });

  it('can be more than arrives: the containers are there, and those without work stay idle', () => {
    const cell = playBursts({ 10: 1, 450: 2 }, { ...oneEach, profile: profileOf(30, traceOf({ 450: 5 })) });
    expect(cell.actions.filter((line) => !line.includes('assign')).map((line) => line.split(' ')[1])).toEqual(Array(5).fill('launch'));
    expect(cell.actions.filter((line) => line.includes('assign')).map((line) => line.split(' ').at(-1))).toEqual(['0', '1', '2']);
    expect(cell.engine.pool('f').idle).toHaveLength(5);
    expectAllCompleted(cell);
  });

  it('can be less than arrives: batches are longer then', () => {
    const cell = playBursts({ 10: 1, 450: 5 }, { ...oneEach, profile: profileOf(30, traceOf({ 450: 2 })) });
    expect(containersPerStart(cell)).toEqual([1, 2]);
    expectAllCompleted(cell);
  });

  it('is what arrived where the earlier cell had nothing', () => {
    const cell = playBursts({ 10: 1, 450: 3 }, { ...oneEach, profile: profileOf(30) });
    expect(containersPerStart(cell)).toEqual([1, 3]);
  });

  /** The first invocation takes its container with it after `afterMs`, while a few others arrive in every window. */
  function lateReturn(afterMs: number, schedulerOptions: object): SchedulerCell {
    const cell = new SchedulerCell(kraken, {
      profile: profileOf(30),
      schedulerOptions,
      launchMs: () => 1,
      executionMs: ({ id, attempt }) => (id === 0 && attempt === 1 ? afterMs : 5),
      endingOf: ({ id, attempt }) => (id === 0 && attempt === 1 ? 'kills' : 'completed'),
    });
    for (let atMs = 10; atMs < afterMs; atMs += 200) cell.burstAt(atMs, 2);
    // It comes back into a window of its own.
    cell.clock.advanceTo(afterMs + 1_000);
    return cell;
  }

  it.each([0.5, 1])('does not explode when an old invocation comes back (ewma, weight %d)', (ewmaWeight) => {
    const cell = lateReturn(2_210, { predictor: 'ewma', ewmaWeight });
    expect(cell.engine.counts.retried).toBe(1);
    expect(cell.engine.counts.launched).toBeLessThan(10);
    cell.finish();
    expectAllCompleted(cell);
  });

  // A timer is late by a moment, always: whatever arrives in that moment belongs to the next window, and is drained with this one.
  const overTheEdge = traceOf({ 10: 1, 450: 4, 600: 1, 650: 1 });

  it('is that of the window that has ended, whatever slipped in after its end (oracle)', () => {
    const cell = new SchedulerCell(kraken, { ...oneEach, profile: profileOf(30, overTheEdge) }).replay(overTheEdge);
    expect(containersPerStart(cell)).toEqual([1, 4, 1]);
    expectAllCompleted(cell);
  });

  it.each([0.5, 1])('does not explode when something slipped in after the end of a window (ewma, weight %d)', (ewmaWeight) => {
    const cell = new SchedulerCell(kraken, { ...oneEach, profile: profileOf(30), schedulerOptions: { predictor: 'ewma', ewmaWeight } });
    for (const { intendedMs } of overTheEdge) cell.clock.ownedBy('load').setTimer(intendedMs, () => cell.arrive());
    cell.clock.advanceTo(1_000);
    expect(cell.engine.counts.launched).toBeLessThan(6);
    cell.finish();
    expectAllCompleted(cell);
  });
});

describe('kraken with a mean above the SLO', () => {
  it('holds batches at one invocation, says so, and loses nothing', () => {
    const cell = playBursts({ 0: 1, 450: 3, 1_050: 4 }, { profile: profileOf(20), executionMs: () => 30, launchMs: () => 1 });
    expect(containersPerStart(cell)).toEqual([1, 3, 4]);
    expect(cell.logged).toEqual([1, 2].map((time) => `batch size of 'f' held at 1, time ${time}: mean duration 30 ms, SLO 20 ms`));
    expectAllCompleted(cell);
  });

  it('tells how often it holds them, ever more rarely', () => {
    const cell = playBursts(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [i * 450, 1])), { profile: profileOf(20), executionMs: () => 30, launchMs: () => 1 });
    expect(cell.logged.map((line) => /time (\d+)/.exec(line)?.[1])).toEqual(['1', '2', '4', '8']);
  });

  it('says nothing while the mean is within it', () => {
    const cell = playBursts({ 0: 1, 450: 3 }, { profile: profileOf(30), executionMs: () => 30, launchMs: () => 1 });
    expect(cell.logged).toEqual([]);
  });
});

describe('what kraken is told of an earlier cell', () => {
  it('must be there', () => {
    const make = (): unknown => kraken.create(kraken.options.parse({}), { rng: createRng(1), profile: undefined, log: () => undefined });
    expect(make).toThrow(expect.objectContaining({ code: 'FBB_ERR_PROFILE_MISSING', message: expect.stringMatching(/'kraken'.*'vanilla'/) as string }));
  });

  it('comes from vanilla', () => {
    expect(kraken.profileOf).toBe('vanilla');
  });

  it('may say nothing of a function: it gets a container an invocation, and the log says why', () => {
    const cell = playBursts({ 0: 1, 450: 3 }, { profile: profileOf(undefined), launchMs: () => 1 });
    expect(containersPerStart(cell)).toEqual([1, 3]);
    expect(cell.logged[0]).toBe("no invocation of 'f' completed under fake: no SLO, one invocation a container");
    expectAllCompleted(cell);
  });
});

describe('kraken when containers are lost', () => {
  it('creates another when one dies before its tick starts', () => {
    const cell = new SchedulerCell(kraken, { profile: profileOf(100) });
    cell.backend.loseAt(350, 0);
    cell.burstAt(0, 2);
    cell.finish();
    expect(cell.actions).toEqual(['200: launch c0 f', '300: launch c1 f', '400: launch c2 f', '500: assign to idle c1 serial 0', '500: assign to idle c2 serial 1']);
    expectAllCompleted(cell);
  });

  it('does not take a batch that was cut short for a measurement', () => {
    // The first batch of c0 dies after 10 ms of 30; only the second attempt tells that a batch takes 30 ms.
    const cell = new SchedulerCell(kraken, {
      profile: profileOf(60),
      launchMs: () => 1,
      executionMs: ({ attempt }) => (attempt === 1 ? 10 : 30),
      endingOf: ({ id, attempt }) => (id === 0 && attempt === 1 ? 'kills' : 'completed'),
    });
    cell.burstAt(0, 1);
    cell.burstAt(850, 2);
    cell.finish();
    expect(containersPerStart(cell)).toEqual([1, 1, 1]);
    expectAllCompleted(cell);
  });
});
