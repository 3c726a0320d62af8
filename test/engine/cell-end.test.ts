import { describe, expect, it } from 'vitest';
import { FbbError, type Invocation } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';

const interruption = new FbbError('FBB_ERR_CELL_INTERRUPTED', 'The cell was interrupted.');

/** One invocation in every place it can be in: held back, waiting for a container, running, in a serial queue, waiting to be alone, ended. */
function everyPlace(): { readonly cell: FakeCell; readonly arrived: readonly Invocation[] } {
  const scheduler = passiveScheduler();
  const { arrived } = scheduler;
  const cell = new FakeCell({
    scheduler,
    executionMs: ({ id }) => (id === 0 ? 10 : 5_000),
    endingOf: ({ id, attempt }) => (id === 5 && attempt === 1 ? 'kills' : 'completed'),
    launchMs: ({ id }) => (id === 2 ? 60_000 : 100),
  });
  cell.burst(6);
  const busy = cell.engine.launch('f');
  cell.engine.assign(busy, [arrived[0]!], 'expanded');
  cell.engine.assign(busy, arrived.slice(1, 3), 'serial');
  cell.engine.assign(cell.engine.launch('f'), [arrived[5]!], 'serial');
  cell.engine.assign(cell.engine.launch('f'), [arrived[3]!], 'serial');
  cell.clock.advance(150);
  cell.backend.lose(1);
  cell.engine.assign(busy, [arrived.at(-1)!], 'expanded');
  cell.engine.setTimer(90_000, () => {});
  cell.engine.launch('g');
  return { cell, arrived };
}

describe('a cell that is ended early', () => {
  it('rejects everything that is open exactly once, with the code of the error', () => {
    const { cell } = everyPlace();
    cell.engine.fail(interruption);
    expect(cell.recorder.outcomes.map(({ id, status, errorCode }) => [id, status, errorCode])).toEqual([
      [0, 'completed', undefined],
      ...[1, 2, 3, 4, 5].map((id) => [id, 'rejected', 'FBB_ERR_CELL_INTERRUPTED']),
    ]);
    expect(cell.finishes).toEqual([interruption]);
    expect(cell.engine.counts).toMatchObject({ arrived: 6, ended: 6 });
    cell.drain();
    expect(faultsOf(cell)).toEqual([]);
  });

  it('counts nothing twice when the backend goes on reporting', () => {
    const { cell } = everyPlace();
    cell.engine.fail(interruption);
    cell.clock.advance(120_000);
    cell.drain();
    expect(cell.recorder.outcomes).toHaveLength(6);
    expect(cell.engine.counts).toMatchObject({ arrived: 6, ended: 6 });
  });

  it('counts nothing twice when its containers die', () => {
    const { cell } = everyPlace();
    cell.engine.fail(interruption);
    for (const id of [0, 2, 3]) cell.backend.lose(id);
    cell.drain();
    expect(cell.recorder.outcomes).toHaveLength(6);
    expect(cell.engine.counts).toMatchObject({ arrived: 6, ended: 6, retried: 1 });
  });

  it('asks nothing more of the backend', () => {
    const { cell } = everyPlace();
    cell.engine.fail(interruption);
    cell.drain();
    expect(cell.actionsAfterFinish).toEqual([]);
  });

  it('leaves no timer behind', () => {
    const { cell } = everyPlace();
    expect(cell.clock.pending('engine')).toBeGreaterThan(0);
    cell.engine.fail(interruption);
    expect(cell.clock.pending('engine')).toBe(0);
    cell.clock.runAll(() => cell.clock.pending('engine') > 0);
    expect(cell.clock.pending('engine')).toBe(0);
  });

  it('ends once, with the first error', () => {
    const { cell } = everyPlace();
    cell.engine.fail(interruption);
    cell.engine.fail(new FbbError('FBB_ERR_BACKEND_FAILED', 'late'));
    cell.engine.backendFailed('FBB_ERR_BACKEND_FAILED', 'later');
    cell.engine.arrivalsDone();
    expect(cell.finishes).toEqual([interruption]);
  });

  it('takes no more arrivals', () => {
    const { cell, arrived } = everyPlace();
    cell.engine.fail(interruption);
    const known = arrived.length;
    cell.arrive();
    expect(arrived).toHaveLength(known);
    expect(cell.engine.counts).toMatchObject({ arrived: 6, ended: 6 });
    expect(cell.clock.pending('engine')).toBe(0);
  });

  it('by a backend that cannot go on, carries its code and its words', () => {
    const { cell } = everyPlace();
    cell.engine.backendFailed('FBB_ERR_BACKEND_FAILED', 'The launcher ended.');
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_BACKEND_FAILED', message: 'The launcher ended.' });
    expect(cell.recorder.outcomes.filter(({ errorCode }) => errorCode === 'FBB_ERR_BACKEND_FAILED')).toHaveLength(5);
  });

  it('still takes down what its containers have used', () => {
    const { cell } = everyPlace();
    cell.engine.fail(interruption);
    void cell.backend.close();
    return Promise.resolve().then(() => {
      cell.drain();
      expect([...cell.recorder.containers.values()].map(({ usage }) => usage?.cpuMs)).toEqual([1, 1, 1, 1]);
    });
  });
});

