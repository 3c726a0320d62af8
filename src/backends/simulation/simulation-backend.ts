import type { Backend, BackendCell, Batch, Capability, Container, CpuClass, CpuState, InvocationResult } from '../../core/index.js';
import { CappedProcessor } from './capped-processor.js';
import type { Cores } from './cores.js';
import { DelayLine } from './delay-line.js';
import type { FunctionModel } from './demand.js';
import type { EventHandler } from './event-queue.js';
import type { HostCosts } from './host-costs.js';
import { LaunchModel, type LaunchListener } from './launch-model.js';
import { Processor } from './processor.js';
import { Run, SimulatedContainer, SimulatedThread } from './simulated-container.js';
import { SplitWork } from './split-work.js';
import type { VirtualClock } from './virtual-clock.js';

/** Told of memory as it changes; exact, where a live backend has to be sampled. */
export interface MemoryObserver {
  memoryChanged(containerId: number, memoryMb: number): void;
}

interface SimulationBackendOptions {
  readonly clock: VirtualClock;
  readonly costs: HostCosts;
  /** By function id. */
  readonly models: ReadonlyMap<string, FunctionModel>;
  readonly memory: MemoryObserver;
}

/** The result that is handed out is always the same object: the engine copies what it keeps. */
type MutableResult = { -readonly [Key in keyof InvocationResult]: InvocationResult[Key] };

/** Containers that exist only as events in virtual time. */
export class SimulationBackend implements Backend, LaunchListener, EventHandler {
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
  readonly #runs: Run[] = [];
  readonly #freeRuns: Run[] = [];
  readonly #requests: DelayLine;
  readonly #responses: DelayLine;
  readonly #result: MutableResult = { status: 'completed', errorCode: undefined, startedMs: 0, endedMs: 0, cpuMs: undefined };
  #cell: BackendCell | undefined;

  constructor(options: SimulationBackendOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#costs = options.costs;
    const { cores, effectiveCores, containerCores } = options.costs;
    this.cores = cores;
    this.#processor = containerCores < effectiveCores ? new CappedProcessor(options.clock, effectiveCores, containerCores) : new Processor(options.clock, effectiveCores);
    this.#launches = new LaunchModel(options.costs.launch, options.clock, this.#processor, this);
    this.#requests = new DelayLine(options.clock, options.costs.requestMs, { fire: (slot) => this.#arrive(this.#runs[slot] as Run) });
    this.#responses = new DelayLine(options.clock, options.costs.responseMs, { fire: (slot) => this.#report(this.#runs[slot] as Run) });
  }
  async open(cell: BackendCell): Promise<void> {
    this.#cell = cell;
  }

  launch({ id, functionId }: Container): void {
    const model = this.#options.models.get(functionId) as FunctionModel;
    const container = new SimulatedContainer({
      id,
      demandOf: model.demandOf,
      expandsOnThreads: this.#opened().functions.get(functionId)?.kind === 'cpu',
      clock: this.#clock,
      startThread: (owner) => this.#startThread(owner),
      give: (thread, run) => this.#begin(run, thread),
    });
    this.#containers[id] = container;
    this.#launches.begin(id, container.account, model);
  }

  launched(id: number): void {
    const container = this.#containers[id] as SimulatedContainer;
    container.ready = true;
    this.#noteMemory(container);
    this.#opened().listener.containerReady(id);
  }

  dispatch({ id }: Container, batch: Batch): void {
    const container = this.#containers[id];
    if (container === undefined) return;
    const onThread = batch.mode === 'expanded' && container.expandsOnThreads;
    for (const invocation of batch.invocations) {
      const run = this.#freeRuns.pop() ?? this.#newRun();
      run.invocationId = invocation.id;
      run.stage = 'request';
      run.serial = batch.mode === 'serial';
      run.onThread = onThread;
      run.cpuMs = 0;
      container.add(run);
      run.event = this.#requests.add(run.slot);
    }
  }

  retire({ id }: Container): void {
    const container = this.#containers[id];
    if (container === undefined) return;
    this.#containers[id] = undefined;
    container.gone = true;
    if (!container.ready) this.#launches.abandon(id);
    for (const run of container.runs) this.#abandon(run);
    container.runs.length = 0;
    for (const start of container.threadStarts) start.abandon();
    container.threadStarts.clear();
    this.#clock.setTimer(0, () => this.#opened().listener.containerEnded(id, { cpuMs: this.#processor.accountMs(container.account), peakMemoryMb: container.peakMemoryMb }));
  }

