import { describe, expect, it } from 'vitest';
import { FbbError, type Invocation, type Scheduler } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';

function bang(): never {
  throw new Error('bang\nsecond line');
}

const assignAtOnce: Scheduler['onArrival'] = (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial');

const throwing: Record<string, { readonly scheduler: Scheduler; readonly kills?: boolean }> = {
  onArrival: { scheduler: { onArrival: bang } },
  onContainerReady: { scheduler: { onArrival: assignAtOnce, onContainerReady: bang } },
  onOutcome: { scheduler: { onArrival: assignAtOnce, onOutcome: bang } },
  onContainerIdle: { scheduler: { onArrival: assignAtOnce, onContainerIdle: bang } },
  onContainerLost: { scheduler: { onArrival: assignAtOnce, onContainerLost: bang }, kills: true },
  'a timer': { scheduler: { onArrival: (_invocation, ctx) => void ctx.setTimer(50, bang) } },
};

describe('a scheduler that throws', () => {
  it.each(Object.entries(throwing))('in %s ends the cell', (where, { scheduler, kills = false }) => {
    const cell = new FakeCell({ scheduler, endingOf: () => (kills ? 'kills' : 'completed') });
    cell.arrive();
    cell.arrive('g');
    cell.finish();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_THREW', cause: { message: 'bang\nsecond line' } });
    expect(cell.error?.message.replace(import.meta.filename, 'here')).toMatch(new RegExp(`^Scheduler 'under-test' threw in ${where}: bang \\(here:\\d+:\\d+\\)$`));
    expect(faultsOf(cell)).toEqual([]);
  });

  it('rejects what is open with its code', () => {
    const cell = new FakeCell({ scheduler: { onArrival: (invocation) => invocation.id === 1 && bang() } });
    cell.burst(3);
    cell.drain();
    expect(cell.recorder.outcomes.map(({ id, status, errorCode }) => [id, status, errorCode])).toEqual([
      [0, 'rejected', 'FBB_ERR_SCHEDULER_THREW'],
      [1, 'rejected', 'FBB_ERR_SCHEDULER_THREW'],
    ]);
    expect(cell.engine.counts).toMatchObject({ arrived: 2, ended: 2 });
  });

  it('ends the cell with its own error when that is one of ours', () => {
    const own = new FbbError('FBB_ERR_CAPABILITY_MISSING', 'These options make no sense for this workload.');
    const cell = new FakeCell({
      scheduler: {
        onArrival() {
          throw own;
        },
      },
    });
    cell.arrive();
    expect(cell.error).toBe(own);
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'rejected', errorCode: 'FBB_ERR_CAPABILITY_MISSING' });
  });

  it('something that is no error is understood too', () => {
    const thrown: unknown = 'just a text';
    const cell = new FakeCell({
      scheduler: {
        onArrival() {
          throw thrown;
        },
      },
    });
    cell.arrive();
    expect(cell.error?.message).toBe("Scheduler 'under-test' threw in onArrival: just a text");
  });

  it('is not called again', () => {
    const calls: string[] = [];
    const cell = new FakeCell({
      scheduler: {
        onArrival: (invocation, ctx) => {
          calls.push(`arrival ${invocation.id}`);
          ctx.setTimer(50, () => calls.push('timer'));
          assignAtOnce(invocation, ctx);
        },
        onContainerReady: () => {
          calls.push('ready');
          bang();
        },
        onOutcome: () => calls.push('outcome'),
        onContainerIdle: () => calls.push('idle'),
        onContainerLost: () => calls.push('lost'),
      },
      launchMs: () => 20,
    });
    cell.arrive();
    cell.arrive('g');
    cell.clock.advance(20);
    cell.arrive();
    cell.backend.lose(1);
    cell.finish();
    expect(calls).toEqual(['arrival 0', 'arrival 1', 'ready']);
  });
});

/** As a plug-in in JavaScript writes it: the types of the hooks would not have it. */
const later = (async () => {
  await Promise.resolve();
  bang();
}) as () => void;

const asynchronous: Record<string, { readonly scheduler: Scheduler; readonly kills?: boolean }> = {
  onArrival: { scheduler: { onArrival: later } },
  onContainerReady: { scheduler: { onArrival: assignAtOnce, onContainerReady: later } },
  onOutcome: { scheduler: { onArrival: assignAtOnce, onOutcome: later } },
  onContainerIdle: { scheduler: { onArrival: assignAtOnce, onContainerIdle: later } },
  onContainerLost: { scheduler: { onArrival: assignAtOnce, onContainerLost: later }, kills: true },
  'a timer': { scheduler: { onArrival: (_invocation, ctx) => void ctx.setTimer(50, later) } },
};

