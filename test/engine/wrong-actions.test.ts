import { describe, expect, it } from 'vitest';
import { FbbError, type Container, type CpuClass, type ExecutionMode, type Invocation, type Scheduler, type SchedulerContext } from '../../src/core/index.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell } from '../../src/testkit/fake-cell.js';

interface WrongAction {
  readonly action: 'assign' | 'launch' | 'retire' | 'setCpuClass';
  /** What the message must name besides the scheduler and the action. */
  readonly names: RegExp;
  act(ctx: SchedulerContext, invocation: Invocation): void;
}

const unknownContainer: Container = { id: 99, functionId: 'f', state: 'idle', launchedMs: 0, readyMs: 0, inFlight: 0, batches: 0, served: 0 };

function retired(ctx: SchedulerContext): Container {
  const container = ctx.launch('f');
  ctx.retire(container);
  return container;
}

const wrongActions: Record<string, WrongAction> = {
  'assigns to a container that does not exist': {
    action: 'assign',
    names: /container 99/,
    act: (ctx, invocation) => ctx.assign(unknownContainer, [invocation], 'serial'),
  },
  'assigns to a copy of a container': {
    action: 'assign',
    names: /container 0/,
    act: (ctx, invocation) => ctx.assign({ ...ctx.launch('f') }, [invocation], 'serial'),
  },
  'assigns to a retired container': {
    action: 'assign',
    names: /container 0 is retired/,
    act: (ctx, invocation) => ctx.assign(retired(ctx), [invocation], 'serial'),
  },
  'assigns what is no list': {
    action: 'assign',
    names: /invocations must be an array/,
    act: (ctx, invocation) => ctx.assign(ctx.launch('f'), invocation as unknown as Invocation[], 'serial'),
  },
  'assigns an empty batch': {
    action: 'assign',
    names: /container 0.*empty/,
    act: (ctx) => ctx.assign(ctx.launch('f'), [], 'serial'),
  },
  'assigns in a mode that there is not': {
    action: 'assign',
    names: /'parallel' is not one of 'serial', 'expanded'\./,
    act: (ctx, invocation) => ctx.assign(ctx.launch('f'), [invocation], 'parallel' as ExecutionMode),
  },
  'assigns in no mode': {
    action: 'assign',
    names: /undefined is not one of 'serial', 'expanded'\./,
    act: (ctx, invocation) => ctx.assign(ctx.launch('f'), [invocation], undefined as unknown as ExecutionMode),
  },
  'assigns an invocation that is assigned': {
    action: 'assign',
    names: /invocation 0/,
    act: (ctx, invocation) => {
      ctx.assign(ctx.launch('f'), [invocation], 'serial');
      ctx.assign(ctx.launch('f'), [invocation], 'serial');
    },
  },
  'assigns an invocation twice in one batch': {
    action: 'assign',
    names: /invocation 0/,
    act: (ctx, invocation) => ctx.assign(ctx.launch('f'), [invocation, invocation], 'expanded'),
  },
  'assigns an invocation of another function': {
    action: 'assign',
    names: /invocation 0 is of 'f', container 0 of 'g'/,
    act: (ctx, invocation) => ctx.assign(ctx.launch('g'), [invocation], 'serial'),
  },
  'assigns an invocation that never arrived': {
    action: 'assign',
    names: /invocation 7/,
    act: (ctx) => ctx.assign(ctx.launch('f'), [{ id: 7, functionId: 'f', intendedMs: 0, submittedMs: 0, attempt: 1 }], 'serial'),
  },
  'assigns a copy of an invocation': {
    action: 'assign',
    names: /invocation 0/,
    act: (ctx, invocation) => ctx.assign(ctx.launch('f'), [{ ...invocation }], 'serial'),
  },
  'retires a container that has work': {
    action: 'retire',
    names: /container 0.*\b1\b/,
    act: (ctx, invocation) => {
      const container = ctx.launch('f');
      ctx.assign(container, [invocation], 'serial');
      ctx.retire(container);
    },
  },
  'retires a container twice': {
    action: 'retire',
    names: /container 0 is retired/,
    act: (ctx) => ctx.retire(retired(ctx)),
  },
  'retires a container that does not exist': {
    action: 'retire',
    names: /container 99/,
    act: (ctx) => ctx.retire(unknownContainer),
  },
  'launches a function the workload does not have': {
    action: 'launch',
    names: /'stranger'/,
    act: (ctx) => void ctx.launch('stranger'),
  },
  'sets a CPU class where the backend has none': {
    action: 'setCpuClass',
    names: /cpu-class/,
    act: (ctx) => ctx.setCpuClass(ctx.launch('f'), 'fifo'),
  },
  'sets a CPU class that there is not': {
    action: 'setCpuClass',
    names: /'realtime' is not one of 'fifo', 'fair'\./,
    act: (ctx) => ctx.setCpuClass(ctx.launch('f'), 'realtime' as CpuClass),
  },
  'sets the CPU class of a retired container': {
    action: 'setCpuClass',
    names: /container 0 is retired/,
    act: (ctx) => ctx.setCpuClass(retired(ctx), 'fair'),
  },
};

