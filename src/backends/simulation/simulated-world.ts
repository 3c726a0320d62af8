import type { Backend, Clock, FunctionSpec } from '../../core/index.js';
import type { Demand } from './demand.js';
import type { EventHandler } from './event-queue.js';
import { functionModel } from './function-models.js';
import type { HostProfile } from './host-profile.js';
import { SimulationBackend, type MemoryObserver } from './simulation-backend.js';
import { VirtualClock } from './virtual-clock.js';

/** Where arrivals come from, one at a time, so that a trace of any length takes no memory. */
export interface ArrivalSource {
  /** Time of the next one in ms from the start, not before the last; undefined when there are no more. */
  next(): number | undefined;
}

interface SimulatedWorldOptions {
  readonly host: HostProfile;
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  readonly functionOf: (invocationId: number) => string;
  readonly inputOf: (invocationId: number) => unknown;
  readonly memory: MemoryObserver;
  /** Most cores that a container uses at once, instead of what the host profile says. */
  readonly containerCores?: number | undefined;
}

/** A host that exists only in virtual time. */
export class SimulatedWorld implements EventHandler {
  readonly #clock = new VirtualClock();
  readonly backend: Backend;
  #source: ArrivalSource | undefined;
  #onDue: (index: number) => void = () => undefined;
  #onDone: () => void = () => undefined;

  constructor({ host, functions, functionOf, inputOf, memory, containerCores }: SimulatedWorldOptions) {
    const models = new Map([...new Set([...functions.values()].map(({ name }) => name))].map((name) => [name, functionModel(name, host)]));
    const modelByFunction = new Map([...functions].map(([functionId, { name }]) => [functionId, models.get(name) as ReturnType<typeof functionModel>]));
    this.backend = new SimulationBackend({
      clock: this.#clock,
      costs: {
        cores: host.cores,
        containerCores: containerCores ?? host.containerCores ?? Number.POSITIVE_INFINITY,
        launch: { ...host.launch, parallel: host.launch.parallel ?? Number.POSITIVE_INFINITY, perSecond: host.launch.perSecond ?? Number.POSITIVE_INFINITY },
        requestCpuMs: host.request.cpuMs,
        firstRequestCpuMs: host.request.firstCpuMs,
        requestMs: host.request.toContainerMs,
        responseMs: host.request.fromContainerMs,
        threadStartCpuMs: host.thread.startCpuMs,
        containerMemoryMb: host.memory.containerMb,
        threadMemoryMb: host.memory.threadMb,
        invocationMemoryMb: host.memory.invocationMb,
      },
      demandOf: (invocationId: number, into: Demand) => modelByFunction.get(functionOf(invocationId))?.(inputOf(invocationId), into),
      memory,
    });
  }

  get clock(): Clock {
    return this.#clock;
  }

  /** Lets invocations arrive from `source`, the first being number 0. */
  play(source: ArrivalSource, onDue: (index: number) => void, onDone: () => void): void {
    this.#source = source;
    this.#onDue = onDue;
    this.#onDone = onDone;
    this.#scheduleNext(0);
  }

  /** Lets at most so many events happen; whether there are more. */
  run(mostEvents: number): boolean {
    return this.#clock.run(mostEvents);
  }

  stop(): void {
    this.#clock.stop();
  }

  /** An arrival. */
  fire(index: number): void {
    this.#onDue(index);
    this.#scheduleNext(index + 1);
  }

  #scheduleNext(index: number): void {
    const atMs = this.#source?.next();
    if (atMs === undefined) this.#onDone();
    else this.#clock.events.schedule(atMs, this, index);
  }
}
