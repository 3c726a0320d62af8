import { fork, type ChildProcess } from 'node:child_process';
import {
  type Backend,
  type BackendCell,
  type Batch,
  type Capability,
  type Container,
  type ContainerConfig,
  type ContainerObserver,
  type CpuClass,
  type CpuState,
  type FunctionSpec,
  type MonotonicClock,
  noUsage,
  type ResourceUsage,
  type WireInit,
  type WireOutcome,
} from '../../core/index.js';
import { makeCellFolder } from './cell-folder.js';
import type { ContainerClient } from './container-client.js';
import { CpuClassControl, type ClassChanger, type RealTimeBudget } from './cpu-class.js';
import { CpuStateReader } from './cpu-state.js';
import { removeFolder } from './remove-folder.js';
import { launcherConfigVariable, type ContainerEnd, type LauncherConfig, type LauncherEvent, type LauncherRequest } from './launcher-protocol.js';

export interface LaunchedBackendOptions {
  readonly clock: MonotonicClock;
  readonly cores: number;
  /** Launches under way at once: a burst of launches must not be a fork bomb. */
  readonly launchLimit: number;
  /** Memory at which a container is killed. */
  readonly memoryLimitMb: number;
  /** Cores that a container may use at once; as many as there are: no limit. */
  readonly containerCores: number;
  readonly observer: ContainerObserver;
  /** Why containers cannot be given the real-time class; undefined when they can. */
  readonly whyNoRealTime: string | undefined;
  readonly classChanger: ClassChanger;
}

/** How a launched container is reached: by its socket in the folder of the cell, unless its launcher tells where it listens. */
interface Reach {
  readonly containerId: number;
  readonly functionId: string;
  readonly socketPath: string;
  readonly address: { readonly host: string; readonly port: number } | undefined;
}

/** What is particular about where containers come from. */
export interface ContainerSource {
  readonly name: string;
  /** Marks everything of the cell, so that it can be found. */
  readonly mark: string;
  /** Where services for functions must listen; undefined: on the loopback address. */
  readonly serviceHost?: string | undefined;
  /** The bundled program of the launcher, and what it is told besides what every launcher is. */
  readonly launcherProgram: string;
  readonly launcherConfig: object;
  /** Socket of a container, as this process reaches it. */
  socketPath(folder: string, containerId: number): string;
  containerConfig(init: WireInit & { readonly spec: FunctionSpec }, socketPath: string): ContainerConfig;
  client(reach: Reach): ContainerClient;
  /** Real-time budget that a container must have before its processes may be of that class; undefined: none is needed. */
  realTimeBudget?(pid: number): RealTimeBudget | undefined;
  /** There is no launcher, or it has ended in whatever way: removes what is left of the cell. Does not throw. */
  cleanUp(): Promise<void>;
  /** A launcher that takes longer to end everything is ended itself. */
  readonly closeGraceMs: number;
}

/** How long what a dead container had sent may still be on its way. */
const drainGraceMs = 2_000;

interface Live {
  readonly container: Container;
  readonly socketPath: string;
  address: Reach['address'];
  /** Undefined until its process has been started. */
  pid: number | undefined;
  /** Null until it is looked for. */
  budget: RealTimeBudget | undefined | null;
  /** The last one asked for. */
  cpuClass: CpuClass | undefined;
  /** Undefined until somebody asks for it. */
  cpuState: CpuStateReader | undefined;
  client: ContainerClient | undefined;
  /** What became of requests for resources, as its last outcome told. */
  resources: ResourceUsage | undefined;
  /** Why a request to it failed, if one did. */
  failure: string | undefined;
}

/**
 * Containers that a launcher starts and ends, in a process of its own, and that run HTTP servers which this process sends batches to.
 * What differs between child processes and Docker is in the source and its launcher.
 */
export class LaunchedBackend implements Backend {
  readonly name: string;
  readonly cores: number;
  readonly serviceHost: string | undefined;
  readonly capabilities: ReadonlySet<Capability>;
  readonly missingCapabilities: ReadonlyMap<Capability, string>;
  readonly setCpuClass?: (container: Container, cpuClass: CpuClass) => void;
  readonly cpuState?: (container: Container) => CpuState;

  readonly #source: ContainerSource;
  readonly #options: LaunchedBackendOptions;
  readonly #live = new Map<number, Live>();
  #cell: BackendCell | undefined;
  #launcher: ChildProcess | undefined;
  #folder = '';
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;
  /** When nothing of the cell is left after the end of the launcher. */
  #cleanedUp: Promise<void> | undefined;
  #cpuClass: CpuClassControl | undefined;