/** Acts wrongly at the first arrival; what it does with the exception is the caller's business. */
function wrongDoer(act: WrongAction['act'], afterwards: (thrown: unknown, ctx: SchedulerContext) => void): Scheduler {
  return {
    onArrival(invocation, ctx) {
      try {
        act(ctx, invocation);
      } catch (thrown) {
        afterwards(thrown, ctx);
      }
    },
  };
}

function rethrow(thrown: unknown): void {
  throw thrown;
}

describe.each(Object.entries(wrongActions))('a scheduler that %s', (_, { action, names, act }) => {
  it.each([
    ['lets the exception pass', rethrow],
    ['swallows the exception', () => {}],
  ])('ends the cell when it %s', (_how, afterwards) => {
    const cell = new FakeCell({ scheduler: wrongDoer(act, afterwards) });
    cell.arrive();
    expect(cell.error).toBeInstanceOf(FbbError);
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(cell.error?.message).toMatch(/'under-test'/);
    expect(cell.error?.message).toMatch(new RegExp(`\\b${action}\\b`));
    expect(cell.error?.message).toMatch(names);
    cell.drain();
    expect(cell.recorder.outcomes.map(({ id, status, errorCode }) => [id, status, errorCode])).toEqual([[0, 'rejected', 'FBB_ERR_SCHEDULER_ACTION']]);
    expect(faultsOf(cell)).toEqual([]);
  });
});

