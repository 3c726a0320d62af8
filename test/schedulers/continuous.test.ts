import { describe, expect, it } from 'vitest';
import type { Backend, BackendListener, Batch, Capability, Container, Timer } from '../../src/core/index.js';
import { Engine } from '../../src/engine/index.js';
import { continuous } from '../../src/schedulers/continuous.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeClock } from '../../src/testkit/fake-clock.js';
import { RecordingRecorder } from '../../src/testkit/recording-recorder.js';
import { createScheduler, SchedulerCell } from '../../src/testkit/scheduler-cell.js';
import { spyOn } from '../../src/testkit/scheduler-spy.js';

interface SharingOptions {
  readonly cores: number;
  /** Cores that one container may use at once. */
  readonly containerCores?: number;
  readonly launchMs?: number;
  /** CPU time that an invocation needs. */
  readonly cpuMs?: number;
  /** A container dies when it has more than this many at once. */
  readonly room?: number;
}

interface SharingContainer {
  readonly container: Container;
  ready: boolean;
  cpuMs: number;
  readonly jobs: Map<number, { leftMs: number; readonly startedMs: number }>;
}

/** Below this, what is left of a job is an error of floating point. */
const almostNothingMs = 1e-6;

/**
 * Containers whose invocations compute: each has one thread, the threads share the cores of the host alike, and a container may be
 * held to some cores.
 */
class SharingBackend implements Backend {
  readonly name = 'sharing';
  readonly cores: number;
  readonly capabilities: ReadonlySet<Capability> = new Set();
  readonly containers = new Map<number, SharingContainer>();
  most = 0;
  readonly #clock: FakeClock;
  readonly #options: SharingOptions;
  #listener: BackendListener | undefined;
  #sinceMs = 0;
  #timer: Timer | undefined;

  constructor(clock: FakeClock, options: SharingOptions) {
    this.#clock = clock;
    this.#options = options;
    this.cores = options.cores;
  }

  listenTo(listener: BackendListener): void {
    this.#listener = listener;
  }

  async open(): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  launch(container: Container): void {
    this.containers.set(container.id, { container, ready: false, cpuMs: 0, jobs: new Map() });
    this.#later(this.#options.launchMs ?? 100, () => {
      const launched = this.containers.get(container.id);
      if (launched === undefined) return;
      launched.ready = true;
      this.#listener?.containerReady(container.id);
    });
  }

  dispatch(container: Container, batch: Batch): void {
    this.#advance();
    const { jobs } = this.containers.get(container.id) as SharingContainer;
    for (const { id } of batch.invocations) jobs.set(id, { leftMs: this.#options.cpuMs ?? 100, startedMs: this.#clock.nowMs() });
    this.most = Math.max(this.most, jobs.size);
    if (jobs.size > (this.#options.room ?? Number.POSITIVE_INFINITY)) this.#later(0, () => this.lose(container.id));
    this.#arm();
  }

  retire(container: Container): void {
    this.#remove(container.id);
  }

  /** The container dies now. */
  lose(containerId: number): void {
    if (!this.containers.has(containerId)) return;
    this.#remove(containerId);
    this.#listener?.containerLost(containerId, 'FBB_ERR_CONTAINER_LOST', 'it was told to die');
  }

  #remove(containerId: number): void {
    this.#advance();
    this.containers.delete(containerId);
    this.#later(0, () => this.#listener?.containerEnded(containerId, { cpuMs: 1, peakMemoryMb: 1 }));
    this.#arm();
  }

  /** Cores that each thread of a container gets: the share at which all of them together have what there is. */
  #rates(): Map<SharingContainer, number> {
    const working = [...this.containers.values()].filter(({ jobs }) => jobs.size > 0);
    const { containerCores = Number.POSITIVE_INFINITY } = this.#options;
    const rateAt = (share: number, { jobs }: SharingContainer): number => Math.min(share, containerCores / jobs.size);
    let [low, high] = [0, 1];
    for (let step = 0; step < 50; step += 1) {
      const middle = (low + high) / 2;
      const used = working.reduce((sum, one) => sum + one.jobs.size * rateAt(middle, one), 0);
      if (used <= this.cores) low = middle;
      else high = middle;
    }
    return new Map(working.map((one) => [one, rateAt(high, one)]));
  }

  #advance(): void {
    const passedMs = this.#clock.nowMs() - this.#sinceMs;
    this.#sinceMs = this.#clock.nowMs();
    if (passedMs === 0) return;
    for (const [one, rate] of this.#rates()) {
      one.cpuMs += one.jobs.size * rate * passedMs;
      for (const job of one.jobs.values()) job.leftMs -= rate * passedMs;
    }
  }

  /** Waits for the thread that ends first. */
  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [one, rate] of this.#rates()) {
      for (const { leftMs } of one.jobs.values()) nextMs = Math.min(nextMs, Math.max(0, leftMs) / rate);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#timer = this.#later(nextMs, () => this.#endJobs());
  }

  #endJobs(): void {
    this.#advance();
    for (const [containerId, one] of this.containers) {
      for (const [id, { leftMs, startedMs }] of one.jobs) {
        if (leftMs > almostNothingMs) continue;
        const concurrency = one.jobs.size;
        one.jobs.delete(id);
        this.#listener?.invocationEnded(containerId, id, {
          status: 'completed',
          errorCode: undefined,
          startedMs,
          endedMs: this.#clock.nowMs(),
          cpuMs: this.#options.cpuMs ?? 100,
          concurrency,
          containerCpuMs: one.cpuMs,
        });
      }
    }
    this.#arm();
  }

  #later(delayMs: number, callback: () => void): Timer {
    return this.#clock.ownedBy('backend').setTimer(delayMs, callback);
  }
}

