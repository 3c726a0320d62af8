import type { Backend, BackendCell, BackendListener, Batch, Capability, Container, CpuClass, CpuState, ErrorCode, Invocation, InvocationResult, Timer } from '../core/index.js';
import type { FakeClock } from './fake-clock.js';

/** What becomes of an invocation once it runs; `kills` takes its container along, `blocks` leaves it silent for ever. */
export type Ending = InvocationResult['status'] | 'kills' | 'blocks';

/** How containers and functions behave; what is left out is quick and well. Times are in ms. */
export interface FakeBackendOptions {
  readonly cores?: number;
  readonly capabilities?: readonly Capability[];
  launchMs?(container: Container): number;
  /** Lost when it should be ready. */
  failsLaunch?(container: Container): boolean;
  /** Lost this long after it was ready, whatever it does; undefined: never. */
  livesMs?(container: Container): number | undefined;
  /** From its retirement or loss until its last word; 0 unless it is given. */
  endsAfterMs?(container: Container): number;
  /** From dispatch until the batch is inside; batches do not overtake each other. */
  transportMs?(batch: Batch): number;
  executionMs?(invocation: Invocation): number;
  /** CPU time of the handler; undefined: the platform does not tell. */
  cpuMs?(invocation: Invocation): number | undefined;
  /** CPU time of the container so far, when a result is told; undefined: the platform does not tell. */
  containerCpuMs?(container: Container): number | undefined;
  responseMs?(invocation: Invocation): number;
  endingOf?(invocation: Invocation): Ending;
  /** How far the container's clock is ahead. */
  skewMs?(container: Container): number;
  /** Every result is told once more this long after the first time, even when its container is gone; undefined: once. */
  repeatsAfterMs?(invocation: Invocation): number | undefined;
  readonly lossCode?: ErrorCode;
  /** What `cpuState` says of a container, with capability `cpu-class`; without it: runnable while something executes in it. */
  cpuStateOf?(container: Container): CpuState;
}

export type BackendAction =
  | { readonly kind: 'launch'; readonly atMs: number; readonly containerId: number; readonly functionId: string }
  | { readonly kind: 'dispatch'; readonly atMs: number; readonly containerId: number; readonly batchId: number; readonly mode: Batch['mode']; readonly invocationIds: readonly number[] }
  | { readonly kind: 'retire'; readonly atMs: number; readonly containerId: number }
  | { readonly kind: 'setCpuClass'; readonly atMs: number; readonly containerId: number; readonly cpuClass: CpuClass };

/** One line an action, to compare with what a test spells out. */
export function describeAction(action: BackendAction): string {
  const head = `${action.atMs}: ${action.kind} c${action.containerId}`;
  if (action.kind === 'launch') return `${head} ${action.functionId}`;
  if (action.kind === 'dispatch') return `${head} ${action.mode} ${action.invocationIds.join(',')}`;
  return action.kind === 'setCpuClass' ? `${head} ${action.cpuClass}` : head;
}

interface FakeContainer {
  readonly container: Container;
  state: 'starting' | 'ready' | 'gone';
  silent: boolean;
  readonly timers: Set<Timer>;
  readonly running: Map<number, Invocation>;
  lastArrivalMs: number;
  /** Handlers that run. */
  executing: number;
  readonly serialLane: Invocation[];
  serialBusy: boolean;
}

/** Containers that exist only on a fake clock. It calls its listener from timers alone, and takes down what the engine does wrong. */
export class FakeBackend implements Backend {
  readonly name = 'fake';
  readonly cores: number;
  readonly capabilities: ReadonlySet<Capability>;
  readonly actions: BackendAction[] = [];
  /** What the engine must not do to a backend and did. */
  readonly complaints: string[] = [];
  readonly setCpuClass?: (container: Container, cpuClass: CpuClass) => void;
  readonly cpuState?: (container: Container) => CpuState;

  readonly #clock: FakeClock;
  readonly #options: FakeBackendOptions;
  readonly #containers = new Map<number, FakeContainer>();
  #listener: BackendListener | undefined;
  #held = 0;
  #mostHeld = 0;

