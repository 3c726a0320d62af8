import { createRng, type Container, type ContainerUsage, type FunctionSpec, type Outcome, type Recorder, type Rng, type Scheduler, type SchedulerContext } from '../../../src/core/index.js';
import type { Demand, FunctionModel } from '../../../src/backends/simulation/demand.js';
import type { HostCosts } from '../../../src/backends/simulation/host-costs.js';
import type { MemoryObserver } from '../../../src/backends/simulation/host-memory.js';
import { SimulationBackend } from '../../../src/backends/simulation/simulation-backend.js';
import { VirtualClock } from '../../../src/backends/simulation/virtual-clock.js';
import { Engine } from '../../../src/engine/index.js';
import { builtinSchedulers } from '../../../src/schedulers/index.js';

/** One core, and nothing costs anything but the work itself. */
export const freeHost: HostCosts = {
  cores: 1,
  effectiveCores: 1,
  containerCores: Number.POSITIVE_INFINITY,
  launch: { parallel: Number.POSITIVE_INFINITY, latencyMs: 0, cpuMs: 0, threads: 1, perSecond: Number.POSITIVE_INFINITY },
  requestCpuMs: 0,
  firstRequestCpuMs: 0,
  requestMs: 0,
  responseMs: 0,
  threadStartCpuMs: 0,
  threadStartThreads: 1,
  containerMemoryMb: 0,
  threadMemoryMb: 0,
  invocationMemoryMb: 0,
  hostMemoryMb: Number.POSITIVE_INFINITY,
};

/** Longer than any cell, and short enough for sums of it and the time. */
export const foreverMs = 1e12;

export interface SimulatedCellOptions {
  readonly costs?: Partial<HostCosts>;
  readonly scheduler: Scheduler;
  readonly kind?: FunctionSpec['kind'];
  /** How many arrive, and how long after the one before (the first: after the start). */
  readonly count: number;
  readonly gapMs: (invocationId: number) => number;
  readonly functionOf?: (invocationId: number) => string;
  /** Asked when its container takes it up. */
  readonly demandOf: (invocationId: number, nowMs: number) => Partial<Demand>;
  readonly keepAliveMs?: number;
  readonly multiplexing?: boolean;
  readonly serviceSliceMs?: number;
  readonly recorder?: Partial<Recorder>;
  readonly memory?: MemoryObserver;
  /** The memory of a container whenever it changes. */
  readonly onMemory?: (nowMs: number, containerId: number, memoryMb: number) => void;
  /** What loading a function adds to a launch; by default nothing. */
  readonly loadingOf?: (functionId: string) => Partial<Pick<FunctionModel, 'loadLatencyMs' | 'loadCpuMs'>>;
  readonly timeoutMs?: number;
  readonly maxAttempts?: number;
  /** Gets what the engine says went wrong; without it, that is an error. */
  readonly problems?: string[];
}

/** What is left when a cell has ended and its backend is closed. */
export interface SimulatedCell {
  /** When nothing happened any more: starts of threads may end after the last invocation. */
  readonly endedMs: number;
  readonly launched: number;
  /** By container. */
  readonly usages: ReadonlyMap<number, ContainerUsage>;
}

