import { describe, expect, it } from 'vitest';
import type { Scheduler } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';

const timeoutMs = 10_000;
const limitMs = timeoutMs + 2_000;
/** The engine looks once a second. */
const watchPeriodMs = 1_000;

const alone: Scheduler = { onArrival: (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial') };

function retiredAtMs(cell: FakeCell, containerId: number): number | undefined {
  return cell.backend.actions.find((action) => action.kind === 'retire' && action.containerId === containerId)?.atMs;
}

describe('a container that has fallen silent', () => {
  it('is given up when it has said nothing for timeoutMs and two seconds', () => {
    const lost: unknown[] = [];
    const scheduler = passiveScheduler({ onContainerLost: ({ id, state }) => lost.push([id, state]) });
    const cell = new FakeCell({ scheduler, timeoutMs, endingOf: () => 'blocks' });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.clock.advanceTo(100 + limitMs - 1);
    expect(lost).toEqual([]);
    cell.clock.advanceTo(100 + limitMs + watchPeriodMs);
    expect(lost).toEqual([[0, 'lost']]);
    expect(retiredAtMs(cell, 0)).toBeGreaterThanOrEqual(100 + limitMs);
    expect(cell.engine.problems[0]).toMatch(/container 0 of 'f'.*12000 ms.*FBB_ERR_CONTAINER_UNRESPONSIVE/);
    expect(cell.recorder.containers.get(0)?.left?.snapshot.state).toBe('lost');
  });

  it('ends its culprit as timed out, after its second try alone', () => {
    const cell = new FakeCell({ scheduler: alone, timeoutMs, endingOf: () => 'blocks' });
    cell.arrive();
    cell.finish();
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'timedOut', errorCode: 'FBB_ERR_FUNCTION_TIMEOUT', attempt: 2 });
    expect(cell.log.filter((line) => line.includes('dispatch'))).toEqual(['100: dispatch c0 serial 0', expect.stringMatching(/dispatch c1 serial 0$/)]);
    expect(cell.error).toBeUndefined();
    expect(faultsOf(cell)).toEqual([]);
  });

  it('lets the others of its batch start again elsewhere and complete', () => {
    const scheduler: Scheduler = {
      onArrival: (invocation, ctx) => ctx.assign(ctx.pool('f').starting[0] ?? ctx.launch('f'), [invocation], 'serial'),
    };
    const cell = new FakeCell({ scheduler, timeoutMs, endingOf: ({ id }) => (id === 1 ? 'blocks' : 'completed') });
    cell.burst(4);
    cell.finish();
    expect([0, 1, 2, 3].map((id) => cell.recorder.outcomeOf(id)).map(({ status, attempt }) => [status, attempt])).toEqual([
      ['completed', 1],
      ['timedOut', 2],
      ['completed', 1],
      ['completed', 1],
    ]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('that blocks its event loop stops what is expanded beside it, and those complete alone', () => {
    const scheduler: Scheduler = {
      onArrival: (invocation, ctx) => ctx.assign(ctx.pool('f').starting[0] ?? ctx.launch('f'), [invocation], 'expanded'),
    };
    const cell = new FakeCell({ scheduler, timeoutMs, endingOf: ({ id }) => (id === 2 ? 'blocks' : 'completed') });
    cell.burst(3);
    cell.finish();
    expect([0, 1, 2].map((id) => cell.recorder.outcomeOf(id)).map(({ status, attempt }) => [status, attempt])).toEqual([
      ['completed', 2],
      ['completed', 2],
      ['timedOut', 2],
    ]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('is not one that works through a long serial batch', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, timeoutMs, executionMs: () => timeoutMs - 1 });
    cell.burst(5);
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.finish();
    expect(cell.recorder.outcomes.map(({ status, attempt }) => [status, attempt])).toEqual(Array(5).fill(['completed', 1]));
    expect(cell.log.filter((line) => line.includes('retire'))).toEqual([]);
  });

  it('is not one that was idle for long before it got work', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, timeoutMs, executionMs: () => timeoutMs });
    const container = cell.engine.launch('f');
    cell.clock.advance(10 * limitMs);
    cell.arrive();
    cell.engine.assign(container, scheduler.arrived, 'serial');
    cell.finish();
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it('is judged by the timeout of its own function', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, timeoutMs: 500, endingOf: () => 'blocks' });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.clock.advanceTo(2_599);
    expect(retiredAtMs(cell, 0)).toBeUndefined();
    cell.clock.advanceTo(3_600);
    expect(retiredAtMs(cell, 0)).toBeGreaterThanOrEqual(2_600);
  });

  it('cannot come back: what it says later is not heard', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, timeoutMs, endingOf: () => 'blocks' });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.clock.advanceTo(100 + limitMs + watchPeriodMs);
    cell.engine.invocationEnded(0, 0, { status: 'completed', errorCode: undefined, startedMs: 100, endedMs: 12_000, cpuMs: undefined });
    cell.engine.containerLost(0, 'FBB_ERR_CONTAINER_LOST', 'late');
    expect(cell.recorder.outcomes).toEqual([]);
    expect(scheduler.arrived).toHaveLength(2);
  });
});
