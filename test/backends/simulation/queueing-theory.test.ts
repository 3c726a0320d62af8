import { describe, expect, it } from 'vitest';
import { createRng, type Container, type Invocation, type Rng, type Scheduler, type SchedulerContext } from '../../../src/core/index.js';
import { runs } from '../../support/property-runs.js';
import { BatchMeans, builtinScheduler, exponential, simulate } from './simulated-cell.js';

const meanServiceMs = 10;

/** Mean wait of an arrival at M/M/c, first come first served: Erlang's C formula. */
function erlangWaitMs(cores: number, load: number): number {
  const offered = cores * load;
  let lost = 1;
  for (let servers = 1; servers <= cores; servers += 1) lost = (offered * lost) / (servers + offered * lost);
  const waits = lost / (1 - load * (1 - lost));
  return (waits * meanServiceMs) / (cores * (1 - load));
}

/** Keeps a container a core and gives each the next in line when it has nothing to do. */
class FirstComeFirstServed implements Scheduler {
  readonly #line: Invocation[] = [];
  #launched = false;

  onArrival(invocation: Invocation, ctx: SchedulerContext): void {
    this.#line.push(invocation);
    if (!this.#launched) for (let i = 0; i < ctx.cores; i += 1) ctx.launch(invocation.functionId);
    this.#launched = true;
    this.#serve(invocation.functionId, ctx);
  }

  onContainerReady({ functionId }: Container, ctx: SchedulerContext): void {
    this.#serve(functionId, ctx);
  }

  onContainerIdle({ functionId }: Container, ctx: SchedulerContext): void {
    this.#serve(functionId, ctx);
  }

  #serve(functionId: string, ctx: SchedulerContext): void {
    const { idle } = ctx.pool(functionId);
    while (idle.length > 0 && this.#line.length > 0) ctx.assign(idle[0] as Container, [this.#line.shift() as Invocation], 'serial');
  }
}

interface QueueOptions {
  readonly scheduler: Scheduler;
  readonly cores: number;
  readonly load: number;
  readonly count: number;
  readonly serviceMs?: (rng: Rng) => number;
}

/** Poisson arrivals of work of `meanServiceMs`: how long they wait for a container, and how long they take in all. */
async function measure({ scheduler, cores, load, count, serviceMs = (rng) => exponential(rng, meanServiceMs) }: QueueOptions): Promise<{ readonly wait: BatchMeans; readonly response: BatchMeans }> {
  const rng = createRng(runs(1).seed);
  const arrivals = rng.derive('arrivals');
  const services = rng.derive('services');
  const batchSize = count / 30;
  const wait = new BatchMeans(batchSize);
  const response = new BatchMeans(batchSize);
  await simulate({
    costs: { cores },
    scheduler,
    count,
    gapMs: () => exponential(arrivals, meanServiceMs / (cores * load)),
    demandOf: () => ({ cpuMs: serviceMs(services) }),
    recorder: {
      invocationEnded: ({ schedulingMs, totalMs }) => {
        wait.add(schedulingMs);
        response.add(totalMs);
      },
    },
  });
  return { wait, response };
}

/**
 * A mean is missed by more than four of its standard errors once in thousands of seeds (of 29 batches: Student's t). That they are small
 * themselves is part of the test: else it would agree with anything.
 */
function expectMean(measured: BatchMeans, theory: number): void {
  expect(measured.standardError).toBeLessThan(0.06 * theory);
  expect(Math.abs(measured.mean - theory)).toBeLessThan(4 * measured.standardError);
}

describe('a simulated cell, against queueing theory', () => {
  it('keeps those who wait for one of c containers waiting as long as M/M/c does (Erlang C)', async () => {
    const { wait, response } = await measure({ scheduler: new FirstComeFirstServed(), cores: 3, load: 0.6, count: 90_000 });
    expectMean(wait, erlangWaitMs(3, 0.6));
    expectMean(response, erlangWaitMs(3, 0.6) + meanServiceMs);
  });

  it('takes as long on average where all share c cores at once, as the number in the system has the same law', async () => {
    const { wait, response } = await measure({ scheduler: builtinScheduler('baseline'), cores: 3, load: 0.6, count: 60_000 });
    expect(wait.mean).toBe(0);
    expectMean(response, erlangWaitMs(3, 0.6) + meanServiceMs);
  });

  it('responds in 1 / (mu - lambda) on one shared core, whatever the law of the service times', async () => {
    const laws: readonly ((rng: Rng) => number)[] = [
      (rng) => exponential(rng, meanServiceMs),
      // Nine tenths short, one tenth long: seven times the variance.
      (rng) => (rng.next() < 0.9 ? exponential(rng, 4) : exponential(rng, 64)),
      () => meanServiceMs,
    ];
    for (const serviceMs of laws) {
      const { response } = await measure({ scheduler: builtinScheduler('baseline'), cores: 1, load: 0.5, count: 60_000, serviceMs });
      expectMean(response, meanServiceMs / (1 - 0.5));
    }
  });
});