  constructor(clock: FakeClock, options: FakeBackendOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.cores = options.cores ?? 2;
    this.capabilities = new Set(options.capabilities);
    if (this.capabilities.has('cpu-class')) {
      this.setCpuClass = (container, cpuClass) => this.actions.push({ kind: 'setCpuClass', atMs: clock.nowMs(), containerId: container.id, cpuClass });
      this.cpuState = (container) => options.cpuStateOf?.(container) ?? ((this.#containers.get(container.id)?.executing ?? 0) > 0 ? 'runnable' : 'sleeping');
    }
  }

  /** The most containers at a time, each from its launch to its last word. */
  get mostHeld(): number {
    return this.#mostHeld;
  }

  async open(cell: BackendCell): Promise<void> {
    this.listenTo(cell.listener);
  }

  /** What `open` does, for tests that do not wait. */
  listenTo(listener: BackendListener): void {
    this.#listener = listener;
  }

  launch(container: Container): void {
    this.actions.push({ kind: 'launch', atMs: this.#clock.nowMs(), containerId: container.id, functionId: container.functionId });
    if (this.#containers.has(container.id)) this.complaints.push(`container ${container.id} was launched twice`);
    const fake: FakeContainer = {
      container,
      state: 'starting',
      silent: false,
      timers: new Set(),
      running: new Map(),
      lastArrivalMs: 0,
      executing: 0,
      serialLane: [],
      serialBusy: false,
    };
    this.#containers.set(container.id, fake);
    this.#held += 1;
    this.#mostHeld = Math.max(this.#mostHeld, this.#held);
    this.#after(fake, this.#options.launchMs?.(container) ?? 100, () => {
      if (this.#options.failsLaunch?.(container) === true) this.lose(container.id);
      else this.#becomeReady(fake);
    });
  }

  dispatch(container: Container, batch: Batch): void {
    const invocationIds = batch.invocations.map(({ id }) => id);
    this.actions.push({ kind: 'dispatch', atMs: this.#clock.nowMs(), containerId: container.id, batchId: batch.id, mode: batch.mode, invocationIds });
    const fake = this.#containers.get(container.id);
    if (fake?.state !== 'ready') {
      this.complaints.push(`batch ${batch.id} was dispatched to container ${container.id}, which is ${fake?.state ?? 'unknown'}`);
      return;
    }
    if (batch.invocations.length === 0) this.complaints.push(`batch ${batch.id} is empty`);
    for (const invocation of batch.invocations) {
      if (invocation.functionId !== container.functionId) this.complaints.push(`invocation ${invocation.id} was dispatched to a container of another function`);
      if (this.#isRunning(invocation.id)) this.complaints.push(`invocation ${invocation.id} was dispatched while it runs`);
      fake.running.set(invocation.id, invocation);
    }
    if (fake.running.size > 1 && [...fake.running.values()].some(({ attempt }) => attempt > 1)) {
      this.complaints.push(`in container ${container.id} a second attempt shares with others: ${[...fake.running.keys()].join(', ')}`);
    }
    fake.lastArrivalMs = Math.max(fake.lastArrivalMs, this.#clock.nowMs() + (this.#options.transportMs?.(batch) ?? 0));
    this.#after(fake, fake.lastArrivalMs - this.#clock.nowMs(), () => {
      if (batch.mode === 'expanded') {
        for (const invocation of batch.invocations) this.#execute(fake, invocation, () => undefined);
      } else {
        fake.serialLane.push(...batch.invocations);
        this.#advanceSerialLane(fake);
      }
    });
  }

  retire(container: Container): void {
    this.actions.push({ kind: 'retire', atMs: this.#clock.nowMs(), containerId: container.id });
    const fake = this.#containers.get(container.id);
    if (fake === undefined || fake.state === 'gone') {
      this.complaints.push(`container ${container.id} was retired, which is ${fake?.state ?? 'unknown'}`);
      return;
    }
    this.#end(fake);
  }

  async close(): Promise<void> {
    await Promise.resolve();
    for (const fake of this.#containers.values()) if (fake.state !== 'gone') this.#end(fake);
  }

  /** The container dies now. Not to be called from inside a scheduler's hook: a backend never reports from inside its own methods. */
  lose(containerId: number, code: ErrorCode = this.#options.lossCode ?? 'FBB_ERR_CONTAINER_LOST', reason = 'it was told to die'): void {
    const fake = this.#containers.get(containerId);
    if (fake === undefined || fake.state === 'gone') return;
    this.#end(fake);
    this.#listener?.containerLost(containerId, code, reason);
  }

  loseAt(atMs: number, containerId: number): void {
    this.#clock.ownedBy('backend').setTimer(atMs - this.#clock.nowMs(), () => this.lose(containerId));
  }

  #becomeReady(fake: FakeContainer): void {
    fake.state = 'ready';
    const livesMs = this.#options.livesMs?.(fake.container);
    if (livesMs !== undefined) this.#after(fake, livesMs, () => this.lose(fake.container.id));
    this.#listener?.containerReady(fake.container.id);
  }

  #advanceSerialLane(fake: FakeContainer): void {
    if (fake.serialBusy) return;
    const next = fake.serialLane.shift();
    if (next === undefined) return;
    fake.serialBusy = true;
    this.#execute(fake, next, () => {
      fake.serialBusy = false;
      this.#advanceSerialLane(fake);
    });
  }

  #execute(fake: FakeContainer, invocation: Invocation, whenHandlerEnded: () => void): void {
    const ending = this.#options.endingOf?.(invocation) ?? 'completed';
    const startedMs = this.#clock.nowMs();
    fake.executing += 1;
    if (ending === 'blocks') {
      fake.silent = true;
      return;
    }
    this.#after(fake, this.#options.executionMs?.(invocation) ?? 10, () => {
      if (fake.silent) return;
      fake.executing -= 1;
      if (ending === 'kills') {
        this.lose(fake.container.id);
        return;
      }
      const skewMs = this.#options.skewMs?.(fake.container) ?? 0;
      const result: InvocationResult = {
        status: ending,
        errorCode: ending === 'completed' ? undefined : ending === 'timedOut' ? 'FBB_ERR_FUNCTION_TIMEOUT' : 'FBB_ERR_FUNCTION_THREW',
        startedMs: startedMs + skewMs,
        endedMs: this.#clock.nowMs() + skewMs,
        cpuMs: this.#options.cpuMs?.(invocation),
        concurrency: fake.executing + 1,
        containerCpuMs: this.#options.containerCpuMs?.(fake.container),
      };
      this.#after(fake, this.#options.responseMs?.(invocation) ?? 0, () => this.#report(fake, invocation, result));
      whenHandlerEnded();
    });
  }

  #report(fake: FakeContainer, invocation: Invocation, result: InvocationResult): void {
    fake.running.delete(invocation.id);
    const containerId = fake.container.id;
    const repeatsAfterMs = this.#options.repeatsAfterMs?.(invocation);
    if (repeatsAfterMs !== undefined) {
      // Not a timer of the container: this one must come even when the container is gone.
      this.#clock.ownedBy('backend').setTimer(repeatsAfterMs, () => this.#listener?.invocationEnded(containerId, invocation.id, result));
    }
    this.#listener?.invocationEnded(containerId, invocation.id, result);
  }

  #end(fake: FakeContainer): void {
    fake.state = 'gone';
    for (const timer of fake.timers) timer.cancel();
    fake.timers.clear();
    fake.running.clear();
    fake.executing = 0;
    this.#clock.ownedBy('backend').setTimer(this.#options.endsAfterMs?.(fake.container) ?? 0, () => {
      this.#held -= 1;
      this.#listener?.containerEnded(fake.container.id, { cpuMs: 1, peakMemoryMb: 1 });
    });
  }

  #isRunning(invocationId: number): boolean {
    for (const { running } of this.#containers.values()) if (running.has(invocationId)) return true;
    return false;
  }

  #after(fake: FakeContainer, delayMs: number, callback: () => void): void {
    const timer = this.#clock.ownedBy('backend').setTimer(delayMs, () => {
      fake.timers.delete(timer);
      callback();
    });
    fake.timers.add(timer);
  }
}