interface SharingCellOptions extends SharingOptions {
  readonly keepAliveMs?: number;
  readonly maxAttempts?: number;
}

/** The scheduler on containers that share cores. */
class SharingCell {
  readonly clock = new FakeClock();
  readonly recorder = new RecordingRecorder();
  readonly spy = spyOn(createScheduler(continuous));
  readonly backend: SharingBackend;
  readonly engine: Engine;
  #arrived = 0;

  constructor(options: SharingCellOptions) {
    this.backend = new SharingBackend(this.clock, options);
    this.engine = new Engine({
      clock: this.clock.ownedBy('engine'),
      backend: this.backend,
      scheduler: this.spy,
      schedulerName: 'continuous',
      functions: new Map([['f', { functionId: 'f', name: 'f', kind: 'cpu', handlerPath: '/f', timeoutMs: 60_000, needs: [] }]]),
      recorder: this.recorder,
      keepAliveMs: options.keepAliveMs ?? 600_000,
      maxAttempts: options.maxAttempts ?? 2,
      stallTimeoutMs: 30_000,
      onFinished: () => undefined,
    });
    this.backend.listenTo(this.engine);
  }

  get launched(): number {
    return this.engine.counts.launched;
  }

  burstAt(atMs: number, count = 1): void {
    this.clock.advanceTo(atMs);
    for (let i = 0; i < count; i += 1) this.engine.submit(this.#arrived++, 'f', this.clock.nowMs());
  }

  /** One arrival every `gapMs` until `toMs`. */
  loadUntil(toMs: number, gapMs: number): void {
    for (let atMs = this.clock.nowMs() + gapMs; atMs <= toMs; atMs += gapMs) this.burstAt(atMs);
  }

  meanMsOfLast(count: number): number {
    const last = this.recorder.outcomes.slice(-count);
    return last.reduce((sum, { totalMs }) => sum + totalMs, 0) / last.length;
  }
}

describe('an arrival', () => {
  it('that is the first launches a container, at once', () => {
    const cell = new SchedulerCell(continuous);
    cell.burstAt(20);
    expect(cell.spy.actions).toEqual(['20: launch c0 f', '20: assign to starting c0 expanded 0']);
    cell.finish();
  });

  it('joins the container of its function at once, whether it starts, runs or is idle', () => {
    const cell = new SchedulerCell(continuous, { executionMs: () => 50 });
    for (const atMs of [0, 10, 99, 120, 160, 400]) cell.burstAt(atMs);
    cell.finish();
    expect(cell.spy.actions).toEqual([
      '0: launch c0 f',
      '0: assign to starting c0 expanded 0',
      '10: assign to starting c0 expanded 1',
      '99: assign to starting c0 expanded 2',
      '120: assign to busy c0 expanded 3',
      '160: assign to busy c0 expanded 4',
      '400: assign to idle c0 expanded 5',
    ]);
    expect(cell.recorder.outcomes.map(({ schedulingMs }) => schedulingMs)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('does not join the container of another function', () => {
    const cell = new SchedulerCell(continuous);
    for (const functionId of ['f', 'g', 'f', 'g']) cell.burstAt(0, 1, functionId);
    cell.finish();
    expect(cell.actions.filter((line) => line.includes('assign'))).toEqual([0, 1, 2, 3].map((id) => `0: assign to starting c${id % 2} expanded ${id}`));
  });

  it('never waits for a timer', () => {
    const cell = new SchedulerCell(continuous, { endingOf: ({ id, attempt }) => (id % 9 === 0 && attempt === 1 ? 'kills' : 'completed') });
    for (let atMs = 0; atMs < 1_000; atMs += 7) cell.burstAt(atMs, atMs % 3, atMs % 2 === 0 ? 'f' : 'g');
    cell.finish();
    expect(cell.timers).toEqual([]);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('finds one container a function enough when nothing limits it, whatever waits', () => {
    const cell = new SchedulerCell(continuous, { executionMs: () => 300 });
    cell.burst(100);
    cell.burstAt(50, 100);
    cell.burstAt(200, 100);
    cell.burstAt(1_000, 100);
    cell.finish();
    expect(cell.engine.counts.launched).toBe(1);
    expect(cell.recorder.outcomes.filter(({ status }) => status === 'completed')).toHaveLength(400);
  });
});

describe('continuous with work for three of four cores', () => {
  /** 100 ms of computing every 33 ms. */
  function loadedCell(options: Omit<SharingOptions, 'cores'>, untilMs = 20_000): SharingCell {
    const cell = new SharingCell({ cores: 4, ...options });
    cell.loadUntil(untilMs, 33);
    return cell;
  }

  it('keeps to one container when it may use all of them', () => {
    const cell = loadedCell({});
    expect(cell.launched).toBe(1);
    expect(cell.meanMsOfLast(100)).toBeLessThan(110);
  });

  it('launches further ones when each may use one core', () => {
    expect(loadedCell({ containerCores: 1 }).launched).toBeGreaterThanOrEqual(3);
  });

  it.each([1, 2])('launches as many as it takes to work off what has gathered when each may use %i', (containerCores) => {
    // What is stuck in the first container ends by some 25 s; with too few containers all wait for longer and longer.
    expect(loadedCell({ containerCores }, 30_000).meanMsOfLast(20)).toBeLessThan(300);
  });

  it('keeps to what it has learned: the number of containers does not creep', () => {
    const [short, long] = [loadedCell({ containerCores: 2 }, 30_000), loadedCell({ containerCores: 2 }, 60_000)];
    expect(short.launched).toBeGreaterThanOrEqual(2);
    expect(long.launched).toBeLessThanOrEqual(short.launched + 1);
  });

  it('launches fewer when each may use two', () => {
    const [one, two] = [loadedCell({ containerCores: 1 }), loadedCell({ containerCores: 2 })];
    expect(two.launched).toBeGreaterThanOrEqual(2);
    expect(two.launched).toBeLessThan(one.launched);
  });

  it('does not take a busy host for a limit of the container', () => {
    // Six cores' worth of work for a while, on four.
    const cell = new SharingCell({ cores: 4 });
    cell.loadUntil(5_000, 100 / 6);
    expect(cell.launched).toBe(1);
  });

  it('decides as before when containers were lost in between: nothing of them is left behind', () => {
    /** Single invocations, each alone in its container, and a pause in which all containers go; then work for three cores. */
    function decisions(lossy: boolean): string[] {
      const cell = new SharingCell({ cores: 4, containerCores: 1, keepAliveMs: 1_000 });
      for (let i = 0; i < 100; i += 1) {
        cell.burstAt(i * 1_500);
        cell.clock.advanceTo(i * 1_500 + (i % 3 === 0 ? 50 : 150));
        if (lossy) for (const id of [...cell.backend.containers.keys()]) cell.backend.lose(id);
      }
      cell.clock.advanceTo(155_000);
      expect(cell.backend.containers.size).toBe(0);
      const before = cell.spy.actions.length;
      const launchedBefore = cell.launched;
      cell.loadUntil(175_000, 33);
      expect(cell.launched - launchedBefore).toBeGreaterThanOrEqual(2);
      expect(cell.engine.counts.retried > 0).toBe(lossy);
      return cell.spy.actions.slice(before).map((line) => line.replace(/ c(\d+)/, (_match, id: string) => ` c${Number(id) - launchedBefore}`));
    }
    expect(decisions(true)).toEqual(decisions(false));
  });
});

/** The most invocations that a container has. */
function fullest(cell: SchedulerCell): number {
  const { idle, busy, starting } = cell.engine.pool('f');
  return Math.max(0, ...[...idle, ...busy, ...starting].map(({ inFlight }) => inFlight));
}

describe('continuous when containers die of too much', () => {
  it('halves the room of a container that died, and gives no later one more', () => {
    const cell = new SchedulerCell(continuous, { executionMs: () => 1_000 });
    cell.burst(8);
    cell.clock.advanceTo(200);
    cell.backend.lose(0);
    // All eight come back: four for each of two.
    expect(cell.actions.filter((line) => line.startsWith('200: launch'))).toHaveLength(2);
    expect(fullest(cell)).toBe(4);
    cell.burstAt(250, 9);
    expect(fullest(cell)).toBe(4);
    expect(cell.engine.counts.peakContainers).toBe(5);
    cell.finish();
    expect(cell.recorder.outcomes.filter(({ status }) => status === 'completed')).toHaveLength(17);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('halves it again with every loss, down to one', () => {
    const cell = new SchedulerCell(continuous, { executionMs: () => 1_000, maxAttempts: 1 });
    for (const [round, room] of [9, 4, 2].entries()) {
      cell.burstAt(round * 200, room);
      expect(fullest(cell)).toBe(room);
      cell.clock.advance(150);
      cell.backend.lose(round);
    }
    cell.burst(3);
    expect(cell.engine.pool('f').starting.map(({ inFlight }) => inFlight)).toEqual([1, 1, 1]);
    cell.finish();
    expect(faultsOf(cell)).toEqual([]);
  });

  it('says nothing of room when a container dies with one invocation', () => {
    const cell = new SchedulerCell(continuous, { executionMs: () => 100 });
    cell.burst(1);
    cell.clock.advanceTo(150);
    cell.backend.lose(0);
    cell.clock.advanceTo(1_000);
    cell.burst(20);
    cell.finish();
    expect(cell.engine.counts.launched).toBe(2);
  });

  it('says nothing of room when a container did not start', () => {
    const cell = new SchedulerCell(continuous, { failsLaunch: ({ id }) => id === 0 });
    cell.burst(8);
    cell.finish();
    expect(cell.engine.counts.launched).toBe(2);
    expect(cell.recorder.outcomes.map(({ status }) => status)).toEqual(Array(8).fill('completed'));
  });

  it('lets the room grow back by one after a full round without a loss', () => {
    const cell = new SchedulerCell(continuous, { executionMs: () => 100, maxAttempts: 1 });
    cell.burst(8);
    cell.clock.advanceTo(150);
    cell.backend.lose(0);
    const rooms: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      cell.burstAt(1_000 + round * 1_000, 40);
      rooms.push(fullest(cell));
    }
    cell.finish();
    expect(rooms[0]).toBe(4);
    for (let round = 1; round < rooms.length; round += 1) {
      const growth = (rooms[round] as number) - (rooms[round - 1] as number);
      expect(growth).toBeGreaterThanOrEqual(0);
      expect(growth).toBeLessThanOrEqual(1);
    }
    expect(rooms.at(-1)).toBeGreaterThan(4);
    expect(faultsOf(cell)).toEqual([]);
  });

  it('settles at what a container survives', () => {
    const cell = new SharingCell({ cores: 2, room: 5, cpuMs: 20, maxAttempts: 4 });
    for (let round = 0; round < 100; round += 1) cell.burstAt(round * 1_000, 12);
    cell.clock.advance(5_000);
    const lost = [...cell.recorder.containers.values()].filter(({ left }) => left?.snapshot.state === 'lost');
    expect(cell.recorder.outcomes).toHaveLength(1_200);
    // Each loss is followed by many rounds in which the room grows back one by one.
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(100);
  });
});

describe('least attained service', () => {
  it('is off unless it is asked for', () => {
    const slice = (input: object): number | undefined => continuous.serviceSliceMs?.(continuous.options.parse(input));
    expect(slice({})).toBeUndefined();
    expect(slice({ serviceSliceMs: 0 })).toBeUndefined();
    expect(slice({ serviceSliceMs: 25 })).toBe(25);
  });
});