describe('a scheduler that returns a promise', () => {
  // That its rejection is caught is seen by vitest, which fails a run in which one is not.
  it.each(Object.entries(asynchronous))('from %s ends the cell, and nobody meets its rejection', async (where, { scheduler, kills = false }) => {
    const cell = new FakeCell({ scheduler, endingOf: () => (kills ? 'kills' : 'completed') });
    cell.arrive();
    cell.arrive('g');
    cell.finish();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_THREW' });
    expect(cell.error?.message).toBe(`Scheduler 'under-test' returned a promise from ${where}: hooks are synchronous.`);
    expect(faultsOf(cell)).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('may return anything else', () => {
    const cell = new FakeCell({
      scheduler: {
        onArrival(invocation, ctx) {
          assignAtOnce(invocation, ctx);
          return { then: 'later' };
        },
        onOutcome: () => 7,
      },
    });
    cell.arrive();
    cell.finish();
    expect(cell.error).toBeUndefined();
  });
});

describe('a scheduler that leaves invocations lying', () => {
  it('has stalled when nothing has run for stallTimeoutMs', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), stallTimeoutMs: 5_000 });
    cell.clock.advance(100);
    cell.burst(2);
    cell.clock.advanceTo(5_099);
    expect(cell.finished).toBe(false);
    cell.finish();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_STALLED' });
    expect(cell.error?.message).toMatch(/'under-test'.*\b2 invocations/);
    expect(cell.finishedMs).toBeLessThanOrEqual(6_100);
    expect(cell.recorder.outcomes.map(({ status, errorCode }) => [status, errorCode])).toEqual([
      ['rejected', 'FBB_ERR_SCHEDULER_STALLED'],
      ['rejected', 'FBB_ERR_SCHEDULER_STALLED'],
    ]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('has stalled even when the arrivals have not ended', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), stallTimeoutMs: 5_000 });
    cell.arrive();
    cell.clock.advance(7_000);
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_STALLED' });
  });

  it('has not while something runs, a container starts or invocations arrive', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, stallTimeoutMs: 2_000, launchMs: () => 4_000, executionMs: () => 4_000, timeoutMs: 10_000 });
    cell.burst(2);
    cell.engine.assign(cell.engine.launch('f'), [scheduler.arrived[0]!], 'serial');
    cell.clock.advanceTo(9_500);
    for (let i = 0; i < 5; i += 1) {
      cell.arrive();
      cell.clock.advance(1_500);
    }
    expect(cell.finished).toBe(false);
    cell.clock.advance(2_000);
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_STALLED' });
    expect(cell.error?.message).toMatch(/\b6 invocations/);
  });

  it('may take them up just in time', () => {
    const held: Invocation[] = [];
    const cell = new FakeCell({
      stallTimeoutMs: 5_000,
      scheduler: {
        onArrival(invocation, ctx) {
          held.push(invocation);
          ctx.setTimer(4_999, () => assignAtOnce(invocation, ctx));
        },
      },
    });
    cell.arrive();
    cell.finish();
    expect(cell.error).toBeUndefined();
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'completed', schedulingMs: 4_999 });
  });

  it('has not stalled when all has ended and the next arrival is far', () => {
    const cell = new FakeCell({ scheduler: { onArrival: assignAtOnce }, stallTimeoutMs: 2_000 });
    cell.replay([{ intendedMs: 0 }, { intendedMs: 60_000 }]);
    expect(cell.error).toBeUndefined();
    expect(faultsOf(cell)).toEqual([]);
  });
});

describe('timers of a scheduler', () => {
  it('fire at their time, unless they are cancelled', () => {
    const fired: string[] = [];
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    cell.engine.setTimer(30, () => fired.push(`30 at ${cell.engine.nowMs}`));
    cell.engine.setTimer(10, () => fired.push(`10 at ${cell.engine.nowMs}`));
    const cancelled = cell.engine.setTimer(20, () => fired.push('20'));
    cancelled.cancel();
    cancelled.cancel();
    cell.clock.advance(100);
    expect(fired).toEqual(['10 at 10', '30 at 30']);
  });

  it('do not keep a cell from ending', () => {
    const fired: number[] = [];
    const cell = new FakeCell({
      scheduler: {
        onArrival(invocation, ctx) {
          assignAtOnce(invocation, ctx);
          ctx.setTimer(60_000, () => fired.push(1));
        },
      },
    });
    cell.arrive();
    expect(faultsOf(cell.finish())).toEqual([]);
    expect(cell.finishedMs).toBe(110);
    expect(fired).toEqual([]);
  });
});
