import { describe, expect, it } from 'vitest';
import { createRng, type Recorder } from '../../../src/core/index.js';
import { runs } from '../../support/property-runs.js';
import { BatchMeans, builtinScheduler, exponential, simulate } from './simulated-cell.js';

/** The sample of SimFaaS (Mahmoudi and Khazaei, 2021): scale per request, the newest idle instance first. Times in ms. */
const sample = { gapMs: 1_000 / 0.9, warmServiceMs: 1_991, coldServiceMs: 2_244, keepAliveMs: 600_000 };

/** What its authors got for it from 1e6 s. */
const published = { coldShare: 0.0014, servers: 7.66, running: 1.79, idle: 5.87 };
const publishedMs = 1e9;

interface Observer {
  /** At an arrival, when its service has begun. */
  began(nowMs: number, cold: boolean): void;
  /** How many containers there are, and how many run, has changed. */
  levels(nowMs: number, servers: number, running: number): void;
}

/** Plays the sample: a service is a wait, so that nobody contends, and a cold one takes longer as a whole. */
async function play(count: number, observer: Observer): Promise<void> {
  const rng = createRng(runs(1).seed);
  const arrivals = rng.derive('arrivals');
  const services = rng.derive('services');
  let servers = 0;
  let running = 0;
  let cold = false;
  const recorder: Partial<Recorder> = {
    containerLaunched: () => {
      servers += 1;
      cold = true;
    },
    containerLeft: (_container, endedMs) => observer.levels(endedMs, (servers -= 1), running),
    invocationEnded: ({ intendedMs, totalMs }) => observer.levels(intendedMs + totalMs, servers, (running -= 1)),
  };
  await simulate({
    scheduler: builtinScheduler('baseline'),
    count,
    gapMs: () => exponential(arrivals, sample.gapMs),
    demandOf: (_id, nowMs) => {
      observer.levels(nowMs, servers, (running += 1));
      observer.began(nowMs, cold);
      const waitMs = exponential(services, cold ? sample.coldServiceMs : sample.warmServiceMs);
      cold = false;
      return { waitMs };
    },
    keepAliveMs: sample.keepAliveMs,
    recorder,
  });
}

/**
 * With the newest idle container first, the oldest has been idle since all were busy, and so on: there are as many containers as ever ran
 * at once within the last keep-alive. So theory knows the law of them.
 */
class MostWithinKeepAlive {
  /** Falling counts, each with the time until which so many ran. */
  readonly #counts: { readonly count: number; untilMs: number }[] = [];

  note(nowMs: number, count: number): void {
    const before = this.#counts.at(-1);
    if (before !== undefined) before.untilMs = nowMs;
    while ((this.#counts.at(-1)?.count ?? Number.POSITIVE_INFINITY) <= count) this.#counts.pop();
    this.#counts.push({ count, untilMs: Number.POSITIVE_INFINITY });
    // One that goes at the very end of its keep-alive is gone.
    while ((this.#counts[0]?.untilMs ?? 0) <= nowMs - sample.keepAliveMs + 1e-6) this.#counts.shift();
  }

  get most(): number {
    return this.#counts[0]?.count ?? 0;
  }
}

const load = sample.warmServiceMs / sample.gapMs;

/** Stationary law of how many run: Poisson. */
function shareRunning(count: number): number {
  let share = Math.exp(-load);
  for (let n = 1; n <= count; n += 1) share *= load / n;
  return share;
}

/**
 * How likely it is that never more than `most` run during a keep-alive, by how many run at its beginning: a birth-death chain that ends
 * where it would go beyond, by uniformization. It makes a Poisson number of steps, so many that their mean serves as well.
 */
function staysWithin(most: number): number[] {
  const arrivals = 1 / sample.gapMs;
  const departures = 1 / sample.warmServiceMs;
  const stepRate = arrivals + most * departures;
  let stays = new Array<number>(most + 1).fill(1);
  for (let step = 0; step < stepRate * sample.keepAliveMs; step += 1) {
    stays = stays.map((same, n) => {
      const more = arrivals * (stays[n + 1] ?? 0);
      const fewer = n * departures * (stays[n - 1] ?? 0);
      return (more + fewer + (stepRate - arrivals - n * departures) * same) / stepRate;
    });
  }
  return stays;
}

/** Without the effect of the few cold services on how many run. */
function theory(): { readonly coldShare: number; readonly servers: number } {
  let coldShare = 0;
  let servers = 0;
  // More than twenty at a load of 1.8 are never met.
  for (let most = 0; most <= 20; most += 1) {
    const stays = staysWithin(most);
    servers += 1 - stays.reduce((sum, share, n) => sum + share * shareRunning(n), 0);
    // An arrival is cold when as many run as ever did; the chain is the same backwards in time.
    coldShare += shareRunning(most) * (stays[most] as number);
  }
  return { coldShare, servers };
}

/** The time average of a level, by stretches of time. */
class TimeAverage {
  readonly means = new BatchMeans(1);
  #level = 0;
  #area = 0;
  #atMs = 0;
  #begunMs = 0;

  change(nowMs: number, level: number): void {
    this.#area += this.#level * (nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#level = level;
  }

  endStretch(): void {
    this.means.add(this.#area / (this.#atMs - this.#begunMs));
    this.#area = 0;
    this.#begunMs = this.#atMs;
  }
}

function expectMean(measured: BatchMeans, expected: number, expectedError = 0): void {
  expect(measured.standardError).toBeLessThan(0.1 * expected);
  expect(Math.abs(measured.mean - expected)).toBeLessThan(4 * Math.hypot(measured.standardError, expectedError));
}

describe('containers that are kept alive, the newest idle one first', () => {
  it('are at any time as many as ever ran at once within the last keep-alive', async () => {
    const window = new MostWithinKeepAlive();
    let differences = 0;
    await play(15_000, {
      levels: (nowMs, servers, running) => {
        window.note(nowMs, running);
        if (window.most !== servers) differences += 1;
      },
      began: () => undefined,
    });
    expect(differences).toBe(0);
  });

  it('are as many as SimFaaS published for its sample, and as theory says, as are cold starts', async () => {
    const count = 160_000;
    const stretch = count / 20;
    const [servers, running, idle, cold] = [new TimeAverage(), new TimeAverage(), new TimeAverage(), new BatchMeans(stretch)];
    let arrived = 0;
    let endedMs = 0;
    await play(count, {
      levels: (nowMs, serverCount, runningCount) => {
        if (arrived === count) return;
        servers.change(nowMs, serverCount);
        running.change(nowMs, runningCount);
        idle.change(nowMs, serverCount - runningCount);
      },
      began: (nowMs, isCold) => {
        cold.add(isCold ? 1 : 0);
        arrived += 1;
        endedMs = nowMs;
        if (arrived % stretch === 0) for (const average of [servers, running, idle]) average.endStretch();
      },
    });
    const expected = theory();
    expectMean(cold, expected.coldShare);
    expectMean(servers.means, expected.servers);
    expectMean(running.means, load);
    expectMean(idle.means, expected.servers - load);
    // Theirs is one run too; its error is ours, less for its length, and the last digit is rounded.
    const theirError = (ours: BatchMeans, digit: number): number => Math.hypot(ours.standardError * Math.sqrt(endedMs / publishedMs), digit / Math.sqrt(12));
    expectMean(cold, published.coldShare, theirError(cold, 0.0001));
    expectMean(servers.means, published.servers, theirError(servers.means, 0.01));
    expectMean(running.means, published.running, theirError(running.means, 0.01));
    expectMean(idle.means, published.idle, theirError(idle.means, 0.01));
  });
});
