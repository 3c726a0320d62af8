import type { ArrivalSource, Backend, Clock, FunctionSpec } from '../../core/index.js';
import type { Demand, FunctionModel } from './demand.js';
import type { EventHandler } from './event-queue.js';
import { functionModel } from './function-models.js';
import type { MemoryObserver } from './host-memory.js';
import type { HostProfile } from './host-profile.js';
import { SimulationBackend } from './simulation-backend.js';
import { VirtualClock } from './virtual-clock.js';

interface SimulatedWorldOptions {
  readonly host: HostProfile;
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  readonly memory: MemoryObserver;
  /** Most cores that a container uses at once, instead of what the host profile says. */
  readonly containerCores?: number | undefined;
}

/** A host that exists only in virtual time. */
export class SimulatedWorld implements EventHandler {
  readonly #clock = new VirtualClock();
  readonly backend: Backend;
  readonly #models: ReadonlyMap<string, FunctionModel>;
  readonly #demand: Demand = { firstCpuMs: 0, clientCpuMs: 0, clientServerCpuMs: 0, clientWaitMs: 0, cpuMs: 0, serverCpuMs: 0, waitMs: 0 };
  readonly #arrival = this.#clock.events.addStanding(this);
  #source: ArrivalSource | undefined;
  #arrived = 0;
  #onDue: (index: number, source: ArrivalSource) => void = () => undefined;
  #onDone: () => void = () => undefined;

  constructor({ host, functions, memory, containerCores }: SimulatedWorldOptions) {
    const models = new Map([...new Set([...functions.values()].map(({ name }) => name))].map((name) => [name, functionModel(name, host)]));
    const modelByFunction = new Map([...functions].map(([functionId, { name }]) => [functionId, models.get(name) as FunctionModel]));
    this.#models = modelByFunction;
    this.backend = new SimulationBackend({
      clock: this.#clock,
      costs: {
        cores: host.cores,
        effectiveCores: host.effectiveCores ?? host.cores,
        containerCores: containerCores ?? host.containerCores ?? Number.POSITIVE_INFINITY,
        launch: { ...host.launch, parallel: host.launch.parallel ?? Number.POSITIVE_INFINITY, perSecond: host.launch.perSecond ?? Number.POSITIVE_INFINITY },
        requestCpuMs: host.request.cpuMs,
        firstRequestCpuMs: host.request.firstCpuMs,
        requestMs: host.request.toContainerMs,
        responseMs: host.request.fromContainerMs,
        threadStartCpuMs: host.thread.startCpuMs,
        threadStartThreads: host.thread.startThreads,
        containerMemoryMb: host.memory.containerMb,
        threadMemoryMb: host.memory.threadMb,
        invocationMemoryMb: host.memory.invocationMb,
        hostMemoryMb: host.memory.hostMb ?? Number.POSITIVE_INFINITY,
      },
      models: modelByFunction,
      memory,
    });
  }

  get clock(): Clock {
    return this.#clock;
  }

  /** What an invocation needs where everything is there already, clients included. The object is always the same. */
  leastDemand(functionId: string, input: unknown): { readonly cpuMs: number; readonly serverCpuMs: number; readonly waitMs: number } {
    this.#models.get(functionId)?.demandOf(input, this.#demand);
    return this.#demand;
  }

  /** Lets invocations arrive from `source`, the first being number 0. */
  play(source: ArrivalSource, onDue: (index: number, source: ArrivalSource) => void, onDone: () => void): void {
    this.#source = source;
    this.#onDue = onDue;
    this.#onDone = onDone;
    this.#setNext();
  }

  /** Lets at most so many events happen; whether there are more. */
  run(mostEvents: number): boolean {
    return this.#clock.run(mostEvents);
  }

  stop(): void {
    this.#clock.stop();
  }

  /** An arrival. */
  fire(): void {
    this.#onDue(this.#arrived++, this.#source as ArrivalSource);
    this.#setNext();
  }

  #setNext(): void {
    const source = this.#source as ArrivalSource;
    if (source.next()) this.#arrival.set(source.intendedMs);
    else this.#onDone();
  }
}
