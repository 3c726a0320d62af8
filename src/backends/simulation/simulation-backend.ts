import type { Backend, BackendCell, Batch, Capability, Container, CpuClass, CpuState } from '../../core/index.js';
import { CappedProcessor } from './capped-processor.js';
import type { Cores } from './cores.js';
import type { FunctionModel } from './demand.js';
import { Execution } from './execution.js';
import type { HostCosts } from './host-costs.js';
import { HostMemory, type MemoryObserver } from './host-memory.js';
import { LaunchModel, type LaunchListener } from './launch-model.js';
import { Processor } from './processor.js';
import { SimulatedContainer } from './simulated-container.js';
import type { VirtualClock } from './virtual-clock.js';

interface SimulationBackendOptions {
  readonly clock: VirtualClock;
  readonly costs: HostCosts;
  /** By function id. */
  readonly models: ReadonlyMap<string, FunctionModel>;
  readonly memory: MemoryObserver;
}

/** Containers that exist only as events in virtual time. */
export class SimulationBackend implements Backend, LaunchListener {
  readonly name = 'simulation';
  readonly cores: number;
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['cpu-class']);

  readonly #options: SimulationBackendOptions;
  readonly #clock: VirtualClock;
  readonly #costs: HostCosts;
  readonly #processor: Cores;
  readonly #launches: LaunchModel;
  /** By id; undefined once it is gone. */
  readonly #containers: (SimulatedContainer | undefined)[] = [];
  readonly #memory: HostMemory;
  /** Gone, and their usage not told yet: the cell may end before that. */
  readonly #leaving = new Set<SimulatedContainer>();
  #execution: Execution | undefined;
  #cell: BackendCell | undefined;

  constructor(options: SimulationBackendOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#costs = options.costs;
    const { cores, effectiveCores, containerCores } = options.costs;
    this.cores = cores;
    this.#processor = containerCores < effectiveCores ? new CappedProcessor(options.clock, effectiveCores, containerCores) : new Processor(options.clock, effectiveCores);
    this.#launches = new LaunchModel(options.costs.launch, options.clock, this.#processor, this);
    // Later: a backend never calls back from inside one of its own methods.
    this.#memory = new HostMemory({ costs: options.costs, observer: options.memory, onRefused: (container) => void this.#clock.setTimer(0, () => this.#outOfMemory(container)) });
  }

  async open(cell: BackendCell): Promise<void> {
    this.#cell = cell;
    const { inputOf, resourceCache, serviceSliceMs, listener } = cell;
    this.#execution = new Execution({
      clock: this.#clock,
      costs: this.#costs,
      cores: this.#processor,
      memory: this.#memory,
      cell: { inputOf, resourceCache, serviceSliceMs, invocationEnded: (containerId, invocationId, result) => listener.invocationEnded(containerId, invocationId, result) },
    });
  }

  launch({ id, functionId }: Container): void {
    const execution = this.#executing();
    const model = this.#options.models.get(functionId) as FunctionModel;
    const container = new SimulatedContainer({
      id,
      demandOf: model.demandOf,
      expandsOnThreads: this.#opened().functions.get(functionId)?.kind === 'cpu',
      resourceCache: this.#opened().resourceCache,
      clock: this.#clock,
      startThread: (owner) => execution.startThread(owner),
      give: (thread, run) => execution.begin(run, thread),
    });
    this.#containers[id] = container;
    this.#launches.begin(id, container.account, model);
  }

  begun(id: number): void {
    this.#memory.begin(this.#containers[id] as SimulatedContainer);
  }

  launched(id: number): void {
    const container = this.#containers[id] as SimulatedContainer;
    container.ready = true;
    this.#opened().listener.containerReady(id);
  }

  dispatch({ id }: Container, batch: Batch): void {
    const container = this.#containers[id];
    if (container !== undefined) this.#executing().dispatch(container, batch);
  }

  retire({ id }: Container): void {
    const container = this.#containers[id];
    if (container !== undefined) this.#end(container);
  }

  setCpuClass({ id }: Container, cpuClass: CpuClass): void {
    const container = this.#containers[id];
    if (container === undefined || container.cpuClass === cpuClass) return;
    container.cpuClass = cpuClass;
    for (const run of container.runs) if (run.work >= 0) this.#processor.setClass(run.work, run.workClass);
    for (const start of container.threadStarts) start.setClass(container.workClass);
  }

  /** Of the main thread, as the process backend tells it. */
  cpuState({ id }: Container): CpuState {
    return this.#containers[id]?.loopRun === undefined ? 'sleeping' : 'runnable';
  }

  async close(): Promise<void> {
    for (const container of this.#leaving) this.#tellUsage(container);
    for (const container of this.#containers) if (container !== undefined) this.#tellUsage(container);
    this.#containers.length = 0;
  }

  #opened(): BackendCell {
    if (this.#cell === undefined) throw new Error('the backend is not open');
    return this.#cell;
  }

  #executing(): Execution {
    if (this.#execution === undefined) throw new Error('the backend is not open');
    return this.#execution;
  }

  #outOfMemory(container: SimulatedContainer): void {
    if (container.gone) return;
    this.#end(container);
    this.#opened().listener.containerLost(container.id, 'FBB_ERR_CONTAINER_MEMORY', `the memory of the host, ${this.#costs.hostMemoryMb} MB, is used up`);
  }

  #end(container: SimulatedContainer): void {
    const { id } = container;
    this.#containers[id] = undefined;
    this.#memory.release(container);
    container.gone = true;
    if (!container.ready) this.#launches.abandon(id);
    this.#executing().abandon(container);
    this.#leaving.add(container);
    this.#clock.setTimer(0, () => this.#tellUsage(container));
  }

  /** The last word on a container. */
  #tellUsage(container: SimulatedContainer): void {
    const { id, account, peakMemoryMb, clientCounts } = container;
    this.#leaving.delete(container);
    this.#opened().listener.containerEnded(id, { cpuMs: this.#processor.accountMs(account), peakMemoryMb, resources: clientCounts.usage() });
  }
}