/** Runs a cell as `SimulatedCellRun` does: the engine and a scheduler on a simulated host, until nothing happens any more. */
export async function simulate(options: SimulatedCellOptions): Promise<SimulatedCell> {
  const { count, gapMs, functionOf = () => 'f', demandOf, loadingOf = () => ({}), timeoutMs = foreverMs, maxAttempts = 1 } = options;
  const clock = new VirtualClock();
  const functions = new Map<string, FunctionSpec>();
  for (let i = 0; i < count; i += 1) functions.set(functionOf(i), { functionId: functionOf(i), name: 'f', kind: options.kind ?? 'cpu', handlerPath: '', timeoutMs, needs: [] });
  const backend = new SimulationBackend({
    clock,
    costs: { ...freeHost, effectiveCores: options.costs?.cores ?? freeHost.cores, ...options.costs },
    models: new Map([...functions.keys()].map((functionId) => [functionId, { loadLatencyMs: 0, loadCpuMs: 0, ...loadingOf(functionId), demandOf: (id, into) => void Object.assign(into, noDemand, demandOf(id as number, clock.nowMs())) }])),
    memory: options.memory ?? { containerStarted: () => undefined, memoryChanged: (id, memoryMb) => options.onMemory?.(clock.nowMs(), id, memoryMb) },
  });
  const usages = new Map<number, ContainerUsage>();
  let end: { readonly error: Error | undefined } | undefined;
  const engine = new Engine({
    clock,
    backend,
    scheduler: options.scheduler,
    schedulerName: 'under test',
    functions,
    recorder: {
      containerLaunched: () => undefined,
      invocationEnded: () => undefined,
      containerLeft: () => undefined,
      containerUsage: (id, usage) => void usages.set(id, usage),
      ...options.recorder,
    },
    keepAliveMs: options.keepAliveMs ?? foreverMs,
    maxAttempts,
    stallTimeoutMs: foreverMs,
    onFinished: (error) => (end = { error }),
  });
  await backend.open({ listener: engine, functions, inputOf: (id) => id, resourceCache: { policy: options.multiplexing === true ? 'unbounded' : 'off' }, serviceSliceMs: options.serviceSliceMs });
  const arrival = {
    fire(id: number): void {
      engine.submit(id, functionOf(id), clock.nowMs());
      if (id + 1 < count) clock.schedule(gapMs(id + 1), arrival, id + 1);
      else engine.arrivalsDone();
    },
  };
  clock.schedule(gapMs(0), arrival, 0);
  for (let turns = 0; clock.run(10_000); turns += 1) if (turns > mostTurns(count)) throw new Error(`The cell does not end; it is ${clock.nowMs()} ms.`);
  await backend.close();
  if (options.problems !== undefined) options.problems.push(...engine.problems);
  else if (engine.problems.length > 0) throw new Error(engine.problems.join('\n'));
  if (end === undefined) throw new Error('The cell did not finish.');
  if (end.error !== undefined) throw end.error;
  return { endedMs: clock.nowMs(), launched: engine.counts.launched, usages };
}

/** A hundred events an invocation and some more: a cell that goes on for longer waits for what never comes. */
const mostTurns = (count: number): number => 50 + count / 100;

const noDemand: Demand = { firstCpuMs: 0, clientCpuMs: 0, clientServerCpuMs: 0, clientWaitMs: 0, cpuMs: 0, serverCpuMs: 0, waitMs: 0 };

/** The outcomes of a small cell, by invocation. */
export async function outcomesOf(options: SimulatedCellOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await simulate({ ...options, recorder: { ...options.recorder, invocationEnded: (outcome) => void (outcomes[outcome.id] = outcome) } });
  return outcomes;
}

/** Gaps between arrivals at these times. */
export function gapsBetween(timesMs: readonly number[]): (invocationId: number) => number {
  return (id) => (timesMs[id] as number) - (timesMs[id - 1] ?? 0);
}

export function builtinScheduler(name: string, options: object = {}): Scheduler {
  const definition = builtinSchedulers().get(name);
  return definition.create(definition.options.parse(options), { rng: createRng(1), profile: undefined, log: () => undefined });
}

/** Gives every invocation to one container as it comes, to run beside those that are there. */
export function expandedInOneContainer(): Scheduler {
  return { onArrival: (invocation, ctx) => ctx.assign(onlyContainer(invocation.functionId, ctx), [invocation], 'expanded') };
}

export function onlyContainer(functionId: string, ctx: SchedulerContext): Container {
  const { idle, busy, starting } = ctx.pool(functionId);
  return idle[0] ?? busy[0] ?? starting[0] ?? ctx.launch(functionId);
}

export function exponential(rng: Rng, mean: number): number {
  return -mean * Math.log(1 - rng.next());
}

/** Batch means of a correlated series: the means of long stretches of it are all but independent, so that they tell the error of the whole. */
export class BatchMeans {
  readonly #batchSize: number;
  readonly #means: number[] = [];
  #sum = 0;
  #added = 0;

  constructor(batchSize: number) {
    this.#batchSize = batchSize;
  }

  add(value: number): void {
    this.#sum += value;
    this.#added += 1;
    if (this.#added < this.#batchSize) return;
    this.#means.push(this.#sum / this.#added);
    this.#sum = 0;
    this.#added = 0;
  }

  /** Without the first batch, in which the system fills. */
  get #steady(): readonly number[] {
    return this.#means.slice(1);
  }

  get mean(): number {
    return this.#steady.reduce((sum, mean) => sum + mean, 0) / this.#steady.length;
  }

  get standardError(): number {
    const { mean } = this;
    const squares = this.#steady.reduce((sum, batch) => sum + (batch - mean) ** 2, 0);
    return Math.sqrt(squares / (this.#steady.length - 1) / this.#steady.length);
  }
}
