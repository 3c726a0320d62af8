import { z } from 'zod';
import { defineScheduler, type Container, type Invocation, type Outcome, type Scheduler, type SchedulerContext } from '../core/index.js';
import { serviceSlice, serviceSliceOption } from './service-slice.js';

const options = z.strictObject({
  assumedColdStartMs: z.number().positive().default(500).describe('what a launch is taken to cost before one has been seen'),
  learningWeight: z.number().gt(0).max(1).default(0.1).describe('weight of the newest outcome in what is learned of a function'),
  serviceSliceMs: serviceSliceOption.default(0),
});

type ContinuousOptions = z.output<typeof options>;

/** A container that got less than this part of the cores that the host had for it is held to be limited. */
const limitedShare = 0.7;
/** How long a container is watched for one judgement of that, and how many in a row must agree. */
const windowMs = 100;
const convincingWindows = 8;
const noLimit = Number.POSITIVE_INFINITY;

/** What is learned of one function. */
class FunctionState {
  /** What its invocations under way would use of the cores, and how many containers they are in. */
  load = 0;
  working = 0;
  /** Mean CPU time of an invocation in ms; 0 until an outcome tells, and for functions that wait on the event loop. */
  cpuMs = 0;
  /** Share of its time in which an invocation wants a core; what computes wants one all the time. */
  demand = 0;
  outcomes = 0;
  /** How many cores a container gets at most, as far as it has shown. */
  containerCores = noLimit;
  /** Judgements in a row that spoke for a limit, or, below zero, against one. */
  evidence = 0;
  /** How many invocations a container survives, as far as losses have shown. */
  room = noLimit;
  endedAtRoom = 0;
}

/** A stretch of time in which a container always had several invocations to run. */
interface Window {
  readonly startMs: number;
  readonly startCpuMs: number;
  fewestRunning: number;
  mostWorking: number;
}

/**
 * Continuous batching: there is no dispatch window. An arrival at once joins the container of its function, running, starting or idle, in
 * which it is predicted to finish soonest; a further container is launched only where that finishes it sooner still, its cold start
 * included. The prediction is processor sharing: an invocation takes its CPU time, stretched by how many share the cores of the host and
 * the cores its container gets. The latter shows in CPU time against wall time of past outcomes; how many a container's memory holds
 * shows in containers that were lost (halved by each loss, one more after a full round without).
 */
class Continuous implements Scheduler {
  readonly #options: ContinuousOptions;
  readonly #functions = new Map<string, FunctionState>();
  /** Cores that all invocations under way would use if the host had enough; those of a limited container no more than its limit. */
  #load = 0;
  /** Containers that have work, of all functions. */
  #working = 0;
  readonly #windows = new Map<number, Window>();

  constructor(continuousOptions: ContinuousOptions) {
    this.#options = continuousOptions;
  }

  onArrival(invocation: Invocation, ctx: SchedulerContext): void {
    const { functionId } = invocation;
    const state = this.#state(functionId);
    const container = this.#choose(functionId, state, ctx) ?? ctx.launch(functionId);
    ctx.assign(container, [invocation], 'expanded');
    this.#recount(functionId, state, ctx);
  }

  onOutcome(outcome: Outcome, container: Container, ctx: SchedulerContext): void {
    const state = this.#state(outcome.functionId);
    if (outcome.status === 'completed') this.#learnCpu(state, outcome, ctx.cores);
    this.#watch(state, outcome, container, ctx);
    // One that comes back runs alone, however many wait with it.
    if (outcome.attempt === 1 && container.inFlight + 1 >= state.room) this.#widen(state);
    this.#recount(outcome.functionId, state, ctx);
  }

  onContainerLost(container: Container, ctx: SchedulerContext): void {
    const state = this.#state(container.functionId);
    this.#windows.delete(container.id);
    this.#recount(container.functionId, state, ctx);
    // One that never became ready had nothing in it that it could have died of.
    if (container.inFlight < 2 || Number.isNaN(container.readyMs)) return;
    state.room = Math.max(1, Math.floor(Math.min(state.room, container.inFlight) / 2));
    state.endedAtRoom = 0;
  }

