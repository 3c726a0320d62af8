import type { Batch, InvocationResult, ResourceCache } from '../../core/index.js';
import type { Client } from './client-cache.js';
import type { Cores } from './cores.js';
import { DelayLine } from './delay-line.js';
import type { EventHandler } from './event-queue.js';
import type { HostCosts } from './host-costs.js';
import type { HostMemory } from './host-memory.js';
import { Run, SimulatedThread, type SimulatedContainer } from './simulated-container.js';
import { Server } from './server.js';
import { SplitWork } from './split-work.js';
import type { VirtualClock } from './virtual-clock.js';

/** The result that is handed out is always the same object: the engine copies what it keeps. */
type MutableResult = { -readonly [Key in keyof InvocationResult]: InvocationResult[Key] };

/** What invocations need to know of their cell. */
interface ExecutionCell {
  readonly inputOf: (invocationId: number) => unknown;
  readonly resourceCache: ResourceCache;
  readonly serviceSliceMs?: number | undefined;
  invocationEnded(containerId: number, invocationId: number, result: InvocationResult): void;
}

interface ExecutionOptions {
  readonly clock: VirtualClock;
  readonly costs: HostCosts;
  readonly cores: Cores;
  readonly memory: HostMemory;
  readonly cell: ExecutionCell;
}

/** What happens to invocations in their containers: one after another, on the event loop, or on threads, as in the runtime of real containers. */
export class Execution implements EventHandler {
  readonly #clock: VirtualClock;
  readonly #costs: HostCosts;
  readonly #cores: Cores;
  readonly #memory: HostMemory;
  readonly #cell: ExecutionCell;
  readonly #runs: Run[] = [];
  readonly #freeRuns: Run[] = [];
  readonly #requests: DelayLine;
  readonly #responses: DelayLine;
  readonly #server: Server;
  readonly #result: MutableResult = { status: 'completed', errorCode: undefined, startedMs: 0, endedMs: 0, cpuMs: undefined };

  constructor({ clock, costs, cores, memory, cell }: ExecutionOptions) {
    this.#clock = clock;
    this.#costs = costs;
    this.#cores = cores;
    this.#memory = memory;
    this.#cell = cell;
    this.#server = new Server(cores);
    this.#requests = new DelayLine(clock, costs.requestMs, { fire: (slot) => this.#arrive(this.#runs[slot] as Run) });
    this.#responses = new DelayLine(clock, costs.responseMs, { fire: (slot) => this.#report(this.#runs[slot] as Run) });
  }

  /** Sends a batch to a container. */
  dispatch(container: SimulatedContainer, batch: Batch): void {
    const onThread = batch.mode === 'expanded' && container.expandsOnThreads;
    for (const invocation of batch.invocations) {
      const run = this.#freeRuns.pop() ?? this.#newRun();
      run.invocationId = invocation.id;
      run.resourceKey = invocation.resourceKey ?? '';
      run.stage = 'request';
      run.serial = batch.mode === 'serial';
      run.onThread = onThread;
      run.cpuMs = 0;
      container.add(run);
      run.event = this.#requests.add(run.slot);
    }
  }

