import { join } from 'node:path';
import Docker from 'dockerode';
import { launcherConfigVariable, type ContainerEnd, type LauncherEvent, type LauncherRequest } from '../launched/launcher-protocol.js';
import { removeFolder } from '../launched/remove-folder.js';
import { containerOptions } from './container-options.js';
import { ControlSocket } from './control-socket.js';
import { codeOf, daemonSaid, isUnreachable } from './daemon-errors.js';
import type { DockerLauncherConfig, FunctionContainer } from './docker-launcher-protocol.js';
import { inTime } from './in-time.js';
import { readJsonLines } from './json-lines.js';
import { cellLabel } from './labels.js';
import { LaunchedContainer } from './launched-container.js';
import { removeCell, removeContainer } from './left-behind.js';
import { initialize, waitUntilReady, type Place } from './readiness.js';
import { Turns } from './turns.js';

/**
 * Starts and ends the containers of a cell, in a process of its own: what the daemon answers does not delay the engine, and it outlives a
 * harness that was killed, long enough to leave nothing behind.
 */

/** A daemon that is being restarted comes back. */
const cleanUpPatienceMs = 15_000;
const cleanUpPauseMs = 500;
/** Without a harness, nothing is worth waiting for longer: what is left is the next run's. */
const abandonTimeoutMs = 60_000;
const removalsAtOnce = 8;
/** How long the daemon may take to tell of a death. */
const deathNoticeMs = 1_000;

type Launch = Extract<LauncherRequest, { type: 'launch' }>;
type HowEnded = Pick<ContainerEnd, 'code' | 'reason'>;

const stopped: HowEnded = { code: 'FBB_ERR_CONTAINER_LOST', reason: 'stopped' };

class DockerLauncher {
  readonly #config: DockerLauncherConfig;
  readonly #docker = new Docker();
  readonly #containers = new Map<number, LaunchedContainer>();
  readonly #waiting: Launch[] = [];
  readonly #removals = new Turns(removalsAtOnce);
  /** Resolves when the daemon tells of deaths. */
  readonly #watching: Promise<void>;
  #launching = 0;
  #closing = false;
  #finishing = false;
  #lost = false;

  constructor(config: DockerLauncherConfig) {
    this.#config = config;
    this.#watching = this.#watchDeaths().catch((thrown: unknown) => this.#loseDaemon(daemonSaid(thrown)));
  }

  handle(request: LauncherRequest): void {
    if (request.type === 'launch') {
      this.#waiting.push(request);
      this.#advance();
    } else if (request.type === 'stop') void this.#stop(request.id, request.suspect === true);
    else this.#close();
  }

