import { z } from 'zod';
import { defineScheduler, FbbError, type CellProfile, type Container, type Invocation, type Scheduler, type SchedulerContext, type SchedulerDeps } from '../core/index.js';
import { DispatchWindow, dispatchIntervalOption } from './dispatch-window.js';
import { SerialCreation } from './serial-creation.js';

const options = z.strictObject({
  dispatchIntervalMs: dispatchIntervalOption,
  sloQuantile: z.number().gt(0).lt(1).default(0.98).describe('the SLO of a function is this quantile of its latency under vanilla'),
  predictor: z.enum(['oracle', 'ewma']).default('oracle').describe("load of a window: the arrivals that the earlier cell recorded for it (the paper's idealisation), or the weighted mean of the windows before"),
  ewmaWeight: z.number().gt(0).max(1).default(0.5).describe('weight of the newest window in the ewma predictor; not given by the paper'),
});

type KrakenOptions = z.output<typeof options>;

/** What is known of one function. */
class FunctionState {
  readonly sloMs: number;
  /** Running mean over past invocations of the time from the start of their batch to its end, waiting inside it included. */
  meanMs = 0;
  seen = 0;
  ewmaLoad = 0;
  lastWindow = -1;
  /** How often the batch size was held at 1. */
  clamped = 0;

  constructor(sloMs: number | undefined) {
    this.sloMs = sloMs ?? 0;
  }

  recordBatch(durationMs: number, invocations: number): void {
    this.seen += invocations;
    this.meanMs += ((durationMs - this.meanMs) * invocations) / this.seen;
  }
}

/**
 * Kraken (Bhasi et al., SoCC 2021) without its function chains, as the authors of FaaSBatch ported it: containers =
 * ceil(predicted load / B) a tick and function, B = max(1, floor(SLO / mean duration)), invocations round robin, serial inside. The
 * port divides by zero where the mean is above the SLO and loses the invocations of that tick; here B is 1 then, and the log says so.
 */
class Kraken implements Scheduler {
  readonly #options: KrakenOptions;
  readonly #profile: CellProfile;
  readonly #log: (line: string) => void;
  readonly #window: DispatchWindow;
  readonly #creation: SerialCreation;
  readonly #functions = new Map<string, FunctionState>();
  /** When the batch under way in a container began, and of how many invocations it is. */
  readonly #batches = new Map<number, { readonly startedMs: number; readonly invocations: number }>();

  constructor(krakenOptions: KrakenOptions, { profile, log }: SchedulerDeps) {
    if (profile === undefined) throw new FbbError('FBB_ERR_PROFILE_MISSING', "Scheduler 'kraken' was given no profile of a 'vanilla' cell to take its SLO from.");
    this.#options = krakenOptions;
    this.#profile = profile;
    this.#log = log;
    this.#window = new DispatchWindow(krakenOptions.dispatchIntervalMs, (_functionId, group, ctx, window) => this.#tick(group, ctx, window));
    this.#creation = new SerialCreation((containers, group, ctx) => this.#start(containers, group, ctx));
  }

  onArrival(invocation: Invocation, ctx: SchedulerContext): void {
    this.#window.add(invocation, ctx);
  }

  onContainerReady(container: Container, ctx: SchedulerContext): void {
    this.#creation.onContainerReady(container, ctx);
  }

  onContainerIdle(container: Container, ctx: SchedulerContext): void {
    const batch = this.#batches.get(container.id);
    if (batch === undefined) return;
    this.#batches.delete(container.id);
    this.#state(container.functionId).recordBatch(ctx.nowMs - batch.startedMs, batch.invocations);
  }

  onContainerLost(container: Container, ctx: SchedulerContext): void {
    this.#batches.delete(container.id);
    this.#creation.onContainerLost(container, ctx);
  }

  #tick(group: readonly Invocation[], ctx: SchedulerContext, window: number): void {
    const { functionId } = group[0] as Invocation;
    const state = this.#state(functionId);
    const load = this.#predict(functionId, state, group.length, window) || group.length;
    // Nothing has ended yet: no mean to go by, and the port gives every invocation a container of its own.
    const containers = state.seen === 0 ? group.length : Math.max(1, Math.ceil(load / this.#batchSize(functionId, state)));
    this.#creation.begin(group, containers, ctx);
  }

  #batchSize(functionId: string, state: FunctionState): number {
    const size = Math.floor(state.sloMs / state.meanMs);
    if (size >= 1) return size;
    state.clamped += 1;
    // Told at 1, 2, 4, 8, … so that one time can be told from always; where there is no SLO that has been said.
    if (state.sloMs > 0 && Number.isInteger(Math.log2(state.clamped))) {
      this.#log(`batch size of '${functionId}' held at 1, time ${state.clamped}: mean duration ${state.meanMs.toFixed(0)} ms, SLO ${state.sloMs.toFixed(0)} ms`);
    }
    return 1;
  }

  /** The load of the window that has just ended. */
  #predict(functionId: string, state: FunctionState, arrived: number, window: number): number {
    const { dispatchIntervalMs, predictor, ewmaWeight } = this.#options;
    if (predictor === 'oracle') return this.#profile.arrivals(functionId, window * dispatchIntervalMs, (window + 1) * dispatchIntervalMs);
    const first = state.lastWindow < 0;
    // The windows in between were empty.
    const predicted = first ? arrived : state.ewmaLoad * (1 - ewmaWeight) ** (window - state.lastWindow - 1);
    state.ewmaLoad = first ? arrived : ewmaWeight * arrived + (1 - ewmaWeight) * predicted;
    state.lastWindow = window;
    return predicted;
  }

  #start(containers: readonly Container[], group: readonly Invocation[], ctx: SchedulerContext): void {
    const shares = containers.map((): Invocation[] => []);
    group.forEach((invocation, i) => shares[i % containers.length]?.push(invocation));
    containers.forEach((container, i) => {
      const share = shares[i] as Invocation[];
      if (share.length === 0) return;
      this.#batches.set(container.id, { startedMs: ctx.nowMs, invocations: share.length });
      ctx.assign(container, share, 'serial');
    });
  }

  #state(functionId: string): FunctionState {
    let state = this.#functions.get(functionId);
    if (state === undefined) {
      const sloMs = this.#profile.latencyQuantileMs(functionId, this.#options.sloQuantile);
      if (sloMs === undefined) this.#log(`no invocation of '${functionId}' completed under ${this.#profile.cellId}: no SLO, one invocation a container`);
      state = new FunctionState(sloMs);
      this.#functions.set(functionId, state);
    }
    return state;
  }
}

export const kraken = defineScheduler({
  name: 'kraken',
  description: 'windowed, as many containers as keep the batches within an SLO taken from vanilla, serial inside (Kraken, SoCC 2021)',
  options,
  profileOf: 'vanilla',
  create: (krakenOptions, deps) => new Kraken(krakenOptions, deps),
});
