import { describe, expect, it } from 'vitest';
import type { Scheduler, SchedulerContext } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';

const nothing = (): void => undefined;
const assignAtOnce: Scheduler['onArrival'] = (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial');

/** Sets a timer when the last has fired, so many in all, and then does `last`. */
function chain(ctx: SchedulerContext, count: number, delayMs: number, last: () => void): void {
  if (count === 0) last();
  else ctx.setTimer(delayMs, () => chain(ctx, count - 1, delayMs, last));
}

describe('a timer whose delay is no number', () => {
  it.each([Number.NaN, undefined, null, '5'])('ends the cell (%s)', (delayMs) => {
    const cell = new FakeCell({ scheduler: { onArrival: (_invocation, ctx) => void ctx.setTimer(delayMs as number, nothing) } });
    cell.arrive();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(cell.error?.message).toBe(`Scheduler 'under-test' made a wrong setTimer: the delay is ${String(delayMs)}.`);
    cell.drain();
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'rejected', errorCode: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('ends it also for a scheduler that swallows the exception', () => {
    const cell = new FakeCell({
      scheduler: {
        onArrival(invocation, ctx) {
          try {
            ctx.setTimer(Number.NaN, nothing);
          } catch {
            // As a careless plug-in would.
          }
          assignAtOnce(invocation, ctx);
        },
      },
    });
    cell.arrive();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION', message: expect.stringContaining('setTimer') as string });
    cell.drain();
    expect(cell.log).toEqual([]);
    expect(faultsOf(cell)).toEqual([]);
  });
});

describe('timers that leave no rest', () => {
  function restless(count: number, delayMs: number): FakeCell {
    const cell = new FakeCell({ scheduler: { onArrival: (invocation, ctx) => chain(ctx, count, delayMs, () => assignAtOnce(invocation, ctx)) }, stallTimeoutMs: 60_000 });
    cell.arrive();
    cell.engine.arrivalsDone();
    cell.drain();
    return cell;
  }

  it.each([0, 0.999, -5])('end the cell when there are more than a thousand in a row (%d ms)', (delayMs) => {
    const cell = restless(1_001, delayMs);
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(cell.error?.message).toBe("Scheduler 'under-test' made a wrong setTimer: 1000 timers of less than 1 ms in a row, with nothing done in between.");
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'rejected', errorCode: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('are fine when there are a thousand', () => {
    const cell = restless(1_000, 0);
    expect(cell.error).toBeUndefined();
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'completed' });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('are fine when they take a ms or more each, however many', () => {
    const cell = restless(5_000, 1);
    expect(cell.error).toBeUndefined();
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'completed', schedulingMs: 5_000 });
  });

  it('end it from a hook as well, all at once', () => {
    const cell = new FakeCell({
      scheduler: {
        onArrival(_invocation, ctx) {
          for (let i = 0; i < 1_001; i += 1) ctx.setTimer(0.5, nothing);
        },
      },
    });
    cell.arrive();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(faultsOf(cell.drain())).toEqual([]);
  });

  it('are fine when something happens in between, however many', () => {
    const cell = new FakeCell({
      scheduler: {
        onArrival(invocation, ctx) {
          chain(ctx, 900, 0, () => assignAtOnce(invocation, ctx));
        },
      },
    });
    for (let round = 0; round < 5; round += 1) {
      cell.arrive();
      cell.clock.advance(300);
    }
    cell.finish();
    expect(cell.error).toBeUndefined();
    expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(Array(5).fill('completed'));
    expect(faultsOf(cell)).toEqual([]);
  });

  it('do not count together with those before the last arrival, launch, batch or end', () => {
    // 600 before the launch, 600 before the batch, 600 while it runs, 600 after its end.
    const rest = (ctx: SchedulerContext, last: () => void): void => chain(ctx, 600, 0, last);
    const cell = new FakeCell({
      scheduler: {
        onArrival: (invocation, ctx) =>
          rest(ctx, () => {
            const container = ctx.launch('f');
            rest(ctx, () => {
              ctx.assign(container, [invocation], 'serial');
              rest(ctx, nothing);
            });
          }),
        onOutcome: (_outcome, _container, ctx) => rest(ctx, nothing),
      },
    });
    cell.arrive();
    cell.clock.advance(1_000);
    cell.finish();
    expect(cell.error).toBeUndefined();
    expect(faultsOf(cell)).toEqual([]);
  });
});

describe('the timers of a cell that has ended', () => {
  it('fire no more, not even the one that is due at the same instant', () => {
    const fired: string[] = [];
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    cell.arrive();
    cell.engine.setTimer(10, () => {
      fired.push('first');
      throw new Error('bang');
    });
    cell.engine.setTimer(10, () => fired.push('second'));
    cell.drain();
    expect(fired).toEqual(['first']);
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_THREW' });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('cannot be set', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    cell.finish();
    expect(() => cell.engine.setTimer(10, nothing)).toThrow(expect.objectContaining({ code: 'FBB_ERR_SCHEDULER_ACTION' }));
    expect(cell.clock.pending()).toBe(0);
  });
});
