import {
  cpuClasses,
  executionModes,
  FbbError,
  type Backend,
  type BackendListener,
  type Clock,
  type Container,
  type ContainerUsage,
  type CpuClass,
  type CpuState,
  type DurationHistory,
  type ErrorCode,
  type ExecutionMode,
  type Invocation,
  type InvocationResult,
  type OutcomeStatus,
  type PoolView,
  type Recorder,
  type SchedulerContext,
  type Timer,
} from '../core/index.js';
import { CellWatch } from './cell-watch.js';
import { ContainerCap, type CapCounts } from './container-cap.js';
import type { EngineCounts, EngineOptions } from './engine-options.js';
import { KeepAlive } from './keep-alive.js';
import { ContainerRecord, InvocationRecord, isInvocationRecord, OpenInvocations, Pool, removeFrom, type PendingBatch } from './records.js';
import { planRecovery } from './recovery.js';
import { SchedulerHooks } from './scheduler-hooks.js';
import { SchedulerTimers } from './scheduler-timers.js';

/** A container has this long beyond a function's timeout to say something before it is given up. */
const silenceGraceMs = 2_000;
const maxConsecutiveLaunchFailures = 5;
const maxProblemLines = 100;

/**
 * The mechanism under a scheduler: owns the containers and the time line of every invocation, checks each action, hands batches to
 * the backend, keeps containers alive, and sees to it that every invocation ends exactly once.
 */
export class Engine implements SchedulerContext, BackendListener {
  readonly cores: number;
  readonly maxContainers: number | undefined;
  /** What happened that a reader of the results must know, one line each; the first hundred. */
  readonly problems: string[] = [];

  #problemsLeftOut = 0;
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #backend: Backend;
  readonly #hooks: SchedulerHooks;
  readonly #recorder: Recorder;
  readonly #pools = new Map<string, Pool>();
  /** By id; undefined once it has left. */
  readonly #containers: (ContainerRecord | undefined)[] = [];
  readonly #keepAlive: KeepAlive;
  readonly #cap: ContainerCap | undefined;
  readonly #watch: CellWatch;
  readonly #schedulerTimers: SchedulerTimers;
  /** Live records; an invocation leaves when it ends, so a long run stays small. */
  readonly #open = new OpenInvocations();