  setCpuClass({ id }: Container, cpuClass: CpuClass): void {
    const container = this.#containers[id];
    if (container === undefined || container.cpuClass === cpuClass) return;
    container.cpuClass = cpuClass;
    for (const run of container.runs) if (run.work >= 0) this.#processor.setClass(run.work, run.workClass);
  }

  /** Of the main thread, as the process backend tells it. */
  cpuState({ id }: Container): CpuState {
    return this.#containers[id]?.loopRun === undefined ? 'sleeping' : 'runnable';
  }

  async close(): Promise<void> {
    const { listener } = this.#opened();
    for (const container of this.#containers) {
      if (container !== undefined) listener.containerEnded(container.id, { cpuMs: this.#processor.accountMs(container.account), peakMemoryMb: container.peakMemoryMb });
    }
    this.#containers.length = 0;
  }

  /** A wait is over. */
  fire(slot: number): void {
    const run = this.#runs[slot] as Run;
    run.event = -1;
    if (run.stage === 'clientWait') this.#clientMade(run);
    else this.#handlerEnded(run);
  }

  /** A stretch of CPU work is done. */
  #stretchDone(run: Run): void {
    const container = run.container as SimulatedContainer;
    run.endStretch(this.#clock.nowMs());
    const onLoop = container.loopRun === run;
    this.#goOn(run);
    // Who has more to compute at once keeps the loop.
    if (onLoop && run.work < 0) this.#loopFree(container);
  }

  #goOn(run: Run): void {
    const { stage, demand } = run;
    if (stage === 'client') this.#wait(run, 'clientWait', demand.clientWaitMs);
    else if (stage === 'otherClient') this.#awaitClient(run);
    else if (stage === 'work' && demand.cpuMs > 0) {
      // The rest of its work, after its service slice.
      this.#compute(run, 'yielding', demand.cpuMs);
      demand.cpuMs = 0;
    } else this.#wait(run, 'wait', demand.waitMs);
  }

  #opened(): BackendCell {
    if (this.#cell === undefined) throw new Error('the backend is not open');
    return this.#cell;
  }

  #newRun(): Run {
    const run = new Run(this.#runs.length, (done) => this.#stretchDone(done));
    this.#runs.push(run);
    return run;
  }

  #arrive(run: Run): void {
    run.event = -1;
    const container = run.container as SimulatedContainer;
    if (run.serial) {
      if (container.serialBusy) container.serialLine.push(run);
      else {
        container.serialBusy = true;
        this.#begin(run);
      }
    } else if (run.onThread && this.#costs.threadStartCpuMs > 0) container.threadSupply.add(run);
    else this.#begin(run);
  }

  #begin(run: Run, thread?: SimulatedThread): void {
    run.thread = thread;
    const container = run.container as SimulatedContainer;
    const { demand } = run;
    const { requestCpuMs, firstRequestCpuMs } = this.#costs;
    container.demandOf(this.#opened().inputOf(run.invocationId), demand);
    run.requestCpuMs = requestCpuMs;
    if (!container.hasServed) {
      container.hasServed = true;
      run.requestCpuMs += firstRequestCpuMs;
      if (demand.clientCpuMs > 0) demand.clientCpuMs += demand.firstCpuMs;
      else demand.cpuMs += demand.firstCpuMs;
    }
    container.executing += 1;
    this.#noteMemory(container);
    if (demand.clientCpuMs + demand.clientWaitMs > 0) this.#getClient(run);
    else this.#work(run);
  }

  #getClient(run: Run): void {
    const { client } = run;
    // A thread that costs nothing is new each time, and has no client.
    const shares = this.#opened().multiplexing && (run.thread !== undefined || !run.onThread);
    if (shares && client.state === 'there') this.#work(run);
    // It has started, and waits in its handler.
    else if (shares && client.state === 'creating') this.#compute(run, 'otherClient', 0);
    else {
      if (shares) client.state = 'creating';
      this.#compute(run, 'client', run.demand.clientCpuMs);
    }
  }

