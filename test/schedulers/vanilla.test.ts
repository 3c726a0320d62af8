import { describe, expect, it } from 'vitest';
import { vanilla } from '../../src/schedulers/vanilla.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { SchedulerCell } from '../../src/testkit/scheduler-cell.js';

describe('vanilla', () => {
  it('creates the containers of a tick one after another, and starts nothing before the last is ready', () => {
    const cell = new SchedulerCell(vanilla);
    cell.burstAt(20, 3);
    cell.finish();
    expect(cell.spy.actions).toEqual([
      '20: timer for 200',
      '200: launch c0 f',
      '300: launch c1 f',
      '400: launch c2 f',
      '500: assign to idle c0 serial 0',
      '500: assign to idle c1 serial 1',
      '500: assign to idle c2 serial 2',
    ]);
    expect(cell.recorder.outcomes.map(({ schedulingMs, coldStartMs }) => [schedulingMs, coldStartMs])).toEqual(Array(3).fill([380, 100]));
    expect(faultsOf(cell)).toEqual([]);
  });

  it('takes warm containers newest first, as many as there are invocations', () => {
    const cell = new SchedulerCell(vanilla, { executionMs: ({ id }) => [30, 10, 20][id] ?? 10 });
    cell.burstAt(0, 3);
    cell.burstAt(700, 2);
    cell.finish();
    expect(cell.actions.slice(6)).toEqual(['800: assign to idle c0 serial 3', '800: assign to idle c2 serial 4']);
  });

  it('lets warm containers wait too until the missing ones are ready', () => {
    const cell = new SchedulerCell(vanilla);
    cell.burstAt(0, 1);
    cell.burstAt(500, 3);
    cell.finish();
    expect(cell.actions).toEqual([
      '200: launch c0 f',
      '300: assign to idle c0 serial 0',
      '600: launch c1 f',
      '700: launch c2 f',
      '800: assign to idle c0 serial 1',
      '800: assign to idle c1 serial 2',
      '800: assign to idle c2 serial 3',
    ]);
  });

  it('lets ticks overlap without sharing containers', () => {
    const cell = new SchedulerCell(vanilla, { launchMs: () => 150 });
    cell.burstAt(0, 1);
    cell.burstAt(500, 3);
    cell.burstAt(700, 1);
    cell.finish();
    expect(cell.actions.slice(2)).toEqual([
      '600: launch c1 f',
      '750: launch c2 f',
      // c0 and c1 are idle at 800, and taken.
      '800: launch c3 f',
      '900: assign to idle c0 serial 1',
      '900: assign to idle c1 serial 2',
      '900: assign to idle c2 serial 3',
      '950: assign to idle c3 serial 4',
    ]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('treats each function on its own', () => {
    const cell = new SchedulerCell(vanilla);
    cell.burstAt(0, 2, 'f');
    cell.burstAt(10, 1, 'g');
    cell.finish();
    expect(cell.spy.actions).toEqual([
      '0: timer for 200',
      '200: launch c0 f',
      '200: launch c1 g',
      '300: launch c2 f',
      '300: assign to idle c1 serial 2',
      '400: assign to idle c0 serial 0',
      '400: assign to idle c2 serial 1',
    ]);
  });

  it('creates another container when one is lost while it starts', () => {
    const cell = new SchedulerCell(vanilla, { failsLaunch: ({ id }) => id === 1 });
    cell.burstAt(0, 2);
    cell.finish();
    expect(cell.actions).toEqual(['200: launch c0 f', '300: launch c1 f', '400: launch c2 f', '500: assign to idle c0 serial 0', '500: assign to idle c2 serial 1']);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('creates another container when a taken one dies while it waits', () => {
    const cell = new SchedulerCell(vanilla);
    cell.backend.loseAt(350, 0);
    cell.burstAt(0, 2);
    cell.finish();
    expect(cell.actions).toEqual(['200: launch c0 f', '300: launch c1 f', '400: launch c2 f', '500: assign to idle c1 serial 0', '500: assign to idle c2 serial 1']);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('creates another container when a taken one outlives its keep-alive while it waits', () => {
    const cell = new SchedulerCell(vanilla, { keepAliveMs: 500, launchMs: () => 150 });
    cell.burstAt(0, 1);
    cell.burstAt(700, 2);
    cell.finish();
    expect(cell.log).toContain('860: retire c0');
    expect(cell.actions.slice(2)).toEqual(['800: launch c1 f', '950: launch c2 f', '1100: assign to idle c1 serial 1', '1100: assign to idle c2 serial 2']);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('makes do with the containers it has when they go as fast as they come', () => {
    const cell = new SchedulerCell(vanilla, { keepAliveMs: 120, launchMs: () => 100 });
    cell.burst(4);
    cell.finish();
    expect(cell.engine.counts.launched).toBe(12);
    expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'completed']);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('makes do at once with the containers it has when a cap on containers takes them', () => {
    const cell = new SchedulerCell(vanilla, { maxContainers: 2 });
    cell.burst(5);
    cell.finish();
    // The third launch needs the place of an idle one: with what is left, the tick begins.
    expect(cell.engine.counts.launched).toBe(3);
    expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(Array(5).fill('completed'));
    expect(faultsOf(cell)).toEqual([]);
  });

  it('puts what a dead container gives back into the next tick', () => {
    const cell = new SchedulerCell(vanilla, { endingOf: ({ id, attempt }) => (id === 0 && attempt === 1 ? 'kills' : 'completed') });
    cell.burstAt(0, 2);
    cell.finish();
    expect(cell.spy.actions.slice(-2)).toEqual(['410: timer for 600', '600: assign to idle c1 serial 0']);
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'completed', attempt: 2 });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('takes the containers of a finished tick again', () => {
    const cell = new SchedulerCell(vanilla);
    for (const atMs of [0, 500, 1_000]) cell.burstAt(atMs, 2);
    cell.finish();
    expect(cell.engine.counts.launched).toBe(2);
  });
});
