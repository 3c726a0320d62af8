import { z } from 'zod';
import { defineScheduler, type Container, type Invocation, type Outcome, type Scheduler, type SchedulerContext, type Timer } from '../core/index.js';
import { DispatchWindow } from './dispatch-window.js';
import { SerialCreation } from './serial-creation.js';

const options = z.strictObject({
  dispatchIntervalMs: z.number().min(0).max(60_000).default(200).describe('length of the dispatch window in ms; 0: no window, containers are launched at once and side by side'),
  initialSliceMs: z.number().positive().default(20).describe('slice before the first window of arrivals is full'),
  minSliceMs: z.number().positive().default(6).describe('the shortest slice'),
  windowArrivals: z.number().int().min(2).default(100).describe('arrivals after which the slice is set anew'),
  overloadFactor: z.number().positive().default(3).describe('one that has waited for the filter longer than this many slices goes to fair share at once'),
  pollMs: z.number().min(1).default(1).describe('how often those that run in the filter are looked at: do they sleep?'),
  sleeperPollMs: z.number().min(1).default(4).describe('how often those that sleep are looked at: have they woken?'),
});

type SfsOptions = z.output<typeof options>;

/** One invocation on its way through the filter. */
interface Task {
  readonly container: Container;
  state: 'queued' | 'running' | 'sleeping';
  creditMs: number;
  /** Whether it has been seen to compute; before that its request may not have reached it. */
  awake: boolean;
  /** When it joined the queue or, running, when it was given the real-time class. */
  sinceMs: number;
}

/**
 * FILTER of SFS (Fu et al., SC 2022): short work first, in user space. As many invocations as there are cores run in the real-time
 * class, first come first served, each for a slice at most; who needs longer falls back to fair share for good. The slice follows the
 * load: cores x mean time between arrivals. One that sleeps gives up its place and keeps its credit.
 */
class Filter {
  readonly #options: SfsOptions;
  readonly #tasks = new Map<number, Task>();
  /** Ids of invocations; one that has left keeps its place until it is met there. */
  readonly #queue: number[] = [];
  /** How many of those running a container in the real-time class holds: more than one only where containers were short. */
  readonly #runningIn = new Map<number, number>();
  #running = 0;
  #watched = 0;
  #sliceMs: number;
  #windowStartMs = Number.NaN;
  #windowArrivals = 0;
  #poll: Timer | undefined;
  #sleepersSeenMs = Number.NEGATIVE_INFINITY;

  constructor(sfsOptions: SfsOptions) {
    this.#options = sfsOptions;
    this.#sliceMs = sfsOptions.initialSliceMs;
  }

