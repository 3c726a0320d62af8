import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineScheduler, latencyPartNames, type Outcome, type Scheduler, type SchedulerContext, type SchedulerDefinition } from '../../src/core/index.js';
import { summarySchema } from '../../src/results/schema.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { KeptRows, smallCell, smallRun, someInvocations } from './simulated-cells.js';

const builtin = (name: string): SchedulerDefinition => builtinSchedulers().get(name);

function schedulerOf(create: () => Scheduler, more: Partial<SchedulerDefinition> = {}): SchedulerDefinition {
  return defineScheduler({ name: 'mine', description: 'a scheduler of the tests', options: z.strictObject({}), create, ...more });
}

const partOf = { lag: 'lagMs', scheduling: 'schedulingMs', coldStart: 'coldStartMs', queue: 'queueMs', execution: 'executionMs', response: 'responseMs' } as const;

function sumOfParts(outcome: Outcome): number {
  return latencyPartNames.reduce((sum, name) => sum + outcome[partOf[name]], 0);
}

describe.each(['vanilla', 'sfs', 'baseline', 'batching', 'batching-expanding', 'continuous'])('a simulated cell of %s', (name) => {
  it('completes every invocation once, and the parts of each add up to its total', async () => {
    const sink = new KeptRows();
    const { summary } = await smallRun(smallCell(builtin(name)), { sink }).run();
    expect(summary).toMatchObject({ valid: true, problems: [], backend: 'simulation', invocations: { arrived: 60, completed: 60, failed: 0, timedOut: 0, rejected: 0, retried: 0 } });
    expect(sink.invocations.map(({ id }) => id).sort((a, b) => a - b)).toEqual(someInvocations.map((_invocation, id) => id));
    for (const outcome of sink.invocations) {
      expect(sumOfParts(outcome)).toBeCloseTo(outcome.totalMs, 6);
      expect(Math.min(...latencyPartNames.map((part) => outcome[partOf[part]]))).toBeGreaterThanOrEqual(0);
    }
    expect(summary.latencyMs.total.mean).toBeCloseTo(sink.invocations.reduce((sum, { totalMs }) => sum + totalMs, 0) / 60, 6);
  });

  it('has a row for each container, whose start, readiness and end follow each other', async () => {
    const sink = new KeptRows();
    const { summary } = await smallRun(smallCell(builtin(name)), { sink }).run();
    expect(sink.containers).toHaveLength(summary.containers.launched!);
    expect(sink.containers.reduce((sum, { invocations }) => sum + invocations, 0)).toBe(60);
    for (const { launchedMs, startedMs, readyMs, retiredMs, cpuMs, peakMemoryMb } of sink.containers) {
      const times = [0, launchedMs, startedMs, ...(Number.isNaN(readyMs) ? [] : [readyMs]), retiredMs, summary.wallMs!];
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(cpuMs).toBeGreaterThan(0);
      expect(peakMemoryMb).toBeGreaterThanOrEqual(12);
    }
  });
});

