import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FbbError, latencyPartNames, type Outcome, type Scheduler } from '../../src/core/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';
import { anyTrace, anyTroubles, fraction, troubledBackend } from '../../src/testkit/random-cells.js';
import { createScheduler } from '../../src/testkit/scheduler-cell.js';
import { ErraticScheduler } from '../support/erratic-scheduler.js';
import { runs } from '../support/property-runs.js';

const schedulers: Record<string, (seed: number) => Scheduler> = {
  erratic: (seed) => new ErraticScheduler(seed),
  ...Object.fromEntries(
    builtinSchedulers()
      .list()
      .map((definition) => [definition.name, (seed: number) => createScheduler(definition, { seed })]),
  ),
};

function partsOf(outcome: Outcome): Record<string, number> {
  return Object.fromEntries([...latencyPartNames, 'total' as const].map((name) => [name, outcome[`${name}Ms`]]));
}

describe('the parts of a latency', () => {
  const seed = fc.integer({ min: 0, max: 0xffff_ffff });
  const settings = fc.record({ maxAttempts: fc.integer({ min: 1, max: 4 }), timeoutMs: fc.constantFrom(500, 5_000), keepAliveMs: fc.constantFrom(20_000, 600_000) });

  it.each(Object.keys(schedulers))('add up, and each invocation ends once, whatever happens to containers under %s', (name) => {
    fc.assert(
      fc.property(anyTrace(['f', 'g']), anyTroubles, settings, seed, (trace, troubles, limits, drawn) => {
        const cell = new FakeCell({ scheduler: schedulers[name]!(drawn), ...limits, ...troubledBackend(drawn, troubles) });
        expect(faultsOf(cell.replay(trace))).toEqual([]);
      }),
      runs(150),
    );
  });

  it.each(Object.keys(schedulers))('add up, and each invocation ends once, whenever the cell is ended early under %s', (name) => {
    const endMs = fraction(3_000);
    fc.assert(
      fc.property(anyTrace(['f', 'g']), anyTroubles, settings, seed, endMs, (trace, troubles, limits, drawn, atMs) => {
        const cell = new FakeCell({ scheduler: schedulers[name]!(drawn), ...limits, ...troubledBackend(drawn, troubles) });
        cell.clock.ownedBy('user').setTimer(atMs, () => cell.engine.fail(new FbbError('FBB_ERR_CELL_INTERRUPTED', 'Enough.')));
        expect(faultsOf(cell.replay(trace))).toEqual([]);
      }),
      runs(100),
    );
  });

  it('are what happened, one after another', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, launchMs: () => 100, transportMs: () => 2, executionMs: () => 30, responseMs: () => 4 });
    cell.clock.advance(1_000);
    cell.arrive('f', 7);
    cell.clock.advance(50);
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.finish();
    expect(partsOf(cell.recorder.outcomeOf(0))).toEqual({ lag: 7, scheduling: 50, coldStart: 100, queue: 2, execution: 30, response: 4, total: 193 });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('count the turns of others in a serial batch as queue', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: ({ id }) => 10 * (id + 1) });
    cell.burst(3);
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.finish();
    expect(cell.recorder.outcomes.map(({ id, queueMs, executionMs }) => [id, queueMs, executionMs])).toEqual([
      [0, 0, 10],
      [1, 10, 20],
      [2, 30, 30],
    ]);
  });

  it('know no queue in an expanded batch', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: ({ id }) => 30 - 10 * id });
    cell.burst(3);
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'expanded');
    cell.finish();
    expect(cell.recorder.outcomes.map(({ id, queueMs, executionMs }) => [id, queueMs, executionMs])).toEqual([
      [2, 0, 10],
      [1, 0, 20],
      [0, 0, 30],
    ]);
  });

  it.each([
    ['ahead', 50, { queue: 34, execution: 0, response: 0 }],
    ['behind', -50, { queue: 0, execution: 0, response: 34 }],
    ['a little ahead', 3, { queue: 3, execution: 30, response: 1 }],
  ])('stay in order when the clock of a container is %s', (_, skewMs, expected) => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: () => 30, responseMs: () => 4, skewMs: () => skewMs });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.finish();
    expect(partsOf(cell.recorder.outcomeOf(0))).toMatchObject({ ...expected, coldStart: 100, total: 134 });
  });

  it('put the time lost with a dead container into scheduling', () => {
    const scheduler = passiveScheduler({
      onArrival: (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial'),
    });
    const cell = new FakeCell({ scheduler, executionMs: () => 30, endingOf: ({ attempt }) => (attempt === 1 ? 'kills' : 'completed') });
    cell.arrive();
    cell.finish();
    expect(partsOf(cell.recorder.outcomeOf(0))).toEqual({ lag: 0, scheduling: 130, coldStart: 100, queue: 0, execution: 30, response: 0, total: 260 });
  });

  it('put all its time into scheduling when it is rejected before its next attempt', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: () => 30, endingOf: () => 'kills' });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'serial');
    cell.clock.advance(200);
    cell.engine.fail(new FbbError('FBB_ERR_CELL_INTERRUPTED', 'Enough.'));
    expect(partsOf(cell.recorder.outcomeOf(0))).toEqual({ lag: 0, scheduling: 200, coldStart: 0, queue: 0, execution: 0, response: 0, total: 200 });
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ attempt: 2, containerId: -1, batchId: -1 });
  });

  it('put all the time of an invocation that never reached a container into scheduling', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, stallTimeoutMs: 5_000 });
    cell.arrive();
    cell.finish();
    expect(partsOf(cell.recorder.outcomeOf(0))).toEqual({ lag: 0, scheduling: 5_000, coldStart: 0, queue: 0, execution: 0, response: 0, total: 5_000 });
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ containerId: -1, batchId: -1 });
  });
});
