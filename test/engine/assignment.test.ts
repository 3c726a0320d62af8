import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler } from '../../src/testkit/fake-cell.js';

describe('assigning', () => {
  it('to an idle container sends the batch at once', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler });
    const container = cell.engine.launch('f');
    cell.clock.advance(200);
    cell.burst(2);
    cell.engine.assign(container, scheduler.arrived, 'expanded');
    expect(cell.log).toEqual(['0: launch c0 f', '200: dispatch c0 expanded 0,1']);
    expect(faultsOf(cell.finish())).toEqual([]);
  });

  it('to a starting container keeps batches until it is ready, and then sends them in order', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler });
    const container = cell.engine.launch('f');
    cell.burst(3);
    cell.engine.assign(container, scheduler.arrived.slice(1), 'serial');
    cell.clock.advance(50);
    cell.engine.assign(container, scheduler.arrived.slice(0, 1), 'expanded');
    cell.clock.advance(49);
    expect(cell.log).toEqual(['0: launch c0 f']);
    expect(container).toMatchObject({ state: 'starting', inFlight: 3, batches: 2, served: 0 });
    cell.clock.advance(1);
    expect(cell.log.slice(1)).toEqual(['100: dispatch c0 serial 1,2', '100: dispatch c0 expanded 0']);
    expect(container).toMatchObject({ state: 'busy', inFlight: 3, readyMs: 100 });
    expect(faultsOf(cell.finish())).toEqual([]);
    expect(container).toMatchObject({ state: 'idle', inFlight: 0, served: 3 });
  });

  it('an expanded batch to a busy container starts it beside what runs there', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: () => 30 });
    cell.burst(2);
    const container = cell.engine.launch('f');
    cell.engine.assign(container, [scheduler.arrived[0]!], 'serial');
    cell.clock.advance(110);
    cell.engine.assign(container, [scheduler.arrived[1]!], 'expanded');
    expect(cell.log.at(-1)).toBe('110: dispatch c0 expanded 1');
    cell.finish();
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ totalMs: 130, queueMs: 0 });
    expect(cell.recorder.outcomeOf(1)).toMatchObject({ totalMs: 140, queueMs: 0 });
  });

  it('a serial batch to a busy container sends it at once, and it waits its turn inside', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, executionMs: () => 30 });
    cell.burst(2);
    const container = cell.engine.launch('f');
    cell.engine.assign(container, [scheduler.arrived[0]!], 'serial');
    cell.clock.advance(110);
    cell.engine.assign(container, [scheduler.arrived[1]!], 'serial');
    expect(cell.log.at(-1)).toBe('110: dispatch c0 serial 1');
    cell.finish();
    expect(cell.recorder.outcomeOf(1)).toMatchObject({ totalMs: 160, schedulingMs: 10, queueMs: 20 });
  });

  it('numbers batches through the cell', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler });
    cell.burst(3);
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived.slice(0, 2), 'serial');
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived.slice(2), 'serial');
    cell.finish();
    expect(cell.recorder.outcomes.map(({ id, batchId, containerId }) => [id, batchId, containerId])).toEqual([
      [0, 0, 0],
      [2, 1, 1],
      [1, 0, 0],
    ]);
  });
});

describe('the pool of a function', () => {
  it('holds each container in the list of its state, the most recently used idle one last', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, launchMs: ({ id }) => 10 * (id + 1), executionMs: ({ id }) => 100 - 30 * id });
    const pool = cell.engine.pool('f');
    const idsOf = (): number[][] => [pool.idle, pool.busy, pool.starting].map((list) => list.map(({ id }) => id));
    const [first, second, third] = [cell.engine.launch('f'), cell.engine.launch('f'), cell.engine.launch('f')];
    expect(idsOf()).toEqual([[], [], [0, 1, 2]]);
    cell.clock.advance(20);
    expect(idsOf()).toEqual([[0, 1], [], [2]]);
    cell.burst(2);
    cell.engine.assign(first, [scheduler.arrived[0]!], 'serial');
    expect(idsOf()).toEqual([[1], [0], [2]]);
    cell.engine.assign(third, [scheduler.arrived[1]!], 'serial');
    cell.clock.advance(20);
    expect(idsOf()).toEqual([[1], [0, 2], []]);
    cell.clock.advance(1_000);
    expect(idsOf()).toEqual([[1, 2, 0], [], []]);
    cell.engine.retire(third);
    expect(idsOf()).toEqual([[1, 0], [], []]);
    cell.backend.lose(second.id);
    expect(idsOf()).toEqual([[0], [], []]);
    expect([first.state, second.state, third.state]).toEqual(['idle', 'lost', 'retired']);
  });

  it('is empty for a function without containers, and apart for each function', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    cell.engine.launch('f');
    expect(cell.engine.pool('g')).toEqual({ idle: [], busy: [], starting: [] });
  });
});

describe('retiring', () => {
  it('takes an idle or a starting container out of service at once', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler() });
    const warm = cell.engine.launch('f');
    cell.clock.advance(100);
    const starting = cell.engine.launch('f');
    cell.engine.retire(warm);
    cell.engine.retire(starting);
    expect(cell.log.slice(-2)).toEqual(['100: retire c0', '100: retire c1']);
    expect(cell.engine.pool('f')).toEqual({ idle: [], busy: [], starting: [] });
    expect(faultsOf(cell.finish())).toEqual([]);
    expect([...cell.recorder.containers.values()].map(({ left }) => left?.endedMs)).toEqual([100, 100]);
  });
});

describe('CPU classes', () => {
  it('reach a backend that has them', () => {
    const cell = new FakeCell({ scheduler: passiveScheduler(), capabilities: ['cpu-class'] });
    cell.engine.setCpuClass(cell.engine.launch('f'), 'fifo');
    expect(cell.log.at(-1)).toBe('0: setCpuClass c0 fifo');
  });
});

describe('what a scheduler may know', () => {
  it('is the time, the cores of the host and the durations of completed invocations', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler, cores: 7, executionMs: ({ id }) => [10, 30, 500][id]!, endingOf: ({ id }) => (id === 2 ? 'failed' : 'completed') });
    expect(cell.engine.cores).toBe(7);
    cell.burst(3);
    cell.engine.assign(cell.engine.launch('f'), scheduler.arrived, 'expanded');
    cell.clock.advance(700);
    expect(cell.engine.nowMs).toBe(700);
    expect(cell.engine.history('f')).toMatchObject({ count: 2, meanMs: 20, ewmaMs: 12 });
    expect(cell.engine.history('g').count).toBe(0);
  });

  it('is nothing of the future: an invocation shows only what has happened', () => {
    const scheduler = passiveScheduler();
    const cell = new FakeCell({ scheduler });
    cell.clock.advance(100);
    cell.arrive('g', 3);
    expect(scheduler.arrived[0]).toMatchObject({ id: 0, functionId: 'g', intendedMs: 97, submittedMs: 100, attempt: 1 });
    expect(scheduler.arrived[0]).not.toHaveProperty('input');
  });
});