  /** The harness is gone: no farewells. What is being made in this moment is waited for, since it could not be found yet. */
  async abandon(): Promise<void> {
    setTimeout(() => process.exit(1), abandonTimeoutMs);
    if (this.#closing) return;
    this.#closing = true;
    this.#waiting.length = 0;
    const containers = [...this.#containers.values()];
    for (const container of containers) container.beginEnding();
    await Promise.race([Promise.allSettled(containers.map(({ made }) => made)), pause(cleanUpPatienceMs)]);
    await this.#leaveNothing();
    process.exit(0);
  }

  #advance(): void {
    while (this.#launching < this.#config.launchLimit && this.#waiting.length > 0) void this.#launch(this.#waiting.shift() as Launch);
  }

  async #launch(launch: Launch): Promise<void> {
    const container = new LaunchedContainer(launch.id);
    this.#containers.set(launch.id, container);
    this.#launching += 1;
    const timer = setTimeout(() => void this.#endLate(container), this.#config.startTimeoutMs);
    try {
      await this.#start(launch, container);
    } catch (thrown) {
      if (isUnreachable(thrown)) this.#loseDaemon(daemonSaid(thrown));
      void this.#end(container, { code: codeOf(thrown, 'FBB_ERR_CONTAINER_LOST'), reason: `could not be started: ${daemonSaid(thrown)}` });
    } finally {
      clearTimeout(timer);
      this.#launching -= 1;
      this.#advance();
    }
  }

  /** A daemon that accepts requests and answers none would keep the cell waiting for ever. */
  async #endLate(container: LaunchedContainer): Promise<void> {
    const { startTimeoutMs, answerTimeoutMs } = this.#config;
    await inTime(this.#docker.ping(), answerTimeoutMs, 'its answer').catch((thrown: unknown) => this.#loseDaemon(daemonSaid(thrown)));
    void this.#end(container, { code: 'FBB_ERR_CONTAINER_LOST', reason: `not ready ${startTimeoutMs / 1_000} s after its start` });
  }

  /** Resolves when the container is ready, or is not wanted any more. */
  async #start(launch: Launch, container: LaunchedContainer): Promise<void> {
    const kind = this.#config.functions[launch.functionId] as FunctionContainer;
    const bySocket = kind.speaks === 'ours' && this.#config.publishOn === undefined;
    const saysReady = bySocket ? openControl(container, join(this.#config.folder, `c${launch.id}`)) : undefined;
    container.made = this.#make(launch, kind, container);
    await container.made;
    if (!container.isStarting() || container.inDaemon === undefined) return;
    container.wasStarted = true;
    await container.inDaemon.start();
    const found = await container.look(this.#config.publishOn);
    // One that has ended already is told of by the daemon.
    if (found === undefined || !container.isStarting()) return;
    send({ type: 'started', id: launch.id, pid: found.pid, place: found.place });
    if (found.place.kind === 'told') await container.followStats((reading) => send({ type: 'read', id: launch.id, reading }));
    if (saysReady === undefined) await this.#awaitAnswer(launch, kind, container, found.listensOn);
    else {
      await Promise.race([saysReady, container.ending]);
      this.#becomeReady(container);
    }
  }

  async #make(launch: Launch, kind: FunctionContainer, container: LaunchedContainer): Promise<void> {
    await this.#watching;
    await container.control?.listening();
    if (!container.isStarting()) return;
    const options = containerOptions(launch, kind, { ...this.#config, socketsOnHost: container.control?.folder });
    container.inDaemon = await this.#docker.createContainer(options);
  }

  /** Asks a container that does not say by itself that it is ready. */
  async #awaitAnswer(launch: Launch, kind: FunctionContainer, container: LaunchedContainer, listensOn: Place | undefined): Promise<void> {
    const giveUp = (reason: string): void => void this.#end(container, { code: 'FBB_ERR_CONTAINER_LOST', reason });
    if (listensOn === undefined) {
      giveUp('it has no address on the network of the cell');
      return;
    }
    const ours = kind.speaks === 'ours';
    const isReady = (body: string): boolean => !ours || body.includes('"status":"ok"');
    if (!(await waitUntilReady(listensOn, isReady, () => container.isStarting()))) return;
    const problem = ours ? undefined : await initialize(listensOn, launch.functionId);
    if (problem === undefined) this.#becomeReady(container, listensOn);
    else giveUp(problem);
  }

  #becomeReady(container: LaunchedContainer, listensOn?: Place): void {
    if (!container.isStarting()) return;
    container.becomeReady();
    send({ type: 'ready', id: container.id, ...listensOn });
  }

  async #stop(id: number, suspect = false): Promise<void> {
    const waiting = this.#waiting.findIndex((launch) => launch.id === id);
    if (waiting >= 0) {
      this.#waiting.splice(waiting, 1);
      send({ type: 'ended', id, ...stopped, cpuMs: 0, peakMemoryMb: 0 });
      return;
    }
    const container = this.#containers.get(id);
    if (container === undefined) return;
    if (suspect) await Promise.race([container.ending, pause(deathNoticeMs)]);
    void this.#end(container, stopped);
  }

  /** `how`: undefined when it has ended by itself; its memory is free then, and it is told of at once, otherwise when it is removed. */
  async #end(container: LaunchedContainer, how?: HowEnded): Promise<void> {
    if (!container.beginEnding()) return;
    const used = container.used();
    await container.made.catch(() => undefined);
    const told = how ?? (await container.lastWords(this.#config.memoryLimitMb));
    const tell = (): void => send({ type: 'ended', id: container.id, ...told, ...used });
    if (how === undefined) tell();
    const { inDaemon } = container;
    // What cannot be removed now is looked for again at the end of the cell.
    if (inDaemon !== undefined) await this.#removals.take(() => removeContainer(this.#docker, inDaemon.id)).catch(() => undefined);
    container.close();
    this.#containers.delete(container.id);
    if (how !== undefined) tell();
    if (this.#closing) void this.#finishIfDone();
  }

  async #watchDeaths(): Promise<void> {
    const events = await this.#docker.getEvents({ filters: { type: ['container'], event: ['die'], label: [`${cellLabel}=${this.#config.mark}`] } });
    readJsonLines(events, (event) => this.#died((event as { readonly Actor: { readonly ID: string } }).Actor.ID), () => this.#loseDaemon('it tells of no more events'));
  }

  #died(idInDaemon: string): void {
    const container = [...this.#containers.values()].find(({ inDaemon }) => inDaemon?.id === idInDaemon);
    if (container !== undefined) void this.#end(container);
  }

  #loseDaemon(said: string): void {
    if (this.#lost || this.#closing) return;
    this.#lost = true;
    send({ type: 'failed', code: 'FBB_ERR_DOCKER_UNREACHABLE', reason: `The Docker daemon was lost in mid-cell: ${said}.` });
  }

  #close(): void {
    this.#closing = true;
    for (const { id } of [...this.#waiting]) void this.#stop(id);
    for (const container of [...this.#containers.values()]) void this.#end(container, stopped);
    void this.#finishIfDone();
  }

  async #finishIfDone(): Promise<void> {
    if (this.#containers.size > 0 || this.#finishing) return;
    this.#finishing = true;
    await this.#leaveNothing();
    process.send?.({ type: 'closed' } satisfies LauncherEvent, () => process.exit(0));
  }

  /** Containers and network of the cell, also those that could not be removed before, and the folder. */
  async #leaveNothing(): Promise<void> {
    for (let leftMs = cleanUpPatienceMs; leftMs > 0; leftMs -= cleanUpPauseMs) {
      try {
        await inTime(removeCell(this.#docker, this.#config.mark), cleanUpPatienceMs, 'the removal of what is left');
        break;
      } catch {
        await pause(cleanUpPauseMs);
      }
    }
    removeFolder(this.#config.folder);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves when the container says that it is ready. */
function openControl(container: LaunchedContainer, folder: string): Promise<void> {
  let ready = (): void => undefined;
  const saysReady = new Promise<void>((resolve) => (ready = resolve));
  container.control = new ControlSocket(folder, () => ready());
  return saysReady;
}

/** The callback takes the error of a harness that has just died; 'disconnect' follows and ends this process in order. */
function send(event: LauncherEvent): void {
  if (process.connected) process.send?.(event, () => undefined);
}

const launcher = new DockerLauncher(JSON.parse(process.env[launcherConfigVariable] ?? '{}') as DockerLauncherConfig);
process.on('message', (request: LauncherRequest) => launcher.handle(request));
process.on('disconnect', () => void launcher.abandon());
// It is not in the terminal's foreground group, but somebody may signal it by id: the containers go first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void launcher.abandon());
