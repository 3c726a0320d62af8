import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchingExpanding } from '../../src/schedulers/batching-expanding.js';
import { batching } from '../../src/schedulers/batching.js';
import { vanilla } from '../../src/schedulers/vanilla.js';
import { runs } from '../support/property-runs.js';
import { anyTrace, fraction } from '../../src/testkit/random-cells.js';
import { SchedulerCell } from '../../src/testkit/scheduler-cell.js';

const windowed = [vanilla, batching, batchingExpanding];

/** When the scheduler's timers were due. */
function tickTimes(cell: SchedulerCell): number[] {
  return cell.timers.map((line) => Number(line.split(' ').at(-1)));
}

describe.each(windowed.map((definition) => ({ name: definition.name, definition })))('the dispatch window of $name', ({ definition }) => {
  it('is 200 ms long by default and ends on multiples of that', () => {
    const cell = new SchedulerCell(definition);
    for (const atMs of [0, 199, 200, 399.5, 1_000, 1_777]) cell.burstAt(atMs);
    cell.finish();
    expect(cell.timers).toEqual(['0: timer for 200', '200: timer for 400', '1000: timer for 1200', '1777: timer for 1800']);
  });

  it('has one timer for all functions', () => {
    const cell = new SchedulerCell(definition);
    cell.burstAt(10, 3, 'f');
    cell.burstAt(60, 2, 'g');
    cell.burstAt(190, 1, 'f');
    cell.finish();
    expect(cell.timers).toEqual(['10: timer for 200']);
  });

  it('sets no timer when it is empty', () => {
    const cell = new SchedulerCell(definition);
    expect(cell.clock.pending('engine')).toBe(0);
    cell.burstAt(50);
    cell.clock.advanceTo(60_000);
    expect(cell.timers).toEqual(['50: timer for 200']);
    // What is left is the keep-alive of the one container.
    expect(cell.clock.pending('engine')).toBe(1);
  });

  it('ends on multiples of the interval, at most one interval after an arrival, whatever the interval', () => {
    const interval = fc.oneof(fc.constantFrom(0.1, 1, 100, 200, 333.3), fraction(1_000).map((ms) => ms + 0.05));
    fc.assert(
      fc.property(interval, anyTrace(['f', 'g']), (dispatchIntervalMs, trace) => {
        const cell = new SchedulerCell(definition, { schedulerOptions: { dispatchIntervalMs } });
        cell.replay(trace);
        for (const atMs of tickTimes(cell)) expect(Math.abs(atMs / dispatchIntervalMs - Math.round(atMs / dispatchIntervalMs))).toBeLessThan(1e-6);
        for (const { id, submittedMs } of cell.recorder.outcomes) {
          const tickMs = tickTimes(cell).find((atMs) => atMs >= submittedMs);
          expect([id, tickMs !== undefined && tickMs - submittedMs <= dispatchIntervalMs + 1e-6]).toEqual([id, true]);
        }
      }),
      runs(60),
    );
  });
});

describe('the dispatchIntervalMs option', () => {
  it.each([0, -5, 60_001, Number.NaN, Number.POSITIVE_INFINITY, '200', null])('does not take %j', (dispatchIntervalMs) => {
    for (const { options } of windowed) expect(options.safeParse({ dispatchIntervalMs }).success).toBe(false);
  });

  it.each([0.5, 10, 60_000])('takes %d', (dispatchIntervalMs) => {
    for (const { options } of windowed) expect(options.parse({ dispatchIntervalMs })).toMatchObject({ dispatchIntervalMs });
  });
});
