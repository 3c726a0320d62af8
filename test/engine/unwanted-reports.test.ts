import { beforeEach, describe, expect, it } from 'vitest';
import type { Invocation, InvocationResult } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';

const completed: InvocationResult = { status: 'completed', errorCode: undefined, startedMs: 100, endedMs: 105, cpuMs: 5 };

let cell: FakeCell;
let arrived: Invocation[];
let calls: string[];

/** Everything a second report could change. */
function state(): unknown {
  const { idle, busy, starting } = cell.engine.pool('f');
  return structuredClone({
    counts: cell.engine.counts,
    outcomes: cell.recorder.outcomes,
    calls,
    pool: [idle, busy, starting].map((list) => list.map(({ id, inFlight, served, readyMs }) => ({ id, inFlight, served, readyMs }))),
    history: { ...cell.engine.history('f'), quantileMs: undefined },
    problems: cell.engine.problems,
    log: cell.log,
  });
}

beforeEach(() => {
  calls = [];
  const scheduler = passiveScheduler({
    onContainerReady: ({ id }) => calls.push(`ready ${id}`),
    onOutcome: ({ id }) => calls.push(`outcome ${id}`),
    onContainerIdle: ({ id }) => calls.push(`idle ${id}`),
    onContainerLost: ({ id }) => calls.push(`lost ${id}`),
  });
  arrived = scheduler.arrived;
  cell = new FakeCell({ scheduler, executionMs: () => 50 });
  cell.burst(3);
});

describe('the engine does not listen to', () => {
  it('a result that is told twice', () => {
    cell.engine.assign(cell.engine.launch('f'), arrived.slice(0, 2), 'serial');
    cell.clock.advance(160);
    const before = state();
    expect(before).toMatchObject({ calls: ['ready 0', 'outcome 0'] });
    cell.engine.invocationEnded(0, 0, completed);
    cell.engine.invocationEnded(0, 0, { ...completed, status: 'failed', errorCode: 'FBB_ERR_FUNCTION_THREW' });
    expect(state()).toEqual(before);
  });

  it('a result of a container that never had the invocation', () => {
    cell.engine.assign(cell.engine.launch('f'), [arrived[0]!], 'serial');
    cell.engine.launch('f');
    cell.clock.advance(110);
    const before = state();
    cell.engine.invocationEnded(1, 0, completed);
    cell.engine.invocationEnded(0, 1, completed);
    cell.engine.invocationEnded(7, 0, completed);
    expect(state()).toEqual(before);
  });

  it('a result of an invocation that has not been dispatched yet', () => {
    cell.engine.assign(cell.engine.launch('f'), [arrived[0]!], 'serial');
    cell.clock.advance(50);
    const before = state();
    cell.engine.invocationEnded(0, 0, completed);
    expect(state()).toEqual(before);
  });

  it('a result from a container that was lost', () => {
    cell.engine.assign(cell.engine.launch('f'), [arrived[0]!], 'serial');
    cell.clock.advance(110);
    cell.backend.lose(0);
    const before = state();
    cell.engine.invocationEnded(0, 0, completed);
    expect(state()).toEqual(before);
    cell.engine.assign(cell.engine.launch('f'), [arrived[3]!], 'serial');
    cell.clock.advance(120);
    cell.engine.invocationEnded(0, 0, completed);
    expect(cell.recorder.outcomes).toEqual([]);
  });

  it('the readiness of a container that is ready, gone or unknown', () => {
    cell.engine.launch('f');
    const second = cell.engine.launch('f');
    cell.clock.advance(100);
    cell.engine.retire(second);
    const before = state();
    cell.clock.advance(10);
    for (const id of [0, 1, 9]) cell.engine.containerReady(id);
    expect(state()).toEqual(before);
  });

  it('the loss of a container that is gone or unknown', () => {
    const container = cell.engine.launch('f');
    cell.clock.advance(110);
    cell.backend.lose(container.id);
    const before = state();
    for (const id of [0, 9]) cell.engine.containerLost(id, 'FBB_ERR_CONTAINER_LOST', 'again');
    expect(state()).toEqual(before);
  });

  it('any of it after the cell has ended', () => {
    const container = cell.engine.launch('f');
    cell.engine.assign(container, arrived, 'serial');
    cell.engine.launch('f');
    cell.finish();
    const before = state();
    cell.engine.invocationEnded(0, 0, completed);
    cell.engine.containerReady(1);
    cell.engine.containerLost(0, 'FBB_ERR_CONTAINER_LOST', 'late');
    cell.engine.backendFailed('FBB_ERR_BACKEND_FAILED', 'late');
    expect(state()).toEqual(before);
    expect(faultsOf(cell)).toEqual([]);
  });
});