describe('a cell that runs to its end', () => {
  it('ends when the last invocation has ended and no more will come', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: () => 10 });
    cell.arrive();
    const container = cell.engine.launch('f');
    cell.engine.assign(container, scheduler.arrived, 'serial');
    cell.clock.advance(200);
    expect(cell.finished).toBe(false);
    cell.arrive();
    cell.engine.assign(container, scheduler.arrived.slice(1), 'serial');
    cell.engine.arrivalsDone();
    expect(cell.finished).toBe(false);
    cell.drain();
    expect([cell.finishes, cell.finishedMs]).toEqual([[undefined], 210]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('ends at once when all had ended before', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.clock.advance(500);
    cell.engine.arrivalsDone();
    expect(cell.finishes).toEqual([undefined]);
  });

  it('ends at once when nothing ever came', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    cell.engine.arrivalsDone();
    expect(cell.finishes).toEqual([undefined]);
    expect(faultsOf(cell.drain())).toEqual([]);
  });

  it('ends when the last one open is lost for good', () => {
    const cell = new FakeCell({ maxAttempts: 1, endingOf: () => 'kills', scheduler: { onArrival: (invocation, ctx) => ctx.assign(ctx.launch('f'), [invocation], 'serial') } });
    cell.arrive();
    cell.finish();
    expect(cell.finishes).toEqual([undefined]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('sets no timers for ever while it is idle between arrivals', () => {
    const cell = new FakeCell({ scheduler: { onArrival: (invocation, ctx) => ctx.assign(ctx.launch('f'), [invocation], 'serial') } });
    cell.arrive();
    cell.clock.advance(5_000);
    expect(cell.clock.nextAtMs('engine')).toBe(600_110);
  });
});

describe('the hooks of a scheduler', () => {
  it('come in the order of what happens, and see it done', () => {
    const calls: string[] = [];
    const cell = new FakeCell({
      scheduler: {
        onArrival(invocation, ctx) {
          calls.push(`arrival ${invocation.id}`);
          const { starting } = ctx.pool('f');
          ctx.assign(starting[0] ?? ctx.launch('f'), [invocation], 'serial');
        },
        onContainerReady: ({ id, state, inFlight }) => calls.push(`ready ${id} ${state} ${inFlight}`),
        onOutcome: (outcome, container) => calls.push(`outcome ${outcome.id} ${outcome.status} ${outcome.totalMs} in ${container.id} ${container.state}`),
        onContainerIdle: ({ id, state }) => calls.push(`idle ${id} ${state}`),
      },
    });
    cell.burst(2);
    cell.clock.advance(1_000);
    expect(calls).toEqual([
      'arrival 0',
      'arrival 1',
      'ready 0 busy 2',
      'outcome 0 completed 110 in 0 busy',
      'outcome 1 completed 120 in 0 idle',
      'idle 0 idle',
    ]);
  });

  it('do not call a container idle that got new work in onOutcome', () => {
    const calls: string[] = [];
    const held: Invocation[] = [];
    const cell = new FakeCell({
      scheduler: {
        onArrival(invocation, ctx) {
          if (invocation.id === 0) ctx.assign(ctx.launch('f'), [invocation], 'serial');
          else held.push(invocation);
        },
        onOutcome(_outcome, container, ctx) {
          const next = held.shift();
          if (next !== undefined) ctx.assign(container, [next], 'serial');
        },
        onContainerIdle: ({ id }, ctx) => calls.push(`idle ${id} at ${ctx.nowMs}`),
      },
    });
    cell.burst(2);
    expect(faultsOf(cell.finish())).toEqual([]);
    expect(calls).toEqual(['idle 0 at 120']);
  });
});

describe('the counts of a cell', () => {
  it('know the launches and the most containers at a time', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    const containers = [cell.engine.launch('f'), cell.engine.launch('g'), cell.engine.launch('f')];
    cell.engine.retire(containers[1]!);
    cell.backend.lose(2);
    cell.engine.launch('f');
    expect(cell.engine.counts).toMatchObject({ launched: 4, peakContainers: 3, arrived: 0, ended: 0, retried: 0 });
  });
});
