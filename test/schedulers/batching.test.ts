import { describe, expect, it } from 'vitest';
import { batchingExpanding } from '../../src/schedulers/batching-expanding.js';
import { batching } from '../../src/schedulers/batching.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { SchedulerCell } from '../../src/testkit/scheduler-cell.js';

describe.each([
  { definition: batching, mode: 'serial' },
  { definition: batchingExpanding, mode: 'expanded' },
])('$definition.name', ({ definition, mode }) => {
  it(`sends the group of a window to one container, ${mode}`, () => {
    const cell = new SchedulerCell(definition);
    cell.burstAt(20, 2);
    cell.burstAt(150, 1);
    cell.finish();
    expect(cell.spy.actions).toEqual(['20: timer for 200', '200: launch c0 f', `200: assign to starting c0 ${mode} 0,1,2`]);
    expect(cell.log.at(-1)).toBe(`300: dispatch c0 ${mode} 0,1,2`);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('makes a group of each function, in order of arrival', () => {
    const cell = new SchedulerCell(definition);
    cell.burstAt(0, 1, 'g');
    cell.burstAt(1, 2, 'f');
    cell.burstAt(2, 1, 'g');
    cell.finish();
    expect(cell.spy.actions).toEqual([
      '0: timer for 200',
      '200: launch c0 g',
      `200: assign to starting c0 ${mode} 0,3`,
      '200: launch c1 f',
      `200: assign to starting c1 ${mode} 1,2`,
    ]);
  });

  it('takes the warm container that was used last', () => {
    const cell = new SchedulerCell(definition, { executionMs: ({ id }) => (id === 0 ? 300 : 10) });
    cell.burstAt(0);
    cell.burstAt(300);
    cell.burstAt(1_100);
    cell.finish();
    expect(cell.actions.slice(-3)).toEqual(['400: launch c1 f', `400: assign to starting c1 ${mode} 1`, `1200: assign to idle c0 ${mode} 2`]);
  });

  it('launches a container when all are busy or starting', () => {
    const cell = new SchedulerCell(definition, { launchMs: ({ id }) => (id === 1 ? 1_000 : 100), executionMs: () => 2_000 });
    for (const atMs of [0, 300, 500]) cell.burstAt(atMs, 2);
    cell.finish();
    expect(cell.actions).toEqual([
      '200: launch c0 f',
      `200: assign to starting c0 ${mode} 0,1`,
      '400: launch c1 f',
      `400: assign to starting c1 ${mode} 2,3`,
      '600: launch c2 f',
      `600: assign to starting c2 ${mode} 4,5`,
    ]);
  });

  it('puts what a dead container gives back into the next window', () => {
    const cell = new SchedulerCell(definition, { endingOf: ({ id, attempt }) => (id === 0 && attempt === 1 ? 'kills' : 'completed') });
    cell.burstAt(0, 3);
    cell.finish();
    expect(cell.actions.slice(2)).toEqual(['400: launch c1 f', `400: assign to starting c1 ${mode} 0,1,2`]);
    expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('can have another interval', () => {
    const cell = new SchedulerCell(definition, { schedulerOptions: { dispatchIntervalMs: 30 } });
    cell.burstAt(100);
    cell.finish();
    expect(cell.actions[0]).toBe('120: launch c0 f');
  });
});

describe('what the two make of the same group', () => {
  it('is one turn after another, or all at the same time', () => {
    const ends = [batching, batchingExpanding].map((definition) => {
      const cell = new SchedulerCell(definition, { executionMs: () => 30 });
      cell.burstAt(0, 3);
      cell.finish();
      return cell.recorder.outcomes.map(({ totalMs }) => totalMs);
    });
    expect(ends).toEqual([
      [330, 360, 390],
      [330, 330, 330],
    ]);
  });

  it('shares resources only when it is expanded', () => {
    expect([batching.multiplexing, batchingExpanding.multiplexing]).toEqual([false, true]);
  });
});
