import { describe, expect, it } from 'vitest';
import { baseline } from '../../src/schedulers/baseline.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { SchedulerCell } from '../../src/testkit/scheduler-cell.js';

describe('baseline', () => {
  it('launches a container for each invocation at once', () => {
    const cell = new SchedulerCell(baseline);
    cell.burstAt(5, 2);
    cell.burstAt(30, 1, 'g');
    cell.finish();
    expect(cell.spy.actions).toEqual([
      '5: launch c0 f',
      '5: assign to starting c0 serial 0',
      '5: launch c1 f',
      '5: assign to starting c1 serial 1',
      '30: launch c2 g',
      '30: assign to starting c2 serial 2',
    ]);
    expect(cell.log.slice(-3)).toEqual(['105: dispatch c0 serial 0', '105: dispatch c1 serial 1', '130: dispatch c2 serial 2']);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('takes warm containers most recently used first, and launches when none is left', () => {
    const cell = new SchedulerCell(baseline, { executionMs: ({ id }) => [30, 10, 20][id] ?? 10 });
    cell.burstAt(0, 3);
    cell.burstAt(500, 4);
    cell.finish();
    expect(cell.actions.slice(6)).toEqual([
      '500: assign to idle c0 serial 3',
      '500: assign to idle c2 serial 4',
      '500: assign to idle c1 serial 5',
      '500: launch c3 f',
      '500: assign to starting c3 serial 6',
    ]);
  });

  it('never gives a container a second invocation while it has one', () => {
    const cell = new SchedulerCell(baseline, { executionMs: () => 300 });
    cell.burstAt(0);
    cell.burstAt(50);
    cell.burstAt(200);
    cell.finish();
    expect(cell.actions.filter((line) => line.includes('assign'))).toEqual([
      '0: assign to starting c0 serial 0',
      '50: assign to starting c1 serial 1',
      '200: assign to starting c2 serial 2',
    ]);
  });

  it('does not use the containers of another function', () => {
    const cell = new SchedulerCell(baseline);
    cell.burstAt(0, 1, 'f');
    cell.burstAt(500, 1, 'g');
    cell.finish();
    expect(cell.actions.at(-1)).toBe('500: assign to starting c1 serial 1');
  });

  it('starts what a dead container gives back at once in another one', () => {
    const cell = new SchedulerCell(baseline, { endingOf: ({ attempt }) => (attempt === 1 ? 'kills' : 'completed') });
    cell.burstAt(0);
    cell.finish();
    expect(cell.actions.slice(2)).toEqual(['110: launch c1 f', '110: assign to starting c1 serial 0']);
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'completed', attempt: 2 });
  });

  it('has no options', () => {
    expect(baseline.options.parse({})).toEqual({});
  });
});
