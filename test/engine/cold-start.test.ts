import { describe, expect, it } from 'vitest';
import type { Invocation } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler, type FakeCellOptions } from '../../src/testkit/fake-cell.js';

interface Setup {
  readonly cell: FakeCell;
  readonly arrived: readonly Invocation[];
}

function setUp(options: Omit<FakeCellOptions, 'scheduler'> = {}): Setup {
  const scheduler = passiveScheduler();
  return { cell: new FakeCell({ scheduler, launchMs: () => 100, executionMs: () => 30, ...options }), arrived: scheduler.arrived };
}

/** Scheduling and cold start of one invocation. */
function waitOf(cell: FakeCell, id: number): [number, number] {
  const { schedulingMs, coldStartMs } = cell.recorder.outcomeOf(id);
  return [schedulingMs, coldStartMs];
}

describe('cold start', () => {
  it('is the whole launch for an invocation that was there before it', () => {
    const { cell, arrived } = setUp();
    cell.arrive();
    cell.clock.advance(25);
    cell.engine.assign(cell.engine.launch('f'), arrived, 'serial');
    expect(waitOf(cell.finish(), 0)).toEqual([25, 100]);
  });

  it('is the rest of a launch for an invocation that came during it', () => {
    const { cell, arrived } = setUp();
    const container = cell.engine.launch('f');
    cell.clock.advance(60);
    cell.arrive();
    cell.engine.assign(container, arrived, 'serial');
    expect(waitOf(cell.finish(), 0)).toEqual([0, 40]);
  });

  it('is the overlap of wait and launch when the container was assigned only later', () => {
    const { cell, arrived } = setUp();
    const container = cell.engine.launch('f');
    cell.clock.advance(60);
    cell.arrive();
    cell.clock.advance(90);
    cell.engine.assign(container, arrived, 'serial');
    expect(waitOf(cell.finish(), 0)).toEqual([50, 40]);
  });

  it('is 0 in a container that was ready before the invocation came', () => {
    const { cell, arrived } = setUp();
    const container = cell.engine.launch('f');
    cell.clock.advance(150);
    cell.arrive();
    cell.clock.advance(5);
    cell.engine.assign(container, arrived, 'serial');
    expect(waitOf(cell.finish(), 0)).toEqual([5, 0]);
  });

  it('is 0 in a container that has served others, even for an invocation that waited while it was launched', () => {
    const { cell, arrived } = setUp();
    cell.burst(2);
    const container = cell.engine.launch('f');
    cell.engine.assign(container, [arrived[0]!], 'serial');
    cell.clock.advance(150);
    cell.engine.assign(container, [arrived[1]!], 'serial');
    cell.finish();
    expect(waitOf(cell, 0)).toEqual([0, 100]);
    expect(waitOf(cell, 1)).toEqual([150, 0]);
  });

  it('is shared by all batches that wait for the same container', () => {
    const { cell, arrived } = setUp();
    cell.burst(3);
    const container = cell.engine.launch('f');
    cell.engine.assign(container, arrived.slice(0, 2), 'serial');
    cell.clock.advance(70);
    cell.arrive();
    cell.engine.assign(container, arrived.slice(2), 'expanded');
    cell.finish();
    expect([0, 1, 2, 3].map((id) => waitOf(cell, id))).toEqual([
      [0, 100],
      [0, 100],
      [0, 100],
      [0, 30],
    ]);
  });

  it('is that of the last attempt', () => {
    const { cell, arrived } = setUp({ launchMs: ({ id }) => (id === 0 ? 100 : 40), endingOf: ({ attempt }) => (attempt === 1 ? 'kills' : 'completed') });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), arrived, 'serial');
    cell.clock.advance(200);
    cell.engine.assign(cell.engine.launch('f'), [arrived[1]!], 'serial');
    expect(waitOf(cell.finish(), 0)).toEqual([200, 40]);
  });

  it('counts for those too who waited for the launch and then for one who had to be alone', () => {
    const { cell, arrived } = setUp({ endingOf: ({ id, attempt }) => (id === 0 && attempt === 1 ? 'kills' : 'completed') });
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), arrived, 'serial');
    cell.clock.advance(200);
    cell.arrive();
    cell.engine.assign(cell.engine.launch('f'), [arrived[1]!, arrived[2]!], 'expanded');
    cell.finish();
    expect(arrived.map(({ id }) => id)).toEqual([0, 0, 1]);
    expect(waitOf(cell, 0)).toEqual([200, 100]);
    expect(waitOf(cell, 1)).toEqual([30, 100]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('is told to the history of the function, per launch', () => {
    const { cell } = setUp({ launchMs: ({ id }) => 100 + 50 * id });
    expect(cell.engine.history('f').coldStartMeanMs).toBe(0);
    cell.engine.launch('f');
    cell.engine.launch('f');
    cell.clock.advance(200);
    expect(cell.engine.history('f').coldStartMeanMs).toBe(125);
    expect(cell.engine.history('g').coldStartMeanMs).toBe(0);
  });
});
