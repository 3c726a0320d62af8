import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeError,
  FbbError,
  type Backend,
  type BackendCell,
  type Batch,
  type Capability,
  type Container,
  type ContainerConfig,
  type CpuClass,
  type CpuState,
  type MonotonicClock,
  type WireOutcome,
} from '../../core/index.js';
import { ContainerClient } from './container-client.js';
import { CpuClassControl, type ClassChanger } from './cpu-class.js';
import { CpuStateReader } from './cpu-state.js';
import { killMarked } from './descendants.js';
import { launcherConfigVariable, type LauncherConfig, type LauncherEvent, type LauncherRequest } from './launcher-protocol.js';

/** Where the processes of containers are announced, for whoever samples them. */
interface ProcessObserver {
  processStarted(containerId: number, pid: number): void;
  processEnded(containerId: number): void;
}

interface ProcessBackendOptions {
  readonly clock: MonotonicClock;
  readonly cores: number;
  /** Folder of the bundled runtime and launcher. */
  readonly runtimeFolder: string;
  /** Launches under way at once: a burst of launches must not be a fork bomb. */
  readonly launchLimit: number;
  /** Resident memory at which a container is killed. */
  readonly memoryLimitMb: number;
  /** Cores that a container may use at once, a whole number; as many as there are: no limit. */
  readonly containerCores: number;
  /** Environment of the containers, for example where storage is. */
  readonly env: Readonly<Record<string, string>>;
  readonly observer: ProcessObserver;
  /** Why containers cannot be given the real-time class; undefined when they can. */
  readonly whyNoRealTime: string | undefined;
  readonly classChanger: ClassChanger;
}

/** Longest path of a Unix socket: 108 bytes on Linux, 104 on macOS, with the closing zero. */
const maxSocketPath = 103;
const closeGraceMs = 10_000;

interface Live {
  readonly container: Container;
  readonly socketPath: string;
  /** Undefined until its process has been started. */
  pid: number | undefined;
  /** The last one asked for. */
  cpuClass: CpuClass | undefined;
  /** Undefined until somebody asks for it. */
  cpuState: CpuStateReader | undefined;
  client: ContainerClient | undefined;
  /** Why a request to it failed, if one did. */
  failure: string | undefined;
}

/** Containers that are child processes: they run the runtime and speak HTTP on a Unix socket. */
export class ProcessBackend implements Backend {
  readonly name = 'process';
  readonly cores: number;
  readonly capabilities: ReadonlySet<Capability>;
  readonly missingCapabilities: ReadonlyMap<Capability, string>;
  readonly setCpuClass?: (container: Container, cpuClass: CpuClass) => void;
  readonly cpuState?: (container: Container) => CpuState;

  readonly #options: ProcessBackendOptions;
  readonly #mark = randomUUID();
  readonly #live = new Map<number, Live>();
  #cell: BackendCell | undefined;
  #launcher: ChildProcess | undefined;
  #folder = '';
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;
  #cpuClass: CpuClassControl | undefined;