  /** The container that finishes one more invocation soonest; undefined where a new one does. */
  #choose(functionId: string, state: FunctionState, ctx: SchedulerContext): Container | undefined {
    const { idle, busy, starting } = ctx.pool(functionId);
    const hostStretch = Math.max(1, (this.#load + state.demand) / ctx.cores);
    const aloneMs = serviceMs(state, 0, hostStretch);
    const coldStartMs = (ctx.history(functionId).coldStartMeanMs || this.#options.assumedColdStartMs) * hostStretch;
    const newestIdle = idle.at(-1);
    let best = newestIdle;
    let bestMs = newestIdle === undefined ? coldStartMs + aloneMs : aloneMs;
    for (const container of starting) {
      if (container.inFlight >= state.room) continue;
      const leftMs = Math.max(0, coldStartMs - (ctx.nowMs - container.launchedMs));
      const finishMs = leftMs + serviceMs(state, container.inFlight, hostStretch);
      if (finishMs <= bestMs) [best, bestMs] = [container, finishMs];
    }
    // Looked at last, so that a running one is preferred to an idle one that is no better, and the idle one may be retired.
    for (const container of busy) {
      if (container.inFlight >= state.room) continue;
      const finishMs = serviceMs(state, container.inFlight, hostStretch);
      if (finishMs <= bestMs) [best, bestMs] = [container, finishMs];
    }
    return best;
  }

  #learnCpu(state: FunctionState, { cpuMs, executionMs, concurrency }: Outcome, cores: number): void {
    if (cpuMs === undefined || executionMs <= 0) return;
    const weight = Math.max(this.#options.learningWeight, 1 / (state.outcomes + 1));
    state.cpuMs += weight * (cpuMs - state.cpuMs);
    if (state.outcomes === 0) state.demand = 1;
    else if (concurrency === 1 && this.#load <= cores) state.demand += weight * (Math.min(1, cpuMs / executionMs) - state.demand);
    state.outcomes += 1;
  }

  /** Follows the CPU time of a container from outcome to outcome, for as long as it has more than one invocation to run. */
  #watch(state: FunctionState, { concurrency, containerCpuMs }: Outcome, { id, inFlight }: Container, { nowMs, cores }: SchedulerContext): void {
    if (concurrency === undefined || containerCpuMs === undefined || state.demand === 0) return;
    const window = this.#windows.get(id);
    if (window !== undefined) {
      window.fewestRunning = Math.min(window.fewestRunning, concurrency);
      window.mostWorking = Math.max(window.mostWorking, this.#working);
      const lengthMs = nowMs - window.startMs;
      if (inFlight > 1 && window.fewestRunning > 1 && lengthMs < windowMs) {
        window.fewestRunning = Math.min(window.fewestRunning, inFlight);
        return;
      }
      this.#windows.delete(id);
      if (window.fewestRunning > 1 && lengthMs >= windowMs) this.#judge(state, (containerCpuMs - window.startCpuMs) / lengthMs, window, cores);
    }
    if (inFlight > 1) this.#windows.set(id, { startMs: nowMs, startCpuMs: containerCpuMs, fewestRunning: noLimit, mostWorking: this.#working });
  }

  /** Did the container get what the host had for it? All invocations may be served alike, or all containers (control groups, sessions). */
  #judge(state: FunctionState, gotCores: number, { fewestRunning, mostWorking }: Window, cores: number): void {
    const wanted = fewestRunning * state.demand;
    const fairCores = Math.min(wanted, (cores * wanted) / Math.max(wanted, this.#load), cores / mostWorking);
    if (gotCores < limitedShare * fairCores) state.evidence = Math.min(convincingWindows, Math.max(0, state.evidence) + 1);
    else if (state.containerCores === noLimit || gotCores > state.containerCores / limitedShare) state.evidence = Math.max(-convincingWindows, Math.min(0, state.evidence) - 1);
    if (state.evidence === convincingWindows) {
      const learned = state.containerCores;
      state.containerCores = learned === noLimit ? gotCores : learned + this.#options.learningWeight * (gotCores - learned);
    } else if (state.evidence === -convincingWindows) state.containerCores = noLimit;
  }

  #widen(state: FunctionState): void {
    state.endedAtRoom += 1;
    if (state.endedAtRoom <= state.room) return;
    state.room += 1;
    state.endedAtRoom = 0;
  }

  /** Counts anew what a function has under way; nothing can drift. */
  #recount(functionId: string, state: FunctionState, ctx: SchedulerContext): void {
    const { busy, starting } = ctx.pool(functionId);
    this.#load -= state.load;
    this.#working -= state.working;
    state.load = 0;
    state.working = 0;
    for (const containers of [busy, starting]) {
      for (const { inFlight } of containers) {
        state.load += Math.min(inFlight * state.demand, state.containerCores);
        if (inFlight > 0) state.working += 1;
      }
    }
    this.#load += state.load;
    this.#working += state.working;
  }

  #state(functionId: string): FunctionState {
    let state = this.#functions.get(functionId);
    if (state === undefined) {
      state = new FunctionState();
      this.#functions.set(functionId, state);
    }
    return state;
  }
}

/** How long one more invocation takes in a ready container that has so many others. */
function serviceMs(state: FunctionState, others: number, hostStretch: number): number {
  return state.cpuMs * Math.max(hostStretch, ((others + 1) * state.demand) / state.containerCores);
}

export const continuous = defineScheduler({
  name: 'continuous',
  description: 'no window: an arrival at once joins the container, running, starting or new, that is predicted to finish it soonest',
  options,
  multiplexing: true,
  serviceSliceMs: serviceSlice,
  create: (continuousOptions) => new Continuous(continuousOptions),
});
