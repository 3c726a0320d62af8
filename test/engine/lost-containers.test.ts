import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Container, ExecutionMode, Invocation, Scheduler, SchedulerContext } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';
import { runs } from '../support/property-runs.js';

/** Puts all that arrives within 10 ms into one new container: what comes back together stays together, as far as it is up to it. */
function herd(mode: ExecutionMode): Scheduler {
  let group: Invocation[] = [];
  return {
    onArrival(invocation, ctx) {
      group.push(invocation);
      if (group.length > 1) return;
      ctx.setTimer(10, () => {
        ctx.assign(ctx.launch(invocation.functionId), group, mode);
        group = [];
      });
    },
  };
}

const alone: Scheduler = { onArrival: (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial') };

function endings(cell: FakeCell): unknown[] {
  return cell.recorder.outcomes
    .map(({ id, status, errorCode, attempt }) => [id, status, errorCode, attempt])
    .sort(([a], [b]) => Number(a) - Number(b));
}

describe('a container that is lost', () => {
  it('gives its suspects a second try, each alone, so that a killer takes nobody with it', () => {
    const cell = new FakeCell({
      scheduler: herd('expanded'),
      executionMs: ({ id }) => 10 * (id + 1),
      endingOf: ({ id }) => (id === 2 ? 'kills' : 'completed'),
    });
    cell.burst(5);
    cell.finish();
    expect(endings(cell)).toEqual([
      [0, 'completed', undefined, 1],
      [1, 'completed', undefined, 1],
      [2, 'failed', 'FBB_ERR_CONTAINER_LOST', 2],
      [3, 'completed', undefined, 2],
      [4, 'completed', undefined, 2],
    ]);
    // 0 and 1 had ended when 2 killed the first container; 2 kills the second one too, before 3 and 4 were let in.
    expect(cell.log).toEqual([
      '10: launch c0 f',
      '110: dispatch c0 expanded 0,1,2,3,4',
      '150: launch c1 f',
      '250: dispatch c1 expanded 2',
      '290: launch c2 f',
      '390: dispatch c2 expanded 3',
      '430: dispatch c2 expanded 4',
    ]);
    expect(cell.engine.counts).toMatchObject({ retried: 3 });
    expect(faultsOf(cell)).toEqual([]);
  });

  it.each([1, 2, 3, 5])('lets a killer start %i times when that is maxAttempts, and then ends it with the code of the loss', (maxAttempts) => {
    const cell = new FakeCell({ scheduler: alone, maxAttempts, endingOf: () => 'kills', lossCode: 'FBB_ERR_CONTAINER_MEMORY' });
    cell.arrive();
    cell.finish();
    expect(cell.log.filter((line) => line.includes('dispatch'))).toHaveLength(maxAttempts);
    expect(endings(cell)).toEqual([[0, 'failed', 'FBB_ERR_CONTAINER_MEMORY', maxAttempts]]);
    expect(cell.engine.counts).toMatchObject({ retried: maxAttempts - 1 });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('fails all its suspects at once when maxAttempts is 1', () => {
    const cell = new FakeCell({ scheduler: herd('expanded'), maxAttempts: 1, endingOf: ({ id }) => (id === 1 ? 'kills' : 'completed'), executionMs: ({ id }) => 10 * (id + 1) });
    cell.burst(3);
    cell.finish();
    expect(endings(cell)).toEqual([
      [0, 'completed', undefined, 1],
      [1, 'failed', 'FBB_ERR_CONTAINER_LOST', 1],
      [2, 'failed', 'FBB_ERR_CONTAINER_LOST', 1],
    ]);
    expect(cell.finishedMs).toBe(130);
  });

  it('gives back what had not been started of a serial batch with its attempt unchanged', () => {
    const cell = new FakeCell({ scheduler: herd('serial'), endingOf: ({ id }) => (id === 1 ? 'kills' : 'completed') });
    cell.burst(4);
    cell.finish();
    expect(endings(cell)).toEqual([
      [0, 'completed', undefined, 1],
      [1, 'failed', 'FBB_ERR_CONTAINER_LOST', 2],
      [2, 'completed', undefined, 1],
      [3, 'completed', undefined, 1],
    ]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('does so even when nobody may try twice', () => {
    const cell = new FakeCell({ scheduler: herd('serial'), maxAttempts: 1, endingOf: ({ id }) => (id === 1 ? 'kills' : 'completed') });
    cell.burst(4);
    cell.finish();
    expect(endings(cell).map((ending) => (ending as unknown[])[1])).toEqual(['completed', 'failed', 'completed', 'completed']);
  });

  it('suspects the first of several serial batches only, and all that is expanded', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: () => 1_000 });
    cell.burst(5);
    const container = cell.engine.launch('f');
    cell.engine.assign(container, scheduler.arrived.slice(0, 2), 'serial');
    cell.engine.assign(container, scheduler.arrived.slice(2, 3), 'serial');
    cell.engine.assign(container, scheduler.arrived.slice(3, 5), 'expanded');
    cell.clock.advance(500);
    cell.backend.lose(container.id);
    expect(scheduler.arrived.slice(5).map(({ id, attempt }) => [id, attempt])).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ]);
  });

  it('suspects the first serial one also when something expanded went in before it', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: () => 1_000 });
    cell.burst(3);
    const container = cell.engine.launch('f');
    cell.engine.assign(container, scheduler.arrived.slice(0, 1), 'expanded');
    cell.engine.assign(container, scheduler.arrived.slice(1, 3), 'serial');
    cell.clock.advance(500);
    cell.backend.lose(container.id);
    expect(scheduler.arrived.slice(3).map(({ id, attempt }) => [id, attempt])).toEqual([
      [0, 2],
      [1, 2],
      [2, 1],
    ]);
  });

  it('tells the scheduler of the loss first, and then of what comes back, in order of arrival', () => {
    const calls: string[] = [];
    const arrived: Invocation[] = [];
    const cell = new FakeCell({
      executionMs: () => 1_000,
      scheduler: {
        onArrival(invocation) {
          arrived.push(invocation);
          calls.push(`arrival ${invocation.id}`);
        },
        onContainerLost: (container) => calls.push(`lost ${container.id}`),
        onOutcome: (outcome) => calls.push(`outcome ${outcome.id}`),
        onContainerIdle: (container) => calls.push(`idle ${container.id}`),
      },
    });
    cell.burst(3);
    const container = cell.engine.launch('f');
    cell.engine.assign(container, [arrived[2]!, arrived[0]!], 'serial');
    cell.engine.assign(container, [arrived[1]!], 'expanded');
    cell.clock.advance(500);
    calls.length = 0;
    cell.backend.lose(container.id);
    expect(calls).toEqual(['lost 0', 'arrival 0', 'arrival 1', 'arrival 2']);
  });

  it('is out of the pool before the scheduler hears of it', () => {
    const seen: unknown[] = [];
    const scheduler = passiveScheduler({ onContainerLost: ({ id, state, inFlight }, ctx) => seen.push({ id, state, inFlight, pool: ctx.pool('f') }) });
    const cell = new FakeCell({ scheduler });
    const container = cell.engine.launch('f');
    cell.clock.advance(200);
    cell.backend.lose(container.id);
    expect(seen).toMatchObject([{ id: 0, state: 'lost', pool: { idle: [], busy: [], starting: [] } }]);
    expect(cell.recorder.containers.get(0)?.left).toMatchObject({ endedMs: 200, snapshot: { state: 'lost' } });
  });

  it('is named in the problems of the cell, with reason and code', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    cell.engine.launch('f');
    cell.backend.lose(0, 'FBB_ERR_CONTAINER_MEMORY', 'ended by SIGKILL');
    expect(cell.engine.problems).toHaveLength(1);
    expect(cell.engine.problems[0]).toMatch(/container 0 of 'f'.*ended by SIGKILL.*FBB_ERR_CONTAINER_MEMORY/);
  });

  it('does not take innocents along, whoever the killers are, as long as each may try twice', () => {
    const killers = fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), killers, fc.constantFrom<ExecutionMode>('serial', 'expanded'), fc.integer({ min: 2, max: 4 }), (count, killing, mode, maxAttempts) => {
        const cell = new FakeCell({ scheduler: herd(mode), maxAttempts, endingOf: ({ id }) => (killing.includes(id) ? 'kills' : 'completed') });
        cell.burst(count);
        cell.finish();
        expect(faultsOf(cell)).toEqual([]);
        for (const { id, status, attempt } of cell.recorder.outcomes) {
          expect([id, status]).toEqual([id, killing.includes(id) ? 'failed' : 'completed']);
          expect(attempt).toBeLessThanOrEqual(killing.includes(id) ? maxAttempts : 2);
        }
      }),
      runs(200),
    );
  });
});

