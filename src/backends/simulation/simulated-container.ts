import { ThreadSupply, type Clock, type CpuClass, type ResourceCache } from '../../core/index.js';
import { ClientCache, ClientCounts, type Client } from './client-cache.js';
import { CpuAccount, workClass, type WorkClass, type WorkOwner } from './cores.js';
import type { Demand, DemandOf } from './demand.js';
import type { SplitWork } from './split-work.js';

/**
 * What a run does now; `otherClient` is coming as far as a client that another one makes, `yielding` the rest of its work after its
 * service slice.
 */
type Stage = 'request' | 'client' | 'otherClient' | 'clientWait' | 'work' | 'yielding' | 'wait' | 'response';

/** One invocation in its container; the objects are used again. */
export class Run implements WorkOwner {
  readonly slot: number;
  /** Its index among the runs of its container. */
  place = 0;
  container: SimulatedContainer | undefined;
  invocationId = -1;
  resourceKey = '';
  /** The shared client that it uses, from its request for it to its end. */
  client: Client<Run> | undefined = undefined;
  ownsClient = false;
  clientBegunMs = 0;
  stage: Stage = 'request';
  startedMs = 0;
  /** Work on the processor; -1 when it waits or queues. */
  work = -1;
  /** CPU work since its start, in ms. */
  cpuMs = 0;
  /** Of the stretch under way. */
  stretchMs = 0;
  /** The worker thread that it goes back to; undefined on the main thread, and where threads cost nothing. */
  thread: SimulatedThread | undefined;
  serial = false;
  /** Not on the main thread: on a worker thread, or where those cost nothing, on one of its own. */
  onThread = false;
  /** Pending event, or ticket of the delay line that its stage says; -1 when there is none. */
  event = -1;
  endedMs = 0;
  concurrency = 0;
  /** Part of the first stretch that is not the handler's: taking the request; -1 when that has passed. */
  requestCpuMs = 0;
  stretchBegunMs = 0;
  readonly demand: Demand = { firstCpuMs: 0, clientCpuMs: 0, clientServerCpuMs: 0, clientWaitMs: 0, cpuMs: 0, serverCpuMs: 0, waitMs: 0 };

  readonly #onWorkDone: (run: Run) => void;

  constructor(slot: number, onWorkDone: (run: Run) => void) {
    this.slot = slot;
    this.#onWorkDone = onWorkDone;
  }

  workDone(): void {
    this.#onWorkDone(this);
  }

  /** Of its work under way. */
  get workClass(): WorkClass {
    const { workClass: containerClass } = this.container as SimulatedContainer;
    return this.stage === 'yielding' && containerClass === workClass.fair ? workClass.yielding : containerClass;
  }

  /** The clients that it can share: threads share nothing with each other. */
  get clients(): ClientCache<Run> {
    return (this.thread ?? (this.container as SimulatedContainer)).clients;
  }

  /** The stretch of CPU work under way is done. */
  endStretch(nowMs: number): void {
    this.work = -1;
    this.cpuMs += this.stretchMs;
    if (this.requestCpuMs < 0) return;
    // The handler starts when the request has been taken, at the pace of this stretch.
    const share = this.stretchMs === 0 ? 1 : this.requestCpuMs / this.stretchMs;
    this.startedMs = this.stretchBegunMs + share * (nowMs - this.stretchBegunMs);
    this.cpuMs -= this.requestCpuMs;
    this.requestCpuMs = -1;
  }
}

/** A worker thread. */
export class SimulatedThread {
  readonly container: SimulatedContainer;
  readonly clients: ClientCache<Run>;
  readonly begunMs: number;

  constructor(container: SimulatedContainer, begunMs: number) {
    this.container = container;
    this.clients = container.newClients();
    this.begunMs = begunMs;
  }
}

interface ContainerOptions {
  readonly id: number;
  readonly demandOf: DemandOf;
  readonly expandsOnThreads: boolean;
  readonly resourceCache: ResourceCache;
  readonly clock: Clock;
  readonly startThread: (container: SimulatedContainer) => void;
  readonly give: (thread: SimulatedThread, run: Run) => void;
}

/** A container of the simulation: what runs and queues in it. */
export class SimulatedContainer {
  readonly id: number;
  readonly demandOf: DemandOf;
  readonly account = new CpuAccount();
  cpuClass: CpuClass = 'fair';
  ready = false;
  gone = false;
  hasServed = false;
  /** Invocations that execute, those of serial batches that wait in line not counted. */
  executing = 0;
  threads = 0;
  memoryMb = 0;
  peakMemoryMb = 0;
  /** Starts of threads that are under way. */
  readonly threadStarts = new Set<SplitWork>();
  readonly clientCounts = new ClientCounts();
  /** Of the main thread. */
  readonly clients: ClientCache<Run>;
  readonly #resourceCache: ResourceCache;
  /** Runs of serial batches that wait for the one before. */
  readonly serialLine: Run[] = [];
  serialBusy = false;
  /** Stretches of CPU work that wait for the main thread. */
  readonly loopLine: Run[] = [];
  loopRun: Run | undefined;
  /** In no certain order. */
  readonly runs: Run[] = [];
  /** Whether expanded batches go to worker threads. */
  readonly expandsOnThreads: boolean;
  readonly threadSupply: ThreadSupply<SimulatedThread, Run>;

  constructor({ id, demandOf, expandsOnThreads, resourceCache, clock, startThread, give }: ContainerOptions) {
    this.id = id;
    this.#resourceCache = resourceCache;
    this.clients = this.newClients();
    this.demandOf = demandOf;
    this.expandsOnThreads = expandsOnThreads;
    this.threadSupply = new ThreadSupply({ clock, start: () => startThread(this), give });
  }

  newClients(): ClientCache<Run> {
    return new ClientCache(this.#resourceCache, this.clientCounts, this.id);
  }

  add(run: Run): void {
    run.container = this;
    run.place = this.runs.push(run) - 1;
  }

  remove(run: Run): void {
    const last = this.runs.pop() as Run;
    if (last === run) return;
    this.runs[run.place] = last;
    last.place = run.place;
  }

  get workClass(): WorkClass {
    return this.cpuClass === 'fifo' ? workClass.fifo : workClass.fair;
  }
}