  constructor(source: ContainerSource, options: LaunchedBackendOptions) {
    this.#source = source;
    this.#options = options;
    this.name = source.name;
    this.serviceHost = source.serviceHost;
    this.cores = options.cores;
    const { whyNoRealTime } = options;
    this.capabilities = new Set(whyNoRealTime === undefined ? ['cpu-class'] : []);
    this.missingCapabilities = new Map(whyNoRealTime === undefined ? [] : [['cpu-class', whyNoRealTime]]);
    if (whyNoRealTime !== undefined) return;
    this.setCpuClass = ({ id }, cpuClass) => {
      const live = this.#live.get(id);
      if (live === undefined || this.#closing !== undefined) return;
      live.cpuClass = cpuClass;
      this.#applyCpuClass(live);
    };
    this.cpuState = ({ id }) => {
      const live = this.#live.get(id);
      if (live?.pid === undefined) return 'sleeping';
      live.cpuState ??= new CpuStateReader(live.pid);
      return live.cpuState.read();
    };
  }

  async open(cell: BackendCell): Promise<void> {
    this.#cell = cell;
    const { launcherProgram, launcherConfig, mark } = this.#source;
    const { launchLimit, memoryLimitMb, containerCores } = this.#options;
    this.#folder = makeCellFolder((folder, id) => this.#source.socketPath(folder, id));
    const config: LauncherConfig = { ...launcherConfig, mark, folder: this.#folder, launchLimit, memoryLimitMb, cores: this.cores, containerCores };
    const launcher = fork(launcherProgram, {
      // Out of the terminal's foreground group: Ctrl-C is the harness's to handle.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      env: { ...process.env, [launcherConfigVariable]: JSON.stringify(config) },
    });
    this.#launcher = launcher;
    launcher.on('message', (event: LauncherEvent) => this.#handle(event));
    launcher.on('exit', () => {
      this.#cleanedUp = this.#launcherExited();
    });
    await new Promise<void>((resolve, reject) => {
      launcher.once('spawn', resolve);
      launcher.once('error', reject);
    });
    // A launcher that has just died can refuse any number of messages; its exit event says what matters.
    launcher.on('error', () => undefined);
  }

  launch(container: Container): void {
    const { functions, resourceCache, serviceSliceMs, env = {} } = this.#opened();
    const { id, functionId } = container;
    const spec = functions.get(functionId);
    if (spec === undefined) throw new Error(`no function '${functionId}' in this cell`);
    const socketPath = this.#source.socketPath(this.#folder, id);
    const init = { function: functionId, spec, resourceCache, ...(serviceSliceMs === undefined ? {} : { serviceSliceMs }) };
    this.#live.set(id, { container, socketPath, address: undefined, pid: undefined, budget: null, cpuClass: undefined, cpuState: undefined, client: undefined, resources: undefined, failure: undefined });
    this.#send({ type: 'launch', id, functionId, config: this.#source.containerConfig(init, socketPath), env });
  }

  dispatch(container: Container, batch: Batch): void {
    const { id, functionId } = container;
    const live = this.#live.get(id);
    if (live === undefined) return;
    live.client ??= this.#source.client({ containerId: id, functionId, socketPath: live.socketPath, address: live.address });
    live.client.runBatch(batch, this.#opened().inputOf, {
      onOutcome: (outcome) => this.#report(id, outcome),
      onEnd: (failure) => {
        if (failure === undefined) return;
        // Most often the container is ending, and the launcher is about to say how. One that refuses work is ended here.
        live.failure = failure;
        this.#send({ type: 'stop', id, suspect: true });
      },
    });
  }

  retire(container: Container): void {
    this.#send({ type: 'stop', id: container.id });
  }

  close(): Promise<void> {
    this.#cpuClass?.close();
    this.#closing ??= new Promise<void>((resolve) => {
      if (this.#launcher === undefined) {
        void this.#source.cleanUp().then(resolve);
        return;
      }
      this.#closed = resolve;
      if (this.#launcher.exitCode !== null || this.#launcher.signalCode !== null) {
        // One that could not be started has no exit event.
        this.#cleanedUp ??= this.#launcherExited();
        void this.#cleanedUp.then(resolve);
        return;
      }
      this.#send({ type: 'close' });
      // A launcher ends every container by force when they do not end by themselves; this is for a launcher that cannot.
      const timer = setTimeout(() => this.#launcher?.kill('SIGKILL'), this.#source.closeGraceMs);
      this.#launcher.once('exit', () => clearTimeout(timer));
    });
    return this.#closing;
  }

  #applyCpuClass(live: Live): void {
    const { pid, cpuClass } = live;
    if (this.#closing !== undefined || pid === undefined || cpuClass === undefined) return;
    if (live.budget === null) live.budget = this.#source.realTimeBudget?.(pid);
    this.#cpuClass ??= new CpuClassControl(this.#options.classChanger, (reason) => {
      this.#opened().listener.backendFailed('FBB_ERR_BACKEND_FAILED', `A container could not be moved between the real-time class and fair share: ${reason}.`);
    });
    this.#cpuClass.set(pid, cpuClass, live.budget);
  }

  #opened(): BackendCell {
    if (this.#cell === undefined) throw new Error('the backend is not open');
    return this.#cell;
  }

  #send(request: LauncherRequest): void {
    if (this.#launcher?.connected === true) this.#launcher.send(request, () => undefined);
  }

  #report(containerId: number, outcome: WireOutcome): void {
    const { originMs } = this.#options.clock;
    const live = this.#live.get(containerId);
    if (live !== undefined) live.resources = outcome.resources ?? live.resources;
    this.#opened().listener.invocationEnded(containerId, Number(outcome.function_id), {
      status: outcome.status,
      errorCode: outcome.error_code,
      startedMs: outcome.started_ms - originMs,
      endedMs: outcome.ended_ms - originMs,
      cpuMs: outcome.cpu_ms,
      concurrency: outcome.concurrency,
      containerCpuMs: outcome.container_cpu_ms,
      message: outcome.message,
    });
  }

  #handle(event: LauncherEvent): void {
    const { listener } = this.#opened();
    const { observer } = this.#options;
    switch (event.type) {
      case 'started':
        this.#started(event);
        return;
      case 'ready': {
        const live = this.#live.get(event.id);
        if (live !== undefined && event.host !== undefined && event.port !== undefined) live.address = { host: event.host, port: event.port };
        listener.containerReady(event.id);
        return;
      }
      case 'read':
        observer.containerRead(event.id, event.reading);
        return;
      case 'ended':
        this.#ended(event);
        return;
      case 'failed':
        if (this.#closing === undefined) listener.backendFailed(event.code, event.reason);
        return;
      case 'closed':
        return;
    }
  }

  #started({ id, pid, place }: Extract<LauncherEvent, { type: 'started' }>): void {
    const live = this.#live.get(id);
    if (live !== undefined && pid !== undefined) {
      live.pid = pid;
      this.#applyCpuClass(live);
    }
    this.#options.observer.containerStarted(id, place);
  }

  #ended(end: ContainerEnd): void {
    this.#options.observer.containerStopped(end.id);
    const live = this.#live.get(end.id);
    const client = live?.client;
    if (client === undefined) {
      this.#gone(end);
      return;
    }
    // Where a network lies between, the end of the sockets may never come.
    const timer = setTimeout(() => client.close(), drainGraceMs);
    client.whenDrained(() => {
      clearTimeout(timer);
      this.#gone(end);
    });
  }

  #gone({ id, code, reason, cpuMs, peakMemoryMb }: ContainerEnd): void {
    const { listener } = this.#opened();
    const live = this.#live.get(id);
    this.#live.delete(id);
    live?.client?.close();
    live?.cpuState?.close();
    const expected = live === undefined || live.container.state === 'retired' || live.container.state === 'lost';
    if (!expected && this.#closing === undefined) listener.containerLost(id, code, live.failure === undefined ? reason : `${reason} (${live.failure})`);
    const resources = live?.resources ?? (live?.client?.tellsResources === false ? undefined : noUsage);
    listener.containerEnded(id, { cpuMs, peakMemoryMb, resources });
  }

  /** The normal end of a cell; or the launcher died, and what it left is removed here. */
  async #launcherExited(): Promise<void> {
    const { listener } = this.#opened();
    // First: the places of those that are gone now must not be given to others.
    if (this.#closing === undefined) listener.backendFailed('FBB_ERR_BACKEND_FAILED', 'The launcher process ended in mid-cell.');
    for (const [containerId, live] of this.#live) {
      live.client?.close();
      live.cpuState?.close();
      listener.containerEnded(containerId, { cpuMs: undefined, peakMemoryMb: undefined, resources: live.resources });
    }
    this.#live.clear();
    await this.#source.cleanUp();
    removeFolder(this.#folder);
    this.#closed?.();
  }
}