  #awaitClient(run: Run): void {
    if (run.client.state === 'there') this.#work(run);
    else run.client.waiting.push(run);
  }

  #clientMade(run: Run): void {
    const { client } = run;
    this.#work(run);
    if (client.state !== 'creating') return;
    client.state = 'there';
    for (const waiting of client.waiting) this.#work(waiting);
    client.waiting.length = 0;
  }

  #work(run: Run): void {
    const { demand } = run;
    const sliceMs = !run.onThread ? Number.POSITIVE_INFINITY : (this.#opened().serviceSliceMs ?? Number.POSITIVE_INFINITY);
    const firstMs = Math.min(demand.cpuMs, sliceMs);
    demand.cpuMs -= firstMs;
    this.#compute(run, 'work', firstMs);
  }

  #compute(run: Run, stage: 'client' | 'otherClient' | 'work' | 'yielding', workMs: number): void {
    const container = run.container as SimulatedContainer;
    run.stage = stage;
    run.stretchMs = workMs + Math.max(0, run.requestCpuMs);
    if (!run.onThread && container.loopRun !== undefined && container.loopRun !== run) {
      container.loopLine.push(run);
      return;
    }
    if (!run.onThread) container.loopRun = run;
    this.#onCore(run, container);
  }

  #onCore(run: Run, container: SimulatedContainer): void {
    run.stretchBegunMs = this.#clock.nowMs();
    run.work = this.#processor.begin(container.account, run.stretchMs, run.workClass, run);
  }

  #loopFree(container: SimulatedContainer): void {
    const next = container.loopLine.shift();
    container.loopRun = next;
    if (next !== undefined) this.#onCore(next, container);
  }

  #wait(run: Run, stage: 'clientWait' | 'wait', waitMs: number): void {
    run.stage = stage;
    if (waitMs > 0) run.event = this.#clock.schedule(waitMs, this, run.slot);
    else if (stage === 'wait') this.#handlerEnded(run);
    else this.#clientMade(run);
  }

  #handlerEnded(run: Run): void {
    const container = run.container as SimulatedContainer;
    run.endedMs = this.#clock.nowMs();
    run.concurrency = container.executing;
    container.executing -= 1;
    this.#noteMemory(container);
    run.stage = 'response';
    run.event = this.#responses.add(run.slot);
    const { thread } = run;
    if (thread !== undefined) {
      run.thread = undefined;
      container.threadSupply.ended(thread, true);
    } else if (run.serial) {
      const next = container.serialLine.shift();
      container.serialBusy = next !== undefined;
      if (next !== undefined) this.#begin(next);
    }
  }

  #report(run: Run): void {
    const container = run.container as SimulatedContainer;
    const { invocationId } = run;
    const result = this.#result;
    result.startedMs = run.startedMs;
    result.endedMs = run.endedMs;
    result.cpuMs = run.serial || run.onThread ? run.cpuMs : undefined;
    result.concurrency = run.concurrency;
    result.containerCpuMs = this.#processor.accountMs(container.account);
    run.event = -1;
    container.remove(run);
    this.#release(run);
    this.#opened().listener.invocationEnded(container.id, invocationId, result);
  }

  #release(run: Run): void {
    run.container = undefined;
    this.#freeRuns.push(run);
  }

  #abandon(run: Run): void {
    if (run.work >= 0) this.#processor.abandon(run.work);
    if (run.event >= 0) {
      if (run.stage === 'request') this.#requests.cancel(run.event);
      else if (run.stage === 'response') this.#responses.cancel(run.event);
      else this.#clock.events.cancel(run.event);
    }
    run.work = -1;
    run.event = -1;
    run.thread = undefined;
    this.#release(run);
  }

  #startThread(container: SimulatedContainer): void {
    if (container.gone) return;
    const thread = new SimulatedThread(container, this.#clock.nowMs());
    const { threadStartCpuMs: workMs, threadStartThreads: threads } = this.#costs;
    const start = new SplitWork(this.#processor, () => {
      container.threadStarts.delete(start);
      this.#threadStarted(thread);
    });
    container.threadStarts.add(start);
    start.begin(container.account, { workMs, threads }, container.workClass);
  }

  #threadStarted(thread: SimulatedThread): void {
    const { container } = thread;
    container.threads += 1;
    this.#noteMemory(container);
    container.threadSupply.started(thread, this.#clock.nowMs() - thread.begunMs);
  }

  #noteMemory(container: SimulatedContainer): void {
    const { containerMemoryMb, threadMemoryMb, invocationMemoryMb } = this.#costs;
    const memoryMb = containerMemoryMb + container.threads * threadMemoryMb + container.executing * invocationMemoryMb;
    container.peakMemoryMb = Math.max(container.peakMemoryMb, memoryMb);
    this.#options.memory.memoryChanged(container.id, memoryMb);
  }
}