  /** Sets the slice anew at the end of every window of arrivals. */
  arrived(ctx: SchedulerContext): void {
    if (Number.isNaN(this.#windowStartMs)) {
      this.#windowStartMs = ctx.nowMs;
      return;
    }
    this.#windowArrivals += 1;
    if (this.#windowArrivals < this.#options.windowArrivals) return;
    const meanGapMs = (ctx.nowMs - this.#windowStartMs) / this.#windowArrivals;
    this.#sliceMs = Math.max(this.#options.minSliceMs, Math.floor(ctx.cores * meanGapMs));
    this.#windowStartMs = ctx.nowMs;
    this.#windowArrivals = 0;
  }

  /** The invocation starts in its container now. */
  admit(invocation: Invocation, container: Container, ctx: SchedulerContext): void {
    this.#tasks.set(invocation.id, { container, state: 'queued', creditMs: Math.max(this.#sliceMs, this.#options.minSliceMs), awake: false, sinceMs: ctx.nowMs });
    this.#queue.push(invocation.id);
    this.#fill(ctx);
  }

  /** It has ended, or its container has. */
  left(invocationId: number, ctx: SchedulerContext): void {
    const task = this.#tasks.get(invocationId);
    if (task === undefined) return;
    // An idle container that nobody watches must not stay above all others: what it does then, collecting garbage, can wait.
    if (task.state === 'running') this.#lower(task.container, ctx);
    this.#drop(invocationId, task);
    this.#fill(ctx);
  }

  lost(container: Container, ctx: SchedulerContext): void {
    this.#runningIn.delete(container.id);
    for (const [invocationId, task] of this.#tasks) if (task.container === container) this.#drop(invocationId, task);
    this.#fill(ctx);
  }

  #drop(invocationId: number, task: Task): void {
    this.#tasks.delete(invocationId);
    if (task.state === 'running') this.#running -= 1;
    if (task.state !== 'queued') this.#watched -= 1;
  }

  /** Gives free cores to the head of the queue. */
  #fill(ctx: SchedulerContext): void {
    while (this.#running < ctx.cores && this.#queue.length > 0) {
      const invocationId = this.#queue.shift() as number;
      const task = this.#tasks.get(invocationId);
      if (task?.state !== 'queued') continue;
      if (ctx.nowMs - task.sinceMs > this.#options.overloadFactor * this.#sliceMs) {
        this.#tasks.delete(invocationId);
        continue;
      }
      task.state = 'running';
      task.sinceMs = ctx.nowMs;
      this.#running += 1;
      this.#watched += 1;
      this.#raise(task.container, ctx);
    }
    this.#watch(ctx);
  }

  #raise(container: Container, ctx: SchedulerContext): void {
    const running = this.#runningIn.get(container.id) ?? 0;
    this.#runningIn.set(container.id, running + 1);
    if (running === 0) ctx.setCpuClass(container, 'fifo');
  }

  #lower(container: Container, ctx: SchedulerContext): void {
    const running = (this.#runningIn.get(container.id) ?? 1) - 1;
    if (running > 0) {
      this.#runningIn.set(container.id, running);
      return;
    }
    this.#runningIn.delete(container.id);
    ctx.setCpuClass(container, 'fair');
  }

  #watch(ctx: SchedulerContext): void {
    if (this.#poll !== undefined || this.#watched === 0) return;
    this.#poll = ctx.setTimer(this.#options.pollMs, () => {
      this.#poll = undefined;
      this.#look(ctx);
      this.#fill(ctx);
    });
  }

  /** Takes the class from those that sleep or have used up their credit; those that have woken queue again. */
  #look(ctx: SchedulerContext): void {
    const sleepersToo = ctx.nowMs - this.#sleepersSeenMs >= this.#options.sleeperPollMs;
    if (sleepersToo) this.#sleepersSeenMs = ctx.nowMs;
    for (const [invocationId, task] of this.#tasks) {
      if (task.state === 'queued' || (task.state === 'sleeping' && !sleepersToo)) continue;
      const idle = ctx.cpuState(task.container) === 'sleeping';
      if (!idle) task.awake = true;
      const sleeps = idle && (task.awake || ctx.nowMs - task.sinceMs >= this.#options.minSliceMs);
      if (task.state === 'sleeping') {
        if (sleeps) continue;
        this.#watched -= 1;
        task.state = 'queued';
        task.sinceMs = ctx.nowMs;
        this.#queue.push(invocationId);
        continue;
      }
      const leftMs = task.creditMs - (ctx.nowMs - task.sinceMs);
      if (!sleeps && leftMs > 0) continue;
      this.#lower(task.container, ctx);
      if (leftMs <= 0) this.#drop(invocationId, task);
      else {
        this.#running -= 1;
        task.state = 'sleeping';
        task.creditMs = leftMs;
      }
    }
  }
}

/** SFS on the platform loop of the paper's artifact: the containers of vanilla, and FILTER over them. */
class Sfs implements Scheduler {
  readonly #filter: Filter;
  readonly #creation: SerialCreation;
  readonly #window: DispatchWindow | undefined;
  /** What was assigned to a container that is still starting. */
  readonly #starting = new Map<number, Invocation>();

  constructor(sfsOptions: SfsOptions) {
    this.#filter = new Filter(sfsOptions);
    this.#creation = new SerialCreation((containers, group, ctx) => {
      group.forEach((invocation, i) => this.#start(containers[i % containers.length] as Container, invocation, ctx));
    });
    if (sfsOptions.dispatchIntervalMs > 0) {
      this.#window = new DispatchWindow(sfsOptions.dispatchIntervalMs, (_functionId, group, ctx) => this.#creation.begin(group, group.length, ctx));
    }
  }

  onArrival(invocation: Invocation, ctx: SchedulerContext): void {
    if (invocation.attempt === 1) this.#filter.arrived(ctx);
    if (this.#window !== undefined) this.#window.add(invocation, ctx);
    else this.#start(ctx.pool(invocation.functionId).idle.at(-1) ?? ctx.launch(invocation.functionId), invocation, ctx);
  }

  onContainerReady(container: Container, ctx: SchedulerContext): void {
    const invocation = this.#starting.get(container.id);
    if (invocation === undefined) {
      this.#creation.onContainerReady(container, ctx);
      return;
    }
    this.#starting.delete(container.id);
    this.#filter.admit(invocation, container, ctx);
  }

  onOutcome(outcome: Outcome, _container: Container, ctx: SchedulerContext): void {
    this.#filter.left(outcome.id, ctx);
  }

  onContainerLost(container: Container, ctx: SchedulerContext): void {
    this.#starting.delete(container.id);
    this.#filter.lost(container, ctx);
    this.#creation.onContainerLost(container, ctx);
  }

  #start(container: Container, invocation: Invocation, ctx: SchedulerContext): void {
    ctx.assign(container, [invocation], 'serial');
    if (container.state === 'starting') this.#starting.set(container.id, invocation);
    else this.#filter.admit(invocation, container, ctx);
  }
}

export const sfs = defineScheduler({
  name: 'sfs',
  description: 'one container an invocation as vanilla; short ones first, in the real-time class for an adaptive slice (SFS, SC 2022)',
  options,
  requires: ['cpu-class'],
  create: (sfsOptions) => new Sfs(sfsOptions),
});