  /** Gives up everything that a container had under way. */
  abandon(container: SimulatedContainer): void {
    for (const run of container.runs) this.#abandon(run);
    container.runs.length = 0;
    for (const start of container.threadStarts) start.abandon();
    container.threadStarts.clear();
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
    if (stage === 'client') this.#callServer(run, 'clientWait', demand.clientServerCpuMs);
    else if (stage === 'otherClient') this.#awaitClient(run);
    else if (stage === 'work' && demand.cpuMs > 0) {
      // The rest of its work, after its service slice.
      this.#compute(run, 'yielding', demand.cpuMs);
      demand.cpuMs = 0;
    } else this.#callServer(run, 'wait', demand.serverCpuMs);
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
        this.begin(run);
      }
    } else if (run.onThread && this.#costs.threadStartCpuMs > 0) container.threadSupply.add(run);
    else this.begin(run);
  }

  /** `thread`: the worker thread that it was given. */
  begin(run: Run, thread?: SimulatedThread): void {
    run.thread = thread;
    const container = run.container as SimulatedContainer;
    const { demand } = run;
    const { requestCpuMs, firstRequestCpuMs } = this.#costs;
    container.demandOf(this.#cell.inputOf(run.invocationId), demand);
    run.requestCpuMs = requestCpuMs;
    if (!container.hasServed) {
      container.hasServed = true;
      run.requestCpuMs += firstRequestCpuMs;
      if (demand.clientCpuMs > 0) demand.clientCpuMs += demand.firstCpuMs;
      else demand.cpuMs += demand.firstCpuMs;
    }
    container.executing += 1;
    this.#memory.settle(container);
    if (demand.clientCpuMs + demand.clientServerCpuMs + demand.clientWaitMs > 0) this.#getClient(run);
    else this.#work(run);
  }

  #getClient(run: Run): void {
    // A thread that costs nothing is new each time, and has no client.
    const shares = this.#cell.resourceCache.policy !== 'off' && (run.thread !== undefined || !run.onThread);
    const found = run.clients.request(run, shares, this.#clock.nowMs());
    if (found === 'made') this.#work(run);
    // It has started, and waits in its handler.
    else if (found === 'joined') this.#compute(run, 'otherClient', 0);
    else this.#compute(run, 'client', run.demand.clientCpuMs);
  }

  #awaitClient(run: Run): void {
    const client = run.client as Client<Run>;
    if (client.made) this.#work(run);
    else client.waiting.push(run);
  }

  #clientMade(run: Run): void {
    const waiting = run.clients.made(run, this.#clock.nowMs());
    this.#work(run);
    for (const other of waiting) this.#work(other);
  }

  #work(run: Run): void {
    const { demand } = run;
    const sliceMs = !run.onThread ? Number.POSITIVE_INFINITY : (this.#cell.serviceSliceMs ?? Number.POSITIVE_INFINITY);
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
    run.work = this.#cores.begin(container.account, run.stretchMs, run.workClass, run);
  }

  #loopFree(container: SimulatedContainer): void {
    const next = container.loopLine.shift();
    container.loopRun = next;
    if (next !== undefined) this.#onCore(next, container);
  }

  #callServer(run: Run, stage: 'clientWait' | 'wait', workMs: number): void {
    run.stage = stage;
    if (workMs === 0) {
      this.#wait(run);
      return;
    }
    // The object may be another invocation's by then.
    const { invocationId, container } = run;
    this.#server.serve(workMs, () => {
      if (run.invocationId === invocationId && run.container === container && container?.gone === false) this.#wait(run);
    });
  }

  #wait(run: Run): void {
    const { stage, demand } = run;
    const waitMs = stage === 'clientWait' ? demand.clientWaitMs : demand.waitMs;
    if (waitMs > 0) run.event = this.#clock.schedule(waitMs, this, run.slot);
    else if (stage === 'wait') this.#handlerEnded(run);
    else this.#clientMade(run);
  }

  #handlerEnded(run: Run): void {
    const container = run.container as SimulatedContainer;
    run.endedMs = this.#clock.nowMs();
    run.concurrency = container.executing;
    container.executing -= 1;
    run.clients.ended(run);
    this.#memory.settle(container);
    run.stage = 'response';
    run.event = this.#responses.add(run.slot);
    const { thread } = run;
    if (thread !== undefined) {
      run.thread = undefined;
      container.threadSupply.ended(thread, true);
    } else if (run.serial) {
      const next = container.serialLine.shift();
      container.serialBusy = next !== undefined;
      if (next !== undefined) this.begin(next);
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
    result.containerCpuMs = this.#cores.accountMs(container.account);
    run.event = -1;
    container.remove(run);
    this.#release(run);
    this.#cell.invocationEnded(container.id, invocationId, result);
  }

  #release(run: Run): void {
    run.container = undefined;
    this.#freeRuns.push(run);
  }

  #abandon(run: Run): void {
    if (run.work >= 0) this.#cores.abandon(run.work);
    if (run.event >= 0) {
      if (run.stage === 'request') this.#requests.cancel(run.event);
      else if (run.stage === 'response') this.#responses.cancel(run.event);
      else this.#clock.events.cancel(run.event);
    }
    run.work = -1;
    run.event = -1;
    run.thread = undefined;
    run.client = undefined;
    run.ownsClient = false;
    this.#release(run);
  }

  startThread(container: SimulatedContainer): void {
    if (container.gone) return;
    const thread = new SimulatedThread(container, this.#clock.nowMs());
    const { threadStartCpuMs: workMs, threadStartThreads: threads } = this.#costs;
    const start = new SplitWork(this.#cores, () => {
      container.threadStarts.delete(start);
      this.#threadStarted(thread);
    });
    container.threadStarts.add(start);
    start.begin(container.account, { workMs, threads }, container.workClass);
  }

  #threadStarted(thread: SimulatedThread): void {
    const { container } = thread;
    container.threads += 1;
    this.#memory.settle(container);
    container.threadSupply.started(thread, this.#clock.nowMs() - thread.begunMs);
  }
}