  #arrived = 0;
  #ended = 0;
  #retried = 0;
  #waiting = 0;
  #nextContainerId = 0;
  /** Handed to the backend. */
  #launched = 0;
  #live = 0;
  #peakLive = 0;
  #starting = 0;
  #dispatched = 0;
  #nextBatchId = 0;
  #nextDispatch = 0;
  #launchFailures = 0;
  #lastProgressMs = 0;
  #arrivalsDone = false;
  #finished = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#backend = options.backend;
    this.#hooks = new SchedulerHooks({ scheduler: options.scheduler, schedulerName: options.schedulerName, context: this, watch: options.hookWatch, fail: (error) => this.fail(error) });
    this.#recorder = options.recorder;
    this.cores = options.backend.cores;
    this.maxContainers = options.maxContainers;
    this.#schedulerTimers = new SchedulerTimers({
      clock: options.clock,
      progress: () => this.#arrived + this.#ended + this.#nextContainerId + this.#nextBatchId,
      refuse: (what) => this.#badAction('setTimer', what),
      call: (callback) => this.#hooks.timer(callback),
    });
    this.#keepAlive = new KeepAlive({ clock: options.clock, keepAliveMs: options.keepAliveMs, retire: (container) => this.#retireRecord(container) });
    this.#cap = options.maxContainers === undefined ? undefined : this.#createCap(options.maxContainers);
    this.#watch = this.#createWatch();
  }

  get nowMs(): number {
    return this.#clock.nowMs();
  }

  get counts(): EngineCounts {
    return { arrived: this.#arrived, ended: this.#ended, retried: this.#retried, launched: this.#launched, peakContainers: this.#peakLive, problemsLeftOut: this.#problemsLeftOut };
  }

  /** Undefined without `maxContainers`. */
  get cap(): CapCounts | undefined {
    return this.#cap?.counts;
  }

  /** An invocation of the workload has arrived. Ids are unique within a cell. `resourceKey`: see `Invocation`. */
  submit(id: number, functionId: string, intendedMs: number, resourceKey?: string): void {
    if (this.#finished) return;
    const record = new InvocationRecord(id, functionId, intendedMs, this.#clock.nowMs());
    record.resourceKey = resourceKey;
    this.#arrived += 1;
    this.#waiting += 1;
    this.#open.add(record);
    this.#lastProgressMs = record.submittedMs;
    this.#watch.begin();
    this.#hookArrival(record);
  }

  /** No `submit` follows; the cell finishes when everything that arrived has ended. */
  arrivalsDone(): void {
    this.#arrivalsDone = true;
    this.#finishIfDone();
  }

  /** Ends the cell early: what has not ended is rejected with the error's code. */
  fail(error: FbbError): void {
    if (this.#finished) return;
    for (const record of this.#open.all()) this.#endRecord(record, 'rejected', error.code);
    this.#finish(error);
  }

  // What a scheduler may do.

  setTimer(delayMs: number, callback: () => void): Timer {
    this.#checkRunning();
    return this.#schedulerTimers.set(delayMs, callback);
  }

  pool(functionId: string): PoolView {
    return this.#pool(functionId);
  }

  history(functionId: string): DurationHistory {
    return this.#pool(functionId).history;
  }

  launch(functionId: string): Container {
    this.#checkRunning();
    if (!this.#options.functions.has(functionId)) throw this.#badAction('launch', `the workload has no function '${functionId}'`);
    const pool = this.#pool(functionId);
    const container = new ContainerRecord(this.#nextContainerId++, functionId, this.#clock.nowMs(), pool);
    this.#containers[container.id] = container;
    pool.starting.push(container);
    if (this.#cap === undefined) this.#handOver(container);
    else this.#cap.launch(container);
    return container;
  }

  assign(target: Container, invocations: readonly Invocation[], mode: ExecutionMode): void {
    const given: unknown = invocations;
    if (!Array.isArray(given)) throw this.#badAction('assign', 'invocations must be an array');
    const container = this.#checkContainer('assign', target, invocations);
    this.#checkOneOf('assign', executionModes, mode);
    if (invocations.length === 0) throw this.#badAction('assign', `container ${container.id} was given an empty batch`);
    const nowMs = this.#clock.nowMs();
    const records: InvocationRecord[] = [];
    let alone = false;
    for (const invocation of invocations) {
      const record = this.#checkInvocation(container, invocation);
      record.state = 'assigned';
      record.containerId = container.id;
      if (record.attempt > 1) alone = true;
      records.push(record);
    }
    this.#waiting -= records.length;
    this.#lastProgressMs = nowMs;
    container.inFlight += records.length;
    container.batches += 1;
    if (container.state === 'idle') {
      const { pool } = container;
      removeFrom(pool.idle, container);
      pool.busy.push(container);
      container.state = 'busy';
    }
    const cold = container.served === 0;
    if (alone) {
      for (const record of records) this.#post(container, { id: this.#nextBatchId++, mode, invocations: [record], alone: record.attempt > 1, cold });
    } else {
      this.#post(container, { id: this.#nextBatchId++, mode, invocations: records, alone: false, cold });
    }
  }

  retire(target: Container): void {
    const container = this.#checkContainer('retire', target);
    if (container.inFlight > 0) throw this.#badAction('retire', `container ${container.id} still has ${container.inFlight} invocations`);
    this.#retireRecord(container);
  }

  setCpuClass(target: Container, cpuClass: CpuClass): void {
    const container = this.#checkContainer('setCpuClass', target);
    this.#checkOneOf('setCpuClass', cpuClasses, cpuClass);
    if (this.#backend.setCpuClass === undefined) throw this.#badAction('setCpuClass', `backend '${this.#backend.name}' has no cpu-class`);
    if (container.waits) container.wantedClass = cpuClass;
    else this.#backend.setCpuClass(container, cpuClass);
  }

  cpuState(target: Container): CpuState {
    this.#checkRunning();
    if (this.#backend.cpuState === undefined) throw this.#badAction('cpuState', `backend '${this.#backend.name}' has no cpu-class`);
    const container = this.#containers[target.id];
    return container === target && !container.waits ? this.#backend.cpuState(target) : 'sleeping';
  }

  // What the backend tells.

  containerReady(containerId: number): void {
    const container = this.#containers[containerId];
    if (container?.state !== 'starting' || this.#finished) return;
    const nowMs = this.#clock.nowMs();
    container.readyMs = nowMs;
    this.#starting -= 1;
    this.#launchFailures = 0;
    this.#lastProgressMs = nowMs;
    const { pool } = container;
    pool.history.recordColdStart(nowMs - container.launchedMs);
    removeFrom(pool.starting, container);
    if (container.inFlight > 0) {
      container.state = 'busy';
      pool.busy.push(container);
      this.#flush(container);
    } else {
      this.#becomeIdle(container);
    }
    this.#hook('onContainerReady', container);
  }

  invocationEnded(containerId: number, invocationId: number, result: InvocationResult): void {
    const container = this.#containers[containerId];
    const record = this.#open.get(invocationId);
    if (container === undefined || record?.containerId !== containerId || record.dispatchOrder < 0 || this.#finished) return;
    const nowMs = this.#clock.nowMs();
    container.running -= 1;
    container.inFlight -= 1;
    container.served += 1;
    container.runningAlone = false;
    container.lastSignMs = nowMs;
    this.#dispatched -= 1;
    this.#lastProgressMs = nowMs;
    record.cpuMs = result.cpuMs;
    record.concurrency = result.concurrency;
    record.containerCpuMs = result.containerCpuMs;
    this.#place(record, result, nowMs);
    if (result.status === 'completed') container.pool.history.recordExecution(record.executionMs);
    else this.#problem(`invocation ${record.id} of '${record.functionId}' ${result.status}: ${result.errorCode ?? 'no code'}${result.message === undefined ? '' : ` (${result.message})`}`);
    this.#endRecord(record, result.status, result.errorCode);
    if (container.inFlight === 0) {
      removeFrom(container.pool.busy, container);
      this.#becomeIdle(container);
    } else if (container.outbox.length > 0) {
      this.#flush(container);
    }
    this.#hooks.outcome(record, container);
    if (container.state === 'idle') this.#hook('onContainerIdle', container);
    this.#finishIfDone();
  }

  containerLost(containerId: number, code: ErrorCode, reason: string): void {
    const container = this.#containers[containerId];
    if (container === undefined || this.#finished) return;
    this.#loseContainer(container, code, reason);
  }

  containerEnded(containerId: number, usage: ContainerUsage): void {
    this.#recorder.containerUsage(containerId, usage);
    this.#cap?.placeFreed();
  }

  backendFailed(code: ErrorCode, reason: string): void {
    this.fail(new FbbError(code, reason));
  }

  // Mechanism.

  #pool(functionId: string): Pool {
    let pool = this.#pools.get(functionId);
    if (pool === undefined) {
      pool = new Pool((this.#options.functions.get(functionId)?.timeoutMs ?? 0) + silenceGraceMs);
      this.#pools.set(functionId, pool);
    }
    return pool;
  }

  #createCap(max: number): ContainerCap {
    return new ContainerCap({
      clock: this.#clock,
      max,
      pools: this.#pools,
      inService: () => this.#live,
      batches: () => this.#nextBatchId,
      launch: (container) => {
        this.#handOver(container);
        if (container.wantedClass !== undefined) this.#backend.setCpuClass?.(container, container.wantedClass);
      },
      retire: (container) => this.#retireRecord(container),
      endedUnused: (inARow) => this.#watch.endedUnused(inARow),
    });
  }

  #createWatch(): CellWatch {
    const { clock, schedulerName, stallTimeoutMs } = this.#options;
    return new CellWatch({
      clock,
      schedulerName,
      stallTimeoutMs,
      pools: this.#pools,
      cap: this.#cap,
      standing: () => ({ open: this.#open.size, waiting: this.#waiting, starting: this.#starting, dispatched: this.#dispatched, schedulerTimers: this.#schedulerTimers.size, lastProgressMs: this.#lastProgressMs }),
      giveUp: (container, silentMs) => {
        this.#backend.retire(container);
        this.#loseContainer(container, 'FBB_ERR_CONTAINER_UNRESPONSIVE', `no sign of life for ${Math.round(silentMs)} ms`);
      },
      fail: (error) => this.fail(error),
    });
  }

  #handOver(container: ContainerRecord): void {
    this.#launched += 1;
    this.#live += 1;
    this.#starting += 1;
    this.#peakLive = Math.max(this.#peakLive, this.#live);
    this.#recorder.containerLaunched(container);
    this.#backend.launch(container);
  }

  #post(container: ContainerRecord, batch: PendingBatch): void {
    for (const record of batch.invocations) record.batchId = batch.id;
    if (container.state === 'busy' && container.outbox.length === 0 && !container.runningAlone && !batch.alone) {
      this.#dispatch(container, batch);
    } else {
      container.outbox.push(batch);
      if (container.state === 'busy') this.#flush(container);
    }
  }

  /** Hands over what may go now. A batch that must be alone waits for the container to empty, and everything behind it waits too. */
  #flush(container: ContainerRecord): void {
    while (container.outbox.length > 0 && !container.runningAlone) {
      const batch = container.outbox[0] as PendingBatch;
      if (batch.alone && container.running > 0) return;
      container.outbox.shift();
      container.runningAlone = batch.alone;
      this.#dispatch(container, batch);
    }
  }

  #dispatch(container: ContainerRecord, batch: PendingBatch): void {
    const nowMs = this.#clock.nowMs();
    const serial = batch.mode === 'serial';
    if (container.running === 0) this.#watch.heard(container, nowMs);
    for (const record of batch.invocations) {
      record.dispatchedMs = nowMs;
      record.coldStartMs = batch.cold ? Math.max(0, container.readyMs - Math.max(container.launchedMs, record.submittedMs)) : 0;
      record.serial = serial;
      record.dispatchOrder = this.#nextDispatch++;
    }
    container.running += batch.invocations.length;
    this.#dispatched += batch.invocations.length;
    this.#backend.dispatch(container, batch);
  }

  /** Puts the container's own instants on the time line, in order even if the two clocks disagree by a little. */
  #place(record: InvocationRecord, result: InvocationResult, nowMs: number): void {
    record.startedMs = Math.min(Math.max(result.startedMs, record.dispatchedMs), nowMs);
    record.handlerEndedMs = Math.min(Math.max(result.endedMs, record.startedMs), nowMs);
  }

  #endRecord(record: InvocationRecord, status: OutcomeStatus, errorCode: string | undefined): void {
    if (record.state === 'waiting') this.#waiting -= 1;
    record.end(status, errorCode, this.#clock.nowMs());
    this.#open.remove(record);
    this.#ended += 1;
    this.#recorder.invocationEnded(record);
  }

  #becomeIdle(container: ContainerRecord): void {
    container.state = 'idle';
    container.idleSinceMs = this.#clock.nowMs();
    const { idle } = container.pool;
    idle.push(container);
    this.#keepAlive.watch(container.pool);
    this.#cap?.makeRoom();
  }

  #retireRecord(container: ContainerRecord): void {
    if (container.waits) {
      this.#withdraw(container);
      return;
    }
    this.#leave(container, 'retired');
    // A place is on its way.
    if (this.#cap?.waitingSinceMs !== undefined) this.#lastProgressMs = this.#clock.nowMs();
    this.#backend.retire(container);
  }

  /** Its launch waits: neither backend nor recorder know it. */
  #withdraw(container: ContainerRecord): void {
    this.#cap?.withdraw(container);
    removeFrom(container.pool.starting, container);
    container.state = 'retired';
    this.#containers[container.id] = undefined;
  }

  /** Takes a container out of service, whatever it was doing. */
  #leave(container: ContainerRecord, state: 'retired' | 'lost'): void {
    const { pool } = container;
    if (container.state === 'starting') {
      removeFrom(pool.starting, container);
      this.#starting -= 1;
    } else if (container.state === 'idle') removeFrom(pool.idle, container);
    else removeFrom(pool.busy, container);
    container.state = state;
    this.#live -= 1;
    this.#containers[container.id] = undefined;
    this.#recorder.containerLeft(container, this.#clock.nowMs());
  }

  #loseContainer(container: ContainerRecord, code: ErrorCode, reason: string): void {
    const wasStarting = container.state === 'starting';
    this.#leave(container, 'lost');
    this.#lastProgressMs = this.#clock.nowMs();
    this.#problem(`container ${container.id} of '${container.functionId}' lost: ${reason} (${code})`);
    if (wasStarting) this.#launchFailures += 1;
    if (this.#launchFailures >= maxConsecutiveLaunchFailures) {
      this.fail(new FbbError('FBB_ERR_CONTAINER_LAUNCH', `${this.#launchFailures} containers in a row did not start; the last: ${reason}`));
      return;
    }
    this.#dispatched -= container.running;
    const { givenUp, retried, innocent } = planRecovery(this.#open.runningIn(container.id), container.outbox, this.#options.maxAttempts);
    const silent = code === 'FBB_ERR_CONTAINER_UNRESPONSIVE';
    for (const record of givenUp) {
      const [status, errorCode] = silent ? (['timedOut', 'FBB_ERR_FUNCTION_TIMEOUT'] as const) : (['failed', code] as const);
      this.#problem(`invocation ${record.id} of '${record.functionId}' ${status} at attempt ${record.attempt}: ${errorCode}`);
      this.#endRecord(record, status, errorCode);
    }
    for (const record of retried) record.attempt += 1;
    this.#retried += retried.length;
    const comingBack = [...retried, ...innocent].sort((a, b) => a.id - b.id);
    for (const record of comingBack) record.reset();
    this.#waiting += comingBack.length;
    this.#hook('onContainerLost', container);
    for (const record of comingBack) this.#hookArrival(record);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#arrivalsDone && !this.#finished && this.#ended === this.#arrived) this.#finish(undefined);
  }

  #finish(error: FbbError | undefined): void {
    this.#finished = true;
    this.#watch.end();
    this.#keepAlive.cancel();
    this.#cap?.close();
    this.#schedulerTimers.cancelAll();
    this.#options.onFinished(error);
  }

  #hookArrival(record: InvocationRecord): void {
    if (!this.#finished) this.#hooks.arrival(record);
  }

  #hook(name: 'onContainerReady' | 'onContainerIdle' | 'onContainerLost', container: ContainerRecord): void {
    if (!this.#finished) this.#hooks.container(name, container);
  }

  /** A scheduler that swallowed the error that ended its cell gets it again from whatever it does next. */
  #checkRunning(): void {
    if (this.#finished) throw new FbbError('FBB_ERR_SCHEDULER_ACTION', `Scheduler '${this.#options.schedulerName}' acted after its cell had ended.`);
  }

  #checkContainer(action: string, target: Container, invocations: readonly Invocation[] = []): ContainerRecord {
    this.#checkRunning();
    const container = this.#containers[target.id];
    if (container === target) return container;
    const what = target instanceof ContainerRecord && container === undefined ? target.state : 'not one of this cell';
    const given = invocations.length === 0 ? '' : `, given to it: invocation ${invocations.map(({ id }) => id).join(', ')}`;
    throw this.#badAction(action, `container ${target.id} is ${what}${given}`);
  }

  /** A plug-in may hand over anything, whatever its types say. */
  #checkOneOf(action: string, names: readonly string[], given: unknown): void {
    if (typeof given === 'string' && names.includes(given)) return;
    throw this.#badAction(action, `${typeof given === 'string' ? `'${given}'` : String(given)} is not one of ${names.map((name) => `'${name}'`).join(', ')}`);
  }

  #checkInvocation(container: ContainerRecord, invocation: Invocation): InvocationRecord {
    const known = isInvocationRecord(invocation) && (invocation.state === 'ended' || this.#open.get(invocation.id) === invocation);
    if (!known) throw this.#badAction('assign', `invocation ${String(invocation.id)} is not one that arrived`);
    if (invocation.state !== 'waiting') throw this.#badAction('assign', `invocation ${invocation.id} is already ${invocation.state}`);
    if (invocation.functionId !== container.functionId) {
      throw this.#badAction('assign', `invocation ${invocation.id} is of '${invocation.functionId}', container ${container.id} of '${container.functionId}'`);
    }
    return invocation;
  }

  #badAction(action: string, what: string): FbbError {
    const error = new FbbError('FBB_ERR_SCHEDULER_ACTION', `Scheduler '${this.#options.schedulerName}' made a wrong ${action}: ${what}.`);
    // Ended here and not where it is caught: a plug-in that swallows the exception must not go on with a broken cell.
    this.fail(error);
    return error;
  }

  #problem(line: string): void {
    if (this.problems.length < maxProblemLines) this.problems.push(line);
    else this.#problemsLeftOut += 1;
  }
}