describe('a wrong action', () => {
  it('throws the error the cell ends with', () => {
    const thrown: unknown[] = [];
    const cell = new FakeCell({ scheduler: wrongDoer((ctx) => void ctx.launch('stranger'), (error) => void thrown.push(error)) });
    cell.arrive();
    expect(thrown).toEqual([cell.error]);
  });

  it('names the invocations that were given to a container that is gone', () => {
    const cell = new FakeCell({ scheduler: wrongDoer((ctx, invocation) => ctx.assign(retired(ctx), [invocation], 'serial'), rethrow) });
    cell.arrive();
    expect(cell.error?.message).toMatch(/invocations? 0\b/);
  });

  it('says of a container that does not exist that it is unknown, not what it claims to be', () => {
    const cell = new FakeCell({ scheduler: wrongDoer((ctx) => ctx.retire(unknownContainer), rethrow) });
    cell.arrive();
    expect(cell.error?.message).not.toMatch(/container 99 is idle/);
  });

  it('ends the cell from a timer and from every other hook as well', () => {
    const wrong = (ctx: SchedulerContext): void => {
      try {
        ctx.launch('stranger');
      } catch {
        // Swallowed, as a careless plug-in would.
      }
    };
    const assignAtOnce: Scheduler['onArrival'] = (invocation, ctx) => ctx.assign(ctx.launch('f'), [invocation], 'serial');
    const schedulers: Scheduler[] = [
      { onArrival: (_invocation, ctx) => void ctx.setTimer(10, () => wrong(ctx)) },
      { onArrival: assignAtOnce, onContainerReady: (_container, ctx) => wrong(ctx) },
      { onArrival: assignAtOnce, onOutcome: (_outcome, _container, ctx) => wrong(ctx) },
      { onArrival: assignAtOnce, onContainerIdle: (_container, ctx) => wrong(ctx) },
    ];
    for (const scheduler of schedulers) {
      const cell = new FakeCell({ scheduler });
      cell.arrive();
      expect(faultsOf(cell.finish())).toEqual([]);
      expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION' });
    }
  });

  it('leaves a scheduler that goes on after it without effect', () => {
    const goOn = (_thrown: unknown, ctx: SchedulerContext): void => {
      for (const attempt of [() => ctx.launch('f'), () => ctx.launch('g'), () => ctx.setTimer(5, () => {})]) {
        try {
          attempt();
        } catch {
          // It goes on, whatever it is told.
        }
      }
    };
    const cell = new FakeCell({ scheduler: wrongDoer((ctx) => void ctx.launch('stranger'), goOn) });
    cell.arrive();
    cell.drain();
    expect(cell.log).toEqual([]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('rejects everything that is open, also what runs, and keeps what had ended', () => {
    let armed = false;
    const cell = new FakeCell({
      executionMs: ({ id }) => (id === 0 ? 10 : 1_000),
      scheduler: {
        onArrival(invocation, ctx) {
          if (armed) ctx.launch('stranger');
          ctx.assign(ctx.launch('f'), [invocation], 'serial');
        },
      },
    });
    cell.arrive();
    cell.clock.advance(300);
    cell.arrive();
    cell.clock.advance(150);
    cell.arrive();
    armed = true;
    cell.arrive();
    cell.drain();
    expect(cell.recorder.outcomes.map(({ id, status }) => [id, status])).toEqual([
      [0, 'completed'],
      [1, 'rejected'],
      [2, 'rejected'],
      [3, 'rejected'],
    ]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('is to take what belongs to another cell', () => {
    const strangers: Invocation[] = [];
    const other = new FakeCell({ scheduler: { onArrival: (invocation) => void strangers.push(invocation) } });
    other.arrive();
    const cell = new FakeCell({ scheduler: { onArrival: (_invocation, ctx) => ctx.assign(ctx.launch('f'), strangers, 'serial') } });
    cell.arrive();
    expect(cell.finishes).toMatchObject([{ code: 'FBB_ERR_SCHEDULER_ACTION' }]);
  });

  it.each([
    ['that has ended', 'completed' as const],
    ['that was lost for good', 'kills' as const],
  ])('is to assign an invocation %s', (_, ending) => {
    const seen: Invocation[] = [];
    const cell = new FakeCell({
      maxAttempts: 1,
      endingOf: () => ending,
      scheduler: {
        onArrival(invocation, ctx) {
          ctx.assign(ctx.launch('f'), [seen[0] ?? invocation], 'serial');
          seen.push(invocation);
        },
      },
    });
    cell.arrive();
    cell.clock.advance(500);
    cell.arrive();
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(cell.error?.message).toMatch(/invocation 0/);
  });

  it('is to assign to a lost container', () => {
    const cell = new FakeCell({
      scheduler: {
        onArrival: (_invocation, ctx) => void ctx.launch('f'),
        onContainerLost: (container, ctx) => ctx.retire(container),
      },
    });
    cell.arrive();
    cell.backend.lose(0);
    expect(cell.error).toMatchObject({ code: 'FBB_ERR_SCHEDULER_ACTION' });
    expect(cell.error?.message).toMatch(/container 0 is lost/);
  });
});
