import { describe, expect, it } from 'vitest';
import { createRng, type Outcome, type Scheduler } from '../../../src/core/index.js';
import { DispatchWindow } from '../../../src/schedulers/dispatch-window.js';
import { runs } from '../../support/property-runs.js';
import { builtinScheduler, expandedInOneContainer, exponential, outcomesOf } from './simulated-cell.js';

const dispatchIntervalMs = 200;

/** The windows of `batching-expanding`, with a container for each invocation of a group. */
function monopolyByWindow(): Scheduler {
  const window = new DispatchWindow(dispatchIntervalMs, (functionId, group, ctx) => {
    for (const invocation of group) ctx.assign(ctx.pool(functionId).idle.at(-1) ?? ctx.launch(functionId), [invocation], 'serial');
  });
  return { onArrival: (invocation, ctx) => window.add(invocation, ctx) };
}

/** The same arrivals of work that only computes, at three quarters of the capacity, where nothing else costs anything. */
async function responsesMs(scheduler: Scheduler): Promise<number[]> {
  const arrivals = createRng(runs(1).seed).derive('arrivals');
  const work = createRng(runs(1).seed).derive('work');
  const count = 2_000;
  const cpuMs = Array.from({ length: count }, () => exponential(work, 30));
  const outcomes = await outcomesOf({
    costs: { cores: 4 },
    scheduler,
    count,
    functionOf: (id) => `f${id % 3}`,
    gapMs: () => exponential(arrivals, 10),
    demandOf: (id) => ({ cpuMs: cpuMs[id] as number }),
  });
  expect(outcomes).toHaveLength(count);
  return outcomes.map(({ totalMs }) => totalMs);
}

function greatestDifference(some: readonly number[], others: readonly number[]): number {
  return some.reduce((greatest, value, id) => Math.max(greatest, Math.abs(value - (others[id] as number))), 0);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a container that is shared', () => {
  it('takes each invocation as long as a container of its own, window by window', async () => {
    const shared = await responsesMs(builtinScheduler('batching-expanding', { dispatchIntervalMs }));
    const alone = await responsesMs(monopolyByWindow());
    expect(greatestDifference(shared, alone)).toBeLessThan(1e-6);
    expect(greatestDifference(await responsesMs(builtinScheduler('vanilla', { dispatchIntervalMs })), alone)).toBeLessThan(1e-6);
  });

  it('takes each invocation as long as a container of its own, without a window', async () => {
    const alone = await responsesMs(builtinScheduler('baseline'));
    expect(greatestDifference(await responsesMs(expandedInOneContainer()), alone)).toBeLessThan(1e-6);
    expect(greatestDifference(await responsesMs(builtinScheduler('continuous')), alone)).toBeLessThan(1e-6);
  });

  it('takes longer where a group runs one after another in it', async () => {
    const serial = await responsesMs(builtinScheduler('batching', { dispatchIntervalMs }));
    const expanded = await responsesMs(builtinScheduler('batching-expanding', { dispatchIntervalMs }));
    expect(mean(serial)).toBeGreaterThan(1.2 * mean(expanded));
  });
});

describe('a batch of three that need a client, on one core', () => {
  const client = { clientCpuMs: 10, clientWaitMs: 20, cpuMs: 5, waitMs: 7 };

  interface BatchOptions {
    readonly kind: 'cpu' | 'io';
    readonly multiplexing: boolean;
    readonly scheduler?: Scheduler;
    readonly requestCpuMs?: number;
    readonly clientWaitMs?: number;
    readonly cores?: number;
  }

  function batchOf3({ kind, multiplexing, scheduler = expandedInOneContainer(), requestCpuMs = 0, clientWaitMs = client.clientWaitMs, cores = 1 }: BatchOptions): Promise<Outcome[]> {
    return outcomesOf({ costs: { cores, requestCpuMs }, scheduler, kind, count: 3, gapMs: () => 0, demandOf: () => ({ ...client, clientWaitMs }), multiplexing });
  }

  const endsMs = (outcomes: readonly Outcome[]): number[] => outcomes.map(({ totalMs }) => Math.round(totalMs * 1e6) / 1e6);

  it('makes one and then takes turns with it, where clients are shared', async () => {
    // Made from 0 to 30, of that 10 on the core; then 5 each on the event loop and 7 of waiting.
    expect(endsMs(await batchOf3({ kind: 'io', multiplexing: true }))).toEqual([42, 47, 52]);
  });

  it('makes one each, where clients are not shared', async () => {
    // The event loop makes them one after another by 10, 20 and 30; each is there 20 later and is worked with for 5.
    expect(endsMs(await batchOf3({ kind: 'io', multiplexing: false }))).toEqual([42, 52, 62]);
  });

  it('makes one each on threads, which share nothing with each other', async () => {
    // Three share the core until 30, wait until 50, share it again until 65.
    expect(endsMs(await batchOf3({ kind: 'cpu', multiplexing: false }))).toEqual([72, 72, 72]);
    expect(endsMs(await batchOf3({ kind: 'cpu', multiplexing: true }))).toEqual([72, 72, 72]);
  });

  it('has the client of its thread, where another one ran on the thread before', async () => {
    const cell = { scheduler: expandedInOneContainer(), costs: { threadStartCpuMs: 1 }, count: 2, gapMs: (id: number) => 100 * id, demandOf: () => client };
    expect(endsMs(await outcomesOf({ ...cell, multiplexing: true }))).toEqual([43, 12]);
    expect(endsMs(await outcomesOf({ ...cell, multiplexing: false }))).toEqual([43, 42]);
  });

  it('makes one for all that run one after another, where clients are shared', async () => {
    const serial: Scheduler = builtinScheduler('batching', { dispatchIntervalMs: 100 });
    const outcomes = await batchOf3({ kind: 'io', multiplexing: true, scheduler: serial });
    expect(endsMs(outcomes)).toEqual([100 + 42, 100 + 42 + 12, 100 + 42 + 24]);
    const each = await batchOf3({ kind: 'io', multiplexing: false, scheduler: builtinScheduler('batching', { dispatchIntervalMs: 100 }) });
    expect(endsMs(each)).toEqual([100 + 42, 100 + 84, 100 + 126]);
  });

  it('keeps the event loop from the client to the work, where nobody is waited for', async () => {
    // 15 in one go, and the second core is of no use to one event loop.
    expect(endsMs(await batchOf3({ kind: 'io', multiplexing: false, clientWaitMs: 0, cores: 2 }))).toEqual([22, 37, 52]);
    expect(endsMs(await batchOf3({ kind: 'io', multiplexing: true, clientWaitMs: 0, cores: 2 }))).toEqual([22, 27, 32]);
  });

  it('counts waiting for the client as execution, as a handler waits that has started', async () => {
    const outcomes = await batchOf3({ kind: 'io', multiplexing: true, requestCpuMs: 1 });
    // The requests are taken from 0 to 1 (then it makes the client until 11), 11 to 12 and 12 to 13; the client is there at 31.
    expect(endsMs(outcomes)).toEqual([43, 48, 53]);
    expect(outcomes.map(({ queueMs }) => Math.round(queueMs * 1e6) / 1e6)).toEqual([1, 12, 13]);
    expect(outcomes.map(({ executionMs }) => Math.round(executionMs * 1e6) / 1e6)).toEqual([42, 36, 40]);
  });
});