  constructor(options: ProcessBackendOptions) {
    this.#options = options;
    this.cores = options.cores;
    const { whyNoRealTime } = options;
    this.capabilities = new Set(whyNoRealTime === undefined ? ['cpu-class'] : []);
    this.missingCapabilities = new Map(whyNoRealTime === undefined ? [] : [['cpu-class', whyNoRealTime]]);
    if (whyNoRealTime !== undefined) return;
    this.setCpuClass = ({ id }, cpuClass) => {
      const live = this.#live.get(id);
      if (live === undefined || this.#closing !== undefined) return;
      live.cpuClass = cpuClass;
      if (live.pid !== undefined) this.#applyCpuClass(live.pid, cpuClass);
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
    try {
      this.#folder = mkdtempSync(join(tmpdir(), 'fbb-'));
    } catch (thrown) {
      throw new FbbError('FBB_ERR_BACKEND_TEMP_FOLDER', `No temporary folder can be made in ${tmpdir()}: ${describeError(thrown)}.`);
    }
    const longest = this.#socketPath(1_000_000);
    if (Buffer.byteLength(longest) > maxSocketPath) {
      rmSync(this.#folder, { recursive: true, force: true });
      throw new FbbError('FBB_ERR_BACKEND_SOCKET_PATH', `The temporary folder ${tmpdir()} makes socket paths of more than ${maxSocketPath} bytes.`);
    }
    const config: LauncherConfig = {
      runtimePath: join(this.#options.runtimeFolder, 'main.cjs'),
      mark: this.#mark,
      folder: this.#folder,
      launchLimit: this.#options.launchLimit,
      memoryLimitMb: this.#options.memoryLimitMb,
      cores: this.cores,
      containerCores: this.#options.containerCores,
    };
    const launcher = fork(join(this.#options.runtimeFolder, 'launcher.cjs'), {
      // Out of the terminal's foreground group: Ctrl-C is the harness's to handle.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      env: { ...process.env, [launcherConfigVariable]: JSON.stringify(config) },
    });
    this.#launcher = launcher;
    launcher.on('message', (event: LauncherEvent) => this.#handle(event));
    launcher.on('exit', () => this.#launcherExited());
    await new Promise<void>((resolve, reject) => {
      launcher.once('spawn', resolve);
      launcher.once('error', reject);
    });
    // A launcher that has just died can refuse any number of messages; its exit event says what matters.
    launcher.on('error', () => undefined);
  }

  launch(container: Container): void {
    const { functions, multiplexing, serviceSliceMs } = this.#opened();
    const spec = functions.get(container.functionId);
    if (spec === undefined) throw new Error(`no function '${container.functionId}' in this cell`);
    const socketPath = this.#socketPath(container.id);
    const config: ContainerConfig = {
      socketPath,
      controlFd: 3,
      init: { function: container.functionId, spec, multiplexing, ...(serviceSliceMs === undefined ? {} : { serviceSliceMs }) },
      memoryLimitMb: this.#options.memoryLimitMb,
    };
    this.#live.set(container.id, { container, socketPath, pid: undefined, cpuClass: undefined, cpuState: undefined, client: undefined, failure: undefined });
    this.#send({ type: 'launch', id: container.id, config, env: this.#options.env });
  }

  dispatch(container: Container, batch: Batch): void {
    const live = this.#live.get(container.id);
    if (live === undefined) return;
    live.client ??= new ContainerClient(live.socketPath);
    live.client.runBatch(
      batch,
      this.#opened().inputOf,
      (outcome) => this.#report(container.id, outcome),
      (failure) => {
        if (failure === undefined) return;
        // Most often the process is ending, and the launcher is about to say how. A container that refuses work is ended here.
        live.failure = failure;
        this.retire(container);
      },
    );
  }

  retire(container: Container): void {
    this.#send({ type: 'stop', id: container.id });
  }

  close(): Promise<void> {
    this.#cpuClass?.close();
    this.#closing ??= new Promise<void>((resolve) => {
      if (this.#launcher === undefined) {
        resolve();
        return;
      }
      this.#closed = resolve;
      if (this.#launcher.exitCode !== null || this.#launcher.signalCode !== null) {
        resolve();
        return;
      }
      this.#send({ type: 'close' });
      // The launcher ends every container by force after five seconds; this is for a launcher that cannot.
      const timer = setTimeout(() => this.#launcher?.kill('SIGKILL'), closeGraceMs);
      this.#launcher.once('exit', () => clearTimeout(timer));
    });
    return this.#closing;
  }

  #applyCpuClass(pid: number, cpuClass: CpuClass): void {
    if (this.#closing !== undefined) return;
    this.#cpuClass ??= new CpuClassControl(this.#options.classChanger, (reason) => {
      this.#opened().listener.backendFailed('FBB_ERR_BACKEND_FAILED', `A container could not be moved between the real-time class and fair share: ${reason}.`);
    });
    this.#cpuClass.set(pid, cpuClass);
  }

  #opened(): BackendCell {
    if (this.#cell === undefined) throw new Error('the backend is not open');
    return this.#cell;
  }

  #socketPath(containerId: number): string {
    return join(this.#folder, `c${containerId}.sock`);
  }

  #send(request: LauncherRequest): void {
    if (this.#launcher?.connected === true) this.#launcher.send(request, () => undefined);
  }

  #report(containerId: number, outcome: WireOutcome): void {
    const { originMs } = this.#options.clock;
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
    switch (event.type) {
      case 'started': {
        const live = this.#live.get(event.id);
        if (live !== undefined) {
          live.pid = event.pid;
          if (live.cpuClass !== undefined) this.#applyCpuClass(event.pid, live.cpuClass);
        }
        this.#options.observer.processStarted(event.id, event.pid);
        return;
      }
      case 'ready':
        listener.containerReady(event.id);
        return;
      case 'ended':
        this.#processEnded(event);
        return;
      case 'closed':
        return;
    }
  }

  #processEnded(event: Extract<LauncherEvent, { type: 'ended' }>): void {
    this.#options.observer.processEnded(event.id);
    const live = this.#live.get(event.id);
    if (live?.client === undefined) this.#containerGone(event);
    else live.client.whenDrained(() => this.#containerGone(event));
  }

  #containerGone(event: Extract<LauncherEvent, { type: 'ended' }>): void {
    const { listener } = this.#opened();
    const live = this.#live.get(event.id);
    this.#live.delete(event.id);
    live?.client?.close();
    live?.cpuState?.close();
    const expected = live === undefined || live.container.state === 'retired' || live.container.state === 'lost';
    if (!expected && this.#closing === undefined) {
      if (event.overMemory) {
        listener.containerLost(event.id, 'FBB_ERR_CONTAINER_MEMORY', `it used more than ${this.#options.memoryLimitMb} MB (${event.reason})`);
      } else listener.containerLost(event.id, 'FBB_ERR_CONTAINER_LOST', live.failure === undefined ? event.reason : `${event.reason} (${live.failure})`);
    }
    listener.containerEnded(event.id, { cpuMs: event.cpuMs, peakMemoryMb: event.peakMemoryMb });
  }

  /** The normal end of a cell; or the launcher died, its containers end themselves, and what they left is removed here. */
  #launcherExited(): void {
    const { listener } = this.#opened();
    // First: the places of those that are gone now must not be given to others.
    if (this.#closing === undefined) listener.backendFailed('FBB_ERR_BACKEND_FAILED', 'The launcher process ended in mid-cell.');
    for (const [containerId, live] of this.#live) {
      live.client?.close();
      live.cpuState?.close();
      listener.containerEnded(containerId, { cpuMs: undefined, peakMemoryMb: undefined });
    }
    this.#live.clear();
    killMarked(this.#mark);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#closed?.();
  }
}
