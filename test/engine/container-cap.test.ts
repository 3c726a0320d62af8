import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FbbError, type Container, type Invocation, type Scheduler } from '../../src/core/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell, passiveScheduler, type FakeCellOptions } from '../../src/testkit/fake-cell.js';
import { anyTrace, anyTroubles, fraction, noTroubles, troubledBackend } from '../../src/testkit/random-cells.js';
import { createScheduler } from '../../src/testkit/scheduler-cell.js';
import { ErraticScheduler } from '../support/erratic-scheduler.js';
import { runs } from '../support/property-runs.js';

const assignAtOnce: Scheduler = { onArrival: (invocation, ctx) => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial') };

/** A cell that its test drives, with a cap. */
function cappedCell(maxContainers: number, options: Partial<FakeCellOptions> = {}): { readonly cell: FakeCell; readonly arrived: readonly Invocation[] } {
  const scheduler = passiveScheduler();
  return { cell: new FakeCell({ scheduler, maxContainers, ...options }), arrived: scheduler.arrived };
}

/** What the backend was asked for, without batches. */
function comingsAndGoings(cell: FakeCell): string[] {
  return cell.log.filter((line) => !line.includes('dispatch'));
}

describe('a cap of containers', () => {
  const schedulers: Record<string, (seed: number) => Scheduler> = {
    'erratic': (seed) => new ErraticScheduler(seed),
    'one that uses no container twice': () => assignAtOnce,
    ...Object.fromEntries(
      builtinSchedulers()
        .list()
        .map((definition) => [definition.name, (seed: number) => createScheduler(definition, { seed })]),
    ),
  };
  const seed = fc.integer({ min: 0, max: 0xffff_ffff });
  const max = fc.integer({ min: 1, max: 5 });
  const keepAliveMs = fc.constantFrom(200, 20_000, 600_000);
  const capabilities = ['cpu-class'] as const;

  it.each(Object.keys(schedulers))('is kept at every instant, each invocation ends once and its parts add up, under %s', (name) => {
    fc.assert(
      fc.property(anyTrace(['f', 'g', 'h']), anyTroubles, max, keepAliveMs, seed, (trace, troubles, maxContainers, aliveMs, drawn) => {
        const cell = new FakeCell({ scheduler: schedulers[name]!(drawn), functions: ['f', 'g', 'h'], capabilities, maxContainers, keepAliveMs: aliveMs, timeoutMs: 2_000, ...troubledBackend(drawn, troubles) });
        // These look at the cap too.
        expect(faultsOf(cell.replay(trace))).toEqual([]);
        expect(cell.error === undefined || cell.error.code === 'FBB_ERR_CONTAINER_LAUNCH').toBe(true);
      }),
      runs(100),
    );
  });

  it.each(Object.keys(schedulers))('lets every invocation complete when nothing goes wrong, under %s', (name) => {
    fc.assert(
      fc.property(anyTrace(['f', 'g', 'h']), max, seed, (trace, maxContainers, drawn) => {
        const cell = new FakeCell({ scheduler: schedulers[name]!(drawn), functions: ['f', 'g', 'h'], capabilities, maxContainers, ...troubledBackend(drawn, noTroubles) });
        cell.replay(trace);
        expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(trace.map(() => 'completed'));
      }),
      runs(60),
    );
  });

  it.each(Object.keys(schedulers))('leaves nothing behind whenever the cell is ended early, under %s', (name) => {
    fc.assert(
      fc.property(anyTrace(['f', 'g']), anyTroubles, max, seed, fraction(3_000), (trace, troubles, maxContainers, drawn, atMs) => {
        const cell = new FakeCell({ scheduler: schedulers[name]!(drawn), capabilities, maxContainers, ...troubledBackend(drawn, troubles) });
        cell.clock.ownedBy('user').setTimer(atMs, () => cell.engine.fail(new FbbError('FBB_ERR_CELL_INTERRUPTED', 'Enough.')));
        expect(faultsOf(cell.replay(trace))).toEqual([]);
      }),
      runs(60),
    );
  });

  it('that never binds changes nothing', () => {
    fc.assert(
      fc.property(anyTrace(['f', 'g']), anyTroubles, seed, (trace, troubles, drawn) => {
        const [free, capped] = [undefined, 1_000].map((maxContainers) => new FakeCell({ scheduler: new ErraticScheduler(drawn), maxContainers, ...troubledBackend(drawn, troubles) }).replay(trace));
        expect(capped!.log).toEqual(free!.log);
        expect(capped!.recorder.outcomes).toEqual(free!.recorder.outcomes);
        expect([free!.engine.cap, capped!.engine.cap]).toEqual([undefined, { max: 1_000, launchesWaited: 0, longestWaitMs: 0, endedForOthers: 0 }]);
      }),
      runs(40),
    );
  });
});

describe('a launch that finds no place', () => {
  it('gives a container at once, and waits', () => {
    const { cell } = cappedCell(1);
    cell.engine.launch('f');
    const container = cell.engine.launch('f');
    expect(container).toMatchObject({ id: 1, state: 'starting' });
    expect(cell.engine.pool('f').starting).toHaveLength(2);
    expect([cell.log, cell.recorder.containers.size, cell.engine.counts]).toMatchObject([['0: launch c0 f'], 1, { launched: 1, peakContainers: 1 }]);
  });

  it('has its place when a container has ended, not when it leaves service', () => {
    const { cell } = cappedCell(1, { endsAfterMs: () => 30 });
    const first = cell.engine.launch('f');
    cell.engine.launch('g');
    cell.clock.advanceTo(50);
    cell.engine.retire(first);
    cell.clock.advanceTo(500);
    expect(comingsAndGoings(cell)).toEqual(['0: launch c0 f', '50: retire c0', '80: launch c1 g']);
    expect(cell.engine.cap).toEqual({ max: 1, launchesWaited: 1, longestWaitMs: 80, endedForOthers: 0 });
  });

  it('waits behind those that came before', () => {
    const { cell, arrived } = cappedCell(2, { executionMs: () => 50 });
    cell.burst(5);
    for (const invocation of [...arrived]) {
      cell.engine.assign(cell.engine.launch('f'), [invocation], 'serial');
      cell.clock.advance(1);
    }
    cell.finish();
    expect(cell.log.filter((line) => line.includes('launch')).map((line) => line.split(' ')[2])).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('counts as scheduling, and only its start as cold start', () => {
    const { cell, arrived } = cappedCell(1, { executionMs: () => 40, endsAfterMs: () => 25 });
    cell.burst(2);
    for (const invocation of [...arrived]) cell.engine.assign(cell.engine.launch('f'), [invocation], 'serial');
    cell.finish();
    expect(cell.recorder.outcomes.map(({ id, schedulingMs, coldStartMs, executionMs, totalMs }) => [id, schedulingMs, coldStartMs, executionMs, totalMs])).toEqual([
      [0, 0, 100, 40, 140],
      [1, 165, 100, 40, 305],
    ]);
    expect(cell.engine.history('f').coldStartMeanMs).toBe(100);
    expect(cell.recorder.containers.get(1)).toMatchObject({ launchedMs: 165, container: { launchedMs: 165, readyMs: 265 } });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('says when it was asked for until it has its place', () => {
    const { cell } = cappedCell(1);
    cell.engine.launch('f');
    cell.clock.advanceTo(20);
    const container = cell.engine.launch('g');
    cell.clock.advanceTo(90);
    expect(container.launchedMs).toBe(20);
    cell.clock.advanceTo(150);
    expect(container.launchedMs).toBe(100);
  });

  it('is forgotten when its container is retired', () => {
    const { cell } = cappedCell(1);
    cell.engine.launch('f');
    const withdrawn = cell.engine.launch('f');
    cell.engine.launch('g');
    cell.clock.advanceTo(60);
    cell.engine.retire(withdrawn);
    expect([withdrawn.state, cell.engine.pool('f').starting.map(({ id }) => id)]).toEqual(['retired', [0]]);
    cell.clock.advanceTo(150);
    expect(comingsAndGoings(cell)).toEqual(['0: launch c0 f', '100: retire c0', '100: launch c2 g']);
    expect(cell.engine.counts).toMatchObject({ launched: 2 });
    expect([...cell.recorder.containers.keys()]).toEqual([0, 2]);
    expect(cell.engine.cap).toEqual({ max: 1, launchesWaited: 2, longestWaitMs: 100, endedForOthers: 1 });
    expect(() => cell.engine.retire(withdrawn)).toThrow('container 1 is retired');
  });

  it('has the place of a container that is lost, also of one that did not start', () => {
    const { cell } = cappedCell(1, { failsLaunch: ({ id }) => id === 0, endsAfterMs: () => 10 });
    for (let i = 0; i < 3; i += 1) cell.engine.launch('f');
    cell.clock.advanceTo(150);
    cell.backend.lose(1);
    cell.clock.advanceTo(1_000);
    expect(comingsAndGoings(cell)).toEqual(['0: launch c0 f', '110: launch c1 f', '160: launch c2 f']);
    expect(cell.engine.cap).toMatchObject({ longestWaitMs: 160, endedForOthers: 0 });
  });

  it('remembers the class that its container was given meanwhile', () => {
    const { cell } = cappedCell(1, { capabilities: ['cpu-class'], cpuStateOf: () => 'runnable' });
    cell.engine.launch('f');
    const container = cell.engine.launch('g');
    cell.engine.setCpuClass(container, 'fair');
    cell.engine.setCpuClass(container, 'fifo');
    expect(cell.engine.cpuState(container)).toBe('sleeping');
    cell.clock.advanceTo(150);
    expect(cell.log).toEqual(['0: launch c0 f', '100: retire c0', '100: launch c1 g', '100: setCpuClass c1 fifo']);
    expect(cell.engine.cpuState(container)).toBe('runnable');
  });

  it('that never had a place is no launch when the cell ends, and its wait is told', () => {
    const { cell, arrived } = cappedCell(1, { executionMs: () => 5_000 });
    cell.burst(2);
    for (const invocation of [...arrived]) cell.engine.assign(cell.engine.launch('f'), [invocation], 'serial');
    cell.clock.advanceTo(700);
    cell.engine.fail(new FbbError('FBB_ERR_CELL_INTERRUPTED', 'Enough.'));
    cell.drain();
    expect(cell.recorder.outcomes.map(({ id, status, schedulingMs, coldStartMs }) => [id, status, schedulingMs, coldStartMs])).toEqual([
      [0, 'rejected', 0, 100],
      [1, 'rejected', 700, 0],
    ]);
    expect(cell.engine.counts).toMatchObject({ launched: 1, ended: 2 });
    expect(cell.engine.cap).toEqual({ max: 1, launchesWaited: 1, longestWaitMs: 700, endedForOthers: 0 });
    expect(faultsOf(cell)).toEqual([]);
  });

  it('is not made up for when containers end after the cell', async () => {
    const { cell } = cappedCell(1);
    cell.engine.launch('f');
    cell.engine.launch('f');
    cell.engine.arrivalsDone();
    await cell.backend.close();
    cell.drain();
    expect(cell.log).toEqual(['0: launch c0 f']);
    expect(faultsOf(cell)).toEqual([]);
  });
});

describe('idle containers, while launches wait,', () => {
  /** Two containers of f and one of g, idle since 30, 10 and 20 ms. */
  function threeIdle(): FakeCell {
    const { cell } = cappedCell(3, { launchMs: ({ id }) => [30, 10, 20][id] ?? 100, endsAfterMs: () => 5 });
    for (const functionId of ['f', 'f', 'g']) cell.engine.launch(functionId);
    cell.clock.advanceTo(1_000);
    return cell;
  }

  it('are ended, the longest idle first, of whatever function, as many as launches wait', () => {
    const cell = threeIdle();
    cell.engine.launch('f');
    cell.engine.launch('f');
    cell.clock.advanceTo(1_050);
    expect(comingsAndGoings(cell).slice(3)).toEqual(['1000: retire c1', '1000: retire c2', '1005: launch c3 f', '1005: launch c4 f']);
    expect(cell.engine.pool('f').idle.map(({ id }) => id)).toEqual([0]);
    expect(cell.engine.cap).toEqual({ max: 3, launchesWaited: 2, longestWaitMs: 5, endedForOthers: 2 });
  });

  it('are spared where a place is being freed already', () => {
    const cell = threeIdle();
    cell.engine.retire(cell.engine.pool('f').idle[1]!);
    cell.engine.launch('g');
    cell.clock.advanceTo(1_050);
    expect(comingsAndGoings(cell).slice(3)).toEqual(['1000: retire c0', '1005: launch c3 g']);
    expect(cell.engine.cap).toMatchObject({ endedForOthers: 0 });
  });

  it('are spared when the launch is withdrawn at once', () => {
    const cell = threeIdle();
    cell.engine.retire(cell.engine.launch('g'));
    cell.clock.advanceTo(1_050);
    expect(comingsAndGoings(cell).slice(3)).toEqual([]);
  });

  it('are not ended inside a hook or an action: a scheduler can still assign to one that it has just looked at', () => {
    const cell = new FakeCell({
      maxContainers: 1,
      scheduler: {
        onArrival(invocation, ctx) {
          const idle = ctx.pool('f').idle.at(-1);
          ctx.launch('g');
          ctx.assign(idle ?? ctx.launch('f'), [invocation], 'serial');
        },
      },
    });
    const container = cell.engine.launch('f');
    cell.clock.advanceTo(500);
    cell.arrive('f');
    expect(container.state).toBe('busy');
    expect(faultsOf(cell.finish())).toEqual([]);
    expect(cell.recorder.outcomeOf(0)).toMatchObject({ containerId: 0, totalMs: 10 });
  });

  it.each(['onOutcome', 'onContainerIdle'] as const)('are offered to the scheduler first when they have just become idle (%s)', (hook) => {
    const held: Invocation[] = [];
    const cell = new FakeCell({
      maxContainers: 1,
      scheduler: {
        onArrival: (invocation, ctx) => (invocation.id === 0 ? ctx.assign(ctx.launch('f'), [invocation], 'serial') : void held.push(invocation)),
        [hook]: (...given: [unknown, Container | Parameters<Scheduler['onArrival']>[1], Parameters<Scheduler['onArrival']>[1]?]) => {
          const [container, ctx] = (hook === 'onOutcome' ? given.slice(1) : given) as [Container, Parameters<Scheduler['onArrival']>[1]];
          const next = held.shift();
          if (next !== undefined) ctx.assign(container, [next], 'serial');
        },
      },
    });
    cell.burst(3);
    cell.engine.launch('g');
    cell.finish();
    expect(cell.recorder.outcomes.map(({ id, containerId }) => [id, containerId])).toEqual([[0, 0], [1, 0], [2, 0]]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('are ended when the scheduler leaves them so', () => {
    const { cell, arrived } = cappedCell(1, { executionMs: () => 20 });
    cell.arrive('f');
    cell.engine.assign(cell.engine.launch('f'), arrived, 'serial');
    cell.engine.launch('g');
    cell.clock.advanceTo(1_000);
    expect(comingsAndGoings(cell)).toEqual(['0: launch c0 f', '120: retire c0', '120: launch c1 g']);
  });

  it('are ended without a hook', () => {
    const lost: number[] = [];
    const cell = new FakeCell({ maxContainers: 1, scheduler: passiveScheduler({ onContainerLost: ({ id }) => void lost.push(id) }) });
    cell.engine.launch('f');
    cell.engine.launch('g');
    cell.clock.advanceTo(1_000);
    expect(lost).toEqual([]);
    expect(cell.recorder.containers.get(0)?.left).toMatchObject({ endedMs: 100, snapshot: { state: 'retired' } });
  });

  it('let functions take turns under a cap of one', () => {
    const cell = new FakeCell({ maxContainers: 1, functions: ['f', 'g', 'h'], scheduler: { onArrival: (invocation, ctx) => ctx.assign(ctx.pool(invocation.functionId).starting[0] ?? ctx.launch(invocation.functionId), [invocation], 'serial') } });
    for (const functionId of ['f', 'g', 'h', 'f', 'g', 'h']) cell.arrive(functionId);
    cell.finish();
    expect(comingsAndGoings(cell)).toEqual(['0: launch c0 f', '120: retire c0', '120: launch c1 g', '240: retire c1', '240: launch c2 h']);
    expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'completed'));
    expect(faultsOf(cell)).toEqual([]);
  });

  it('set no timer where the cap does not bind', () => {
    const { cell } = cappedCell(2);
    cell.engine.launch('f');
    cell.engine.launch('f');
    expect(cell.clock.pending('engine')).toBe(0);
    cell.engine.launch('f');
    expect(cell.clock.nextAtMs('engine')).toBe(0);
  });
});

describe('a scheduler under a cap', () => {
  it('has not stalled while its launch waits for one that works', () => {
    const { cell, arrived } = cappedCell(1, { executionMs: () => 9_000, stallTimeoutMs: 2_000 });
    cell.burst(2);
    cell.engine.assign(cell.engine.launch('f'), [arrived[0]!], 'serial');
    const waiting = cell.engine.launch('f');
    cell.clock.advanceTo(9_150);
    cell.engine.assign(waiting, [arrived[1]!], 'serial');
    expect(cell.finish().error).toBeUndefined();
    expect(faultsOf(cell)).toEqual([]);
  });

  it('has stalled when its launches have had their places and nothing is assigned', () => {
    const { cell } = cappedCell(1, { stallTimeoutMs: 5_000 });
    cell.arrive();
    cell.engine.launch('f');
    cell.engine.launch('f');
    expect(cell.finish().error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_STALLED' });
    expect(cell.finishedMs).toBe(6_000);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('is not blamed when the backend does not end a container: the cell fails for that', () => {
    const { cell, arrived } = cappedCell(1, { stallTimeoutMs: 5_000, endsAfterMs: () => 1e9 });
    cell.arrive('g');
    cell.engine.launch('f');
    cell.engine.assign(cell.engine.launch('g'), arrived, 'serial');
    cell.finish();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_BACKEND_FAILED', message: 'The backend has not ended 1 containers for 5000 ms, and a launch waits for a place.' });
    expect([cell.finishedMs, cell.engine.counts.ended]).toEqual([6_000, 1]);
  });

  it('may take its time to retire a container before the backend is blamed', () => {
    const { cell, arrived } = cappedCell(1, { stallTimeoutMs: 5_000, launchMs: ({ id }) => (id === 0 ? 1e6 : 100), endsAfterMs: () => 4_000 });
    cell.arrive('g');
    const slow = cell.engine.launch('f');
    cell.engine.assign(cell.engine.launch('g'), arrived, 'serial');
    cell.clock.advanceTo(60_500);
    cell.engine.retire(slow);
    expect(cell.finish().error).toBeUndefined();
    expect(cell.finishedMs).toBe(64_610);
  });

  it('that gathers more containers than there may be, and never makes do, has stalled', () => {
    const cell = new FakeCell({
      maxContainers: 2,
      scheduler: {
        onArrival: (_invocation, ctx) => void ctx.launch('f'),
        onContainerReady: (_container, ctx) => (ctx.pool('f').idle.length < 3 ? void ctx.launch('f') : undefined),
      },
    });
    cell.arrive();
    expect(cell.finish().error).toMatchObject({
      code: 'FBB_ERR_SCHEDULER_STALLED',
      message: "Scheduler 'under-test' left 1 invocations unassigned while 1010 idle containers in a row were ended unused, to make room for launches under a cap of 2.",
    });
    expect(faultsOf(cell)).toEqual([]);
  });
});