describe('a second try', () => {
  /** Invocation 0 has killed a container and is back; 1 and 2 are new. */
  function withOneBack(options: { readonly executionMs?: (invocation: Invocation) => number } = {}): { cell: FakeCell; ctx: SchedulerContext; back: Invocation; fresh: Invocation[]; warm: Container } {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: () => 30, endingOf: ({ id, attempt }) => (id === 0 && attempt === 1 ? 'kills' : 'completed'), ...options });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    const warm = cell.engine.launch('f');
    cell.clock.advanceTo(1_000);
    cell.burst(2);
    const [, back, ...fresh] = scheduler.arrived;
    return { cell, ctx: cell.engine, back: back!, fresh, warm };
  }

  it('waits until its container is empty', () => {
    const { cell, ctx, back, fresh, warm } = withOneBack();
    ctx.assign(warm, [fresh[0]!], 'expanded');
    ctx.assign(warm, [back], 'expanded');
    cell.finish();
    expect(cell.log.slice(-2)).toEqual(['1000: dispatch c1 expanded 1', '1030: dispatch c1 expanded 0']);
  });

  it('lets nobody in before it has ended, and then all at once', () => {
    const { cell, ctx, back, fresh, warm } = withOneBack();
    ctx.assign(warm, [back], 'serial');
    ctx.assign(warm, [fresh[0]!], 'expanded');
    cell.clock.advance(10);
    ctx.assign(warm, [fresh[1]!], 'expanded');
    cell.finish();
    expect(cell.log.slice(-3)).toEqual(['1000: dispatch c1 serial 0', '1030: dispatch c1 expanded 1', '1030: dispatch c1 expanded 2']);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('keeps those behind it from overtaking it', () => {
    const { cell, ctx, back, fresh, warm } = withOneBack();
    ctx.assign(warm, [fresh[0]!], 'expanded');
    ctx.assign(warm, [back], 'expanded');
    ctx.assign(warm, [fresh[1]!], 'expanded');
    cell.finish();
    expect(cell.log.slice(-3)).toEqual(['1000: dispatch c1 expanded 1', '1030: dispatch c1 expanded 0', '1060: dispatch c1 expanded 2']);
  });

  it('in a batch with others splits that batch', () => {
    const { cell, ctx, back, fresh, warm } = withOneBack();
    ctx.assign(warm, [fresh[0]!, back, fresh[1]!], 'expanded');
    cell.finish();
    expect(cell.log.slice(-3)).toEqual(['1000: dispatch c1 expanded 1', '1030: dispatch c1 expanded 0', '1060: dispatch c1 expanded 2']);
    expect(cell.recorder.outcomes.map(({ id, status }) => [id, status])).toEqual([
      [1, 'completed'],
      [0, 'completed'],
      [2, 'completed'],
    ]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('that waits outside is no suspect when the container is lost under another', () => {
    const { cell, ctx, back, fresh, warm } = withOneBack({ executionMs: () => 500 });
    ctx.assign(warm, [fresh[0]!], 'expanded');
    ctx.assign(warm, [back], 'expanded');
    cell.clock.advance(100);
    cell.backend.lose(warm.id);
    expect([fresh[0]!.attempt, back.attempt]).toEqual([2, 2]);
    expect(cell.recorder.outcomes).toEqual([]);
  });
});

describe('a container that does not start', () => {
  it('gives its invocations back with their attempts unchanged', () => {
    const cell = new FakeCell({ scheduler: herd('expanded'), maxAttempts: 1, failsLaunch: ({ id }) => id < 3 });
    cell.burst(3);
    cell.finish();
    expect(endings(cell)).toEqual([
      [0, 'completed', undefined, 1],
      [1, 'completed', undefined, 1],
      [2, 'completed', undefined, 1],
    ]);
    expect(cell.engine.counts).toMatchObject({ launched: 4, retried: 0 });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('ends the cell when it is the fifth in a row', () => {
    const cell = new FakeCell({ scheduler: alone, failsLaunch: () => true });
    cell.burst(2);
    cell.finish();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_CONTAINER_LAUNCH' });
    expect(cell.error?.message).toMatch(/\b5 containers.*it was told to die/);
    expect([...cell.recorder.containers.values()].filter(({ left }) => left?.snapshot.state === 'lost')).toHaveLength(5);
    expect(endings(cell)).toEqual([
      [0, 'rejected', 'FBB_ERR_CONTAINER_LAUNCH', 1],
      [1, 'rejected', 'FBB_ERR_CONTAINER_LAUNCH', 1],
    ]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('is forgiven when another one starts', () => {
    const cell = new FakeCell({ scheduler: alone, failsLaunch: ({ id }) => id % 5 !== 4 });
    cell.replay([{ intendedMs: 0 }, { intendedMs: 5_000 }, { intendedMs: 10_000 }]);
    expect(cell.error).toBeUndefined();
    expect(cell.engine.counts).toMatchObject({ launched: 15 });
  });

  it('is not a container that dies after it was ready, or is retired while it starts', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    const ready = Array.from({ length: 8 }, () => cell.engine.launch('f'));
    cell.clock.advance(100);
    for (const { id } of ready) {
      cell.backend.lose(id);
      cell.engine.retire(cell.engine.launch('f'));
    }
    expect(cell.finished).toBe(false);
  });
});

describe('the problems of a cell', () => {
  it('are the first hundred lines, and a count of the others', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    for (let i = 0; i < 130; i += 1) {
      cell.engine.launch('f');
      cell.clock.advance(100);
      cell.backend.lose(i);
    }
    expect(cell.engine.problems).toHaveLength(100);
    expect(cell.engine.problems[99]).toMatch(/container 99 /);
    expect(cell.engine.counts.problemsLeftOut).toBe(30);
  });

  it('name an invocation that did not complete', () => {
    const cell = new FakeCell({ scheduler: alone, endingOf: ({ id }) => (['failed', 'timedOut', 'completed'] as const)[id]! });
    cell.burst(3);
    cell.finish();
    expect(cell.engine.problems).toHaveLength(2);
    expect(cell.engine.problems[0]).toMatch(/invocation 0 of 'f' failed: FBB_ERR_FUNCTION_THREW/);
    expect(cell.engine.problems[1]).toMatch(/invocation 1 of 'f' timedOut: FBB_ERR_FUNCTION_TIMEOUT/);
  });
});