describe('the summary of a simulated cell', () => {
  it('is one that can be stored, tells of the bound and of modelled memory, and of nothing that was not measured', async () => {
    const sink = new KeptRows();
    const { summary } = await smallRun(smallCell(builtin('continuous')), { sink }).run();
    expect(summarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    expect(summary).not.toHaveProperty('harness');
    expect(summary.sampler).toBeNull();
    expect(sink.samples).toBe(0);
    expect(summary.loadGenerator).toMatchObject({ lagMaxMs: 0, realTime: false });
    expect(summary.memory).toMatchObject({ source: 'model', unsampledContainers: 0 });
    expect(summary.cpu).toMatchObject({ sampledContainers: 0, hostStolenShare: null });
    expect(summary.bound).toMatchObject({ cores: 2, latencyMs: { count: 60 } });
  });

  it('is the same on every run, and so is each row', async () => {
    const runs = await Promise.all([1, 2].map(async () => {
      const sink = new KeptRows();
      return { ...(await smallRun(smallCell(builtin('continuous')), { sink }).run()), sink };
    }));
    expect(runs[1]).toEqual(runs[0]);
  });
});

describe('a simulated cell with a cap of containers', () => {
  it.each(['vanilla', 'sfs', 'baseline', 'batching', 'batching-expanding', 'continuous'])('of one completes everything under %s, and tells what the cap did', async (name) => {
    const sink = new KeptRows();
    const { summary } = await smallRun(smallCell(builtin(name)), { sink, maxContainers: 1 }).run();
    expect(summary).toMatchObject({ valid: true, problems: [], invocations: { arrived: 60, completed: 60 }, containers: { peak: 1, cap: { max: 1 } } });
    expect(summarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    expect(summary.containers.cap?.launchesWaited).toBeGreaterThan(0);
    expect(summary.containers.cap?.longestWaitMs).toBeGreaterThan(0);
    expect(summary.containers.cap?.endedForOthers).toBeGreaterThan(0);
    expect(sink.containers).toHaveLength(summary.containers.launched!);
    // One after another.
    const rows = sink.containers.sort((a, b) => a.id - b.id);
    for (const [index, { launchedMs }] of rows.entries()) expect(launchedMs).toBeGreaterThanOrEqual(rows[index - 1]?.retiredMs ?? 0);
    for (const outcome of sink.invocations) expect(sumOfParts(outcome)).toBeCloseTo(outcome.totalMs, 6);
  });

  it('that never binds is the same cell, and says so', async () => {
    const free = await smallRun(smallCell(builtin('vanilla'))).run();
    const capped = await smallRun(smallCell(builtin('vanilla')), { maxContainers: 1_000 }).run();
    expect(free.summary.containers).not.toHaveProperty('cap');
    expect(capped.summary).toEqual({ ...free.summary, containers: { ...free.summary.containers, cap: { max: 1_000, launchesWaited: 0, longestWaitMs: 0, endedForOthers: 0 } } });
  });
});

describe('containers of a simulated cell', () => {
  const oneForEach = (more: Partial<Scheduler>, spare = 0): SchedulerDefinition =>
    schedulerOf(() => ({
      onArrival(invocation, ctx) {
        ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial');
        for (let i = 0; i < spare; i += 1) ctx.launch(invocation.functionId);
      },
      ...more,
    }));

  it('tell their CPU time also when they leave with the last outcome', async () => {
    const sink = new KeptRows();
    await smallRun(smallCell(oneForEach({ onContainerIdle: (container, ctx) => ctx.retire(container) }), someInvocations.slice(0, 1)), { sink }).run();
    expect(sink.containers.map(({ cpuMs }) => cpuMs)).toEqual([expect.closeTo(30 + 0.5 + 1 + 8 + 6 + 3 + 5, 0)]);
  });

  it('cost no memory while they wait for a place among the launches', async () => {
    const sink = new KeptRows();
    const { summary } = await smallRun(smallCell(oneForEach({}, 30), someInvocations.slice(0, 1)), { sink }).run();
    const begun = sink.containers.filter(({ startedMs, launchedMs, peakMemoryMb = 0 }) => startedMs > launchedMs || peakMemoryMb > 0);
    expect(begun.length).toBeLessThan(10);
    expect(summary.memory.unsampledContainers).toBe(0);
    expect((summary.memory.gbSeconds ?? 0) * 1_024_000).toBeLessThanOrEqual(begun.reduce((sum, { retiredMs, startedMs }) => sum + 13 * (retiredMs - startedMs), 0));
  });
});

describe('a simulated cell that would never end', () => {
  it('is ended where an input makes no demand', async () => {
    const [first] = someInvocations;
    const cell = smallCell(builtin('baseline'), [{ ...(first as (typeof someInvocations)[number]), name: 'fib', n: Number.NaN }]);
    await expect(smallRun(cell, { sink: new KeptRows() }).run()).rejects.toMatchObject({ code: 'FBB_ERR_FUNCTION_INPUT' });
  });

  it('is ended where a scheduler acts again and again in no time', async () => {
    const restless = (ctx: SchedulerContext): void => {
      ctx.retire(ctx.launch('fib'));
      ctx.setTimer(0, () => restless(ctx));
    };
    const cell = smallCell(schedulerOf(() => ({ onArrival: (_invocation, ctx) => restless(ctx) })), someInvocations.slice(0, 1));
    await expect(smallRun(cell, { sink: { invocation: () => undefined, sample: () => undefined, container: () => undefined } }).run()).rejects.toMatchObject({ code: 'FBB_ERR_SCHEDULER_STALLED' });
  });
});

describe('a simulated cell that is interrupted', () => {
  const interrupted = expect.objectContaining({ code: 'FBB_ERR_CELL_INTERRUPTED' }) as Error;

  it('before it runs does nothing', async () => {
    const sink = new KeptRows();
    const run = smallRun(smallCell(builtin('baseline')), { sink });
    run.interrupt();
    await expect(run.run()).rejects.toThrow(interrupted);
    expect(sink.invocations).toEqual([]);
    expect(run.progress).toEqual({ ended: 0, total: 60, containers: { launched: 0, alive: 0, memoryMb: 0, unread: 0 } });
  });

  it('while it runs goes no further', async () => {
    const sink = new KeptRows();
    let calls = 0;
    const running: { interrupt?: () => void } = {};
    const definition = schedulerOf(() => ({
      onArrival(invocation, ctx) {
        calls += 1;
        if (invocation.id === 20) running.interrupt?.();
        else ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial');
      },
    }));
    const run = smallRun(smallCell(definition), { sink });
    running.interrupt = () => run.interrupt();
    await expect(run.run()).rejects.toThrow(interrupted);
    expect(calls).toBe(21);
    expect(sink.invocations.length).toBeGreaterThan(0);
    const told = sink.invocations.length;
    // Whatever was still to come in this turn or the next.
    await new Promise((resolve) => setImmediate(resolve));
    expect(sink.invocations).toHaveLength(told);
    expect(run.progress.ended).toBeLessThan(60);
  });
});

describe('a scheduler that fails in a simulated cell', () => {
  const faults: [string, string, SchedulerDefinition][] = [
    ['throws', 'FBB_ERR_SCHEDULER_THREW', schedulerOf(() => ({
      onArrival({ id }) {
        if (id === 10) throw new Error('no way');
      },
    }))],
    ['never assigns anything', 'FBB_ERR_SCHEDULER_STALLED', schedulerOf(() => ({ onArrival: () => undefined }))],
    ['launches and never assigns', 'FBB_ERR_SCHEDULER_STALLED', schedulerOf(() => ({ onArrival: (invocation, ctx) => void ctx.launch(invocation.functionId) }))],
    ['only sets timers', 'FBB_ERR_SCHEDULER_STALLED', schedulerOf(() => {
      const wait = (ctx: SchedulerContext): void => {
        ctx.setTimer(1_000, () => wait(ctx));
      };
      return { onArrival: (_invocation, ctx) => wait(ctx) };
    })],
  ];

  it.each(faults)('because it %s makes it invalid, and every invocation that arrived is rejected once: %s', async (_what, code, definition) => {
    const sink = new KeptRows();
    const { summary } = await smallRun(smallCell(definition), { sink }).run();
    expect(summary.valid).toBe(false);
    expect(summary.problems).toEqual([expect.stringMatching(new RegExp(`^${code}: Scheduler 'mine' `))]);
    const { arrived, rejected } = summary.invocations;
    expect({ arrived, rejected, errorCodes: summary.errorCodes }).toEqual({ arrived, rejected: arrived, errorCodes: { [code]: arrived } });
    expect(arrived).toBe(code === 'FBB_ERR_SCHEDULER_THREW' ? 11 : 60);
    expect(sink.invocations.map(({ id }) => id)).toEqual(Array.from({ length: arrived }, (_item, id) => id));
    expect(new Set(sink.invocations.map(({ status }) => status))).toEqual(new Set(['rejected']));
  });

  it('as it is created rejects with whose fault it was', async () => {
    const definition = schedulerOf(() => {
      throw new Error('no way');
    });
    await expect(smallRun(smallCell(definition)).run()).rejects.toThrow(expect.objectContaining({ code: 'FBB_ERR_SCHEDULER_THREW' }) as Error);
  });
});

it('skips a scheduler that needs what the backend lacks, and runs nothing of it', async () => {
  const sink = new KeptRows();
  let created = false;
  const definition = schedulerOf(() => {
    created = true;
    return { onArrival: () => undefined };
  }, { requires: ['cpu-class'] });
  const run = smallRun(smallCell(definition), { sink, onWorld: ({ backend }) => (backend.capabilities as Set<string>).clear() });
  const { summary } = await run.run();
  expect(summary).toMatchObject({ valid: false, skipped: "backend 'simulation' lacks cpu-class", invocations: { arrived: 0 } });
  expect(summary.bound).toBeUndefined();
  expect({ created, rows: sink.invocations.length + sink.containers.length }).toEqual({ created: false, rows: 0 });
});

it('keeps what a scheduler says as notes, a line each, the first hundred', async () => {
  const baseline = builtin('baseline');
  const definition: SchedulerDefinition = {
    ...baseline,
    create(options, deps) {
      for (let i = 0; i < 101; i += 1) deps.log(`line ${i}\n  goes on`);
      return baseline.create(options, deps);
    },
  };
  const { summary } = await smallRun(smallCell(definition)).run();
  expect(summary.notes).toHaveLength(100);
  expect(summary.notes[99]).toBe('line 99 goes on');
});
