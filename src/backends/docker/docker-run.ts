import { randomUUID } from 'node:crypto';
import { join, posix } from 'node:path';
import type { NetworkInspectInfo } from 'dockerode';
import { describeError, FbbError, type Capability, type FunctionSpec } from '../../core/index.js';
import { classChangerHere, LaunchedBackend, removeAbandonedFolders, StreamClient, whyNoRealTime, type ClassChanger, type ContainerSource, type LaunchedBackendOptions } from '../launched/index.js';
import { ArtifactClient } from './artifact-client.js';
import { controlName } from './control-socket.js';
import { harmless } from './container-options.js';
import { daemonError, daemonSaid, isUnreachable } from './daemon-errors.js';
import type { Daemon } from './daemon.js';
import { inTime } from './in-time.js';
import type { DockerLauncherExtra, FunctionContainer } from './docker-launcher-protocol.js';
import { checkImage, FunctionImages, type FunctionImage } from './function-image.js';
import { runtimeInImage, socketsInContainer } from './image-layout.js';
import { cellLabel, runLabels } from './labels.js';
import { removeAbandoned, removeCell, removeContainer } from './left-behind.js';
import { RealTimeGroups, tryRealTime } from './real-time.js';

interface DockerRunOptions {
  readonly runId: string;
  readonly runtimeFolder: string;
  readonly functionsFolder: string;
  /** An image with Node to build the function image upon; undefined: this machine's own Node. */
  readonly baseImage: string | undefined;
  /** Images that speak the protocol of the paper's artifact by themselves, by the name of the function that they stand for. */
  readonly images: ReadonlyMap<string, string>;
  readonly launchLimit: number;
  readonly memoryLimitMb: number;
  readonly containerCores: number;
  readonly cores: number;
  /** Told what takes time or was found, in a sentence each. */
  readonly tell: (sentence: string) => void;
}

type CellOptions = Pick<LaunchedBackendOptions, 'clock' | 'observer'> & {
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  /** What the scheduler cannot do without: the real-time class is tried out only for those that need it. */
  readonly requires: readonly Capability[];
};

const socketName = 'http.sock';
const answerTimeoutMs = 30_000;
const startTimeoutMs = 60_000;
const removalTimeoutMs = 120_000;
const cleanUpTimeoutMs = 20_000;
const trialTimeoutMs = 60_000;
/** At the end of a cell hundreds of containers may have to be removed, some 30 a second. */
const closeGraceMs = 60_000;

/** What a run has in a Docker daemon: images, a network for each cell that needs one, and what it found out about the real-time class. */
export class DockerRun {
  readonly #daemon: Daemon;
  readonly #options: DockerRunOptions;
  readonly #images: FunctionImages;
  readonly #groups = new RealTimeGroups();
  readonly #classChanger: ClassChanger;
  #hasRealTime = false;

  private constructor(daemon: Daemon, options: DockerRunOptions) {
    this.#daemon = daemon;
    this.#options = options;
    this.#images = new FunctionImages(daemon.docker, { ...options, onBuild: (name) => options.tell(`making image ${name}`) });
    this.#classChanger = classChangerHere();
  }

  /** Begins with removing what dead runs have left. */
  static async begin(daemon: Daemon, options: DockerRunOptions): Promise<DockerRun> {
    const folders = removeAbandonedFolders().length;
    try {
      const { containers, networks } = await inTime(removeAbandoned(daemon.docker), removalTimeoutMs, 'the removal of what dead runs have left');
      if (containers + networks + folders > 0) options.tell(`removed what a dead run had left: containers ${containers}, networks ${networks}, temporary folders ${folders}`);
    } catch (thrown) {
      if (isUnreachable(thrown)) throw daemonError(thrown, 'remove what dead runs have left');
      // Somebody else's container on a network of ours, for example: it is in nobody's way.
      options.tell(`not all that dead runs have left could be removed: ${daemonSaid(thrown)}`);
    }
    for (const image of options.images.values()) await checkImage(daemon.docker, image);
    return new DockerRun(daemon, options);
  }

  /** For a trial: what dead runs have left stays, and only what the trial makes is removed. */
  static forTrial(daemon: Daemon, options: DockerRunOptions): DockerRun {
    return new DockerRun(daemon, options);
  }

  /** The backend of one cell; its network exists from here on. */
  async createBackend({ clock, observer, functions, requires }: CellOptions): Promise<LaunchedBackend> {
    const { launchLimit, memoryLimitMb, containerCores, cores } = this.#options;
    await this.#checkDaemon();
    const containers = await this.#containersOf(functions);
    const noRealTime = requires.includes('cpu-class') ? await this.#tryOut([...containers.values()][0] as FunctionContainer) : 'it was not tried out for a scheduler that does not need it';
    const mark = randomUUID();
    const network = await this.#networkFor([...containers.values()], functions, mark);
    return new LaunchedBackend(this.#source(containers, network, mark), { clock, observer, launchLimit, memoryLimitMb, containerCores, cores, whyNoRealTime: noRealTime, classChanger: this.#classChanger });
  }

  /** One that has fallen silent would keep all that follows waiting for ever. */
  async #checkDaemon(): Promise<void> {
    try {
      await inTime(this.#daemon.docker.ping(), answerTimeoutMs, 'its answer');
    } catch (thrown) {
      throw daemonError(thrown, 'begin a cell');
    }
  }

  /** After the last cell. */
  close(): void {
    this.#groups.restore();
  }

  async #containersOf(functions: ReadonlyMap<string, FunctionSpec>): Promise<Map<string, PreparedContainer>> {
    const { images, memoryLimitMb } = this.#options;
    const { reach } = this.#daemon;
    const own = [...functions.values()].filter(({ name }) => !images.has(name));
    const image = own.length === 0 ? undefined : await this.#images.ensure(own);
    return new Map(
      [...functions].map(([functionId, spec]): [string, PreparedContainer] => {
        const foreign = images.get(spec.name);
        const networked = foreign !== undefined || spec.needs.length > 0 || reach.by === 'port';
        if (foreign !== undefined) return [functionId, { image: foreign, speaks: 'artifact', networked, handlerPath: undefined }];
        const { name, node, handlerPaths } = image as FunctionImage;
        return [functionId, { image: name, command: [node, `--max-old-space-size=${memoryLimitMb}`, runtimeInImage], speaks: 'ours', networked, handlerPath: handlerPaths.get(spec.handlerPath) }];
      }),
    );
  }

  /** A network of the cell, without a way out and without traffic between containers; services on this host are reached by its gateway. */
  async #networkFor(containers: readonly FunctionContainer[], functions: ReadonlyMap<string, FunctionSpec>, mark: string): Promise<CellNetwork | undefined> {
    const { docker, reach } = this.#daemon;
    if (!containers.some(({ networked }) => networked)) return undefined;
    const needing = [...functions.values()].find(({ needs }) => needs.length > 0);
    if (reach.by === 'port' && needing !== undefined) {
      throw new FbbError('FBB_ERR_DOCKER_REMOTE_SERVICE', `Function '${needing.name}' needs ${needing.needs.join(', ')}, which containers of a daemon on another machine cannot reach.`);
    }
    const { runId } = this.#options;
    try {
      const made = await inTime(docker.createNetwork({
        Name: `${runId}-${mark.slice(0, 8)}`,
        Driver: 'bridge',
        Internal: reach.by === 'socket',
        Options: { 'com.docker.network.bridge.enable_icc': 'false' },
        Labels: { ...runLabels(runId), [cellLabel]: mark },
      }), answerTimeoutMs, 'the network of a cell');
      const { IPAM }: NetworkInspectInfo = await made.inspect();
      const gateway = IPAM?.Config?.map(({ Gateway }) => Gateway).find((address) => address?.includes('.') === true);
      if (needing !== undefined && gateway === undefined) throw new Error(`its network has no gateway on which '${needing.name}' could reach ${needing.needs.join(', ')}`);
      return { id: made.id, gateway };
    } catch (thrown) {
      await removeCell(docker, mark).catch(() => undefined);
      throw daemonError(thrown, 'make the network of a cell');
    }
  }

  #source(containers: ReadonlyMap<string, PreparedContainer>, network: CellNetwork | undefined, mark: string): ContainerSource {
    const { docker, reach } = this.#daemon;
    const { runId, runtimeFolder, memoryLimitMb } = this.#options;
    const extra: DockerLauncherExtra = {
      runId,
      functions: Object.fromEntries(containers),
      network: network?.id,
      publishOn: reach.by === 'port' ? reach.host : undefined,
      startTimeoutMs,
      answerTimeoutMs,
    };
    return {
      name: 'docker',
      mark,
      serviceHost: network?.gateway,
      launcherProgram: join(runtimeFolder, 'docker-launcher.cjs'),
      launcherConfig: extra,
      socketPath: (folder, containerId) => join(folder, `c${containerId}`, socketName),
      containerConfig: (init) => ({
        ...(reach.by === 'port' ? {} : { socketPath: posix.join(socketsInContainer, socketName), controlPath: posix.join(socketsInContainer, controlName) }),
        init: { ...init, spec: { ...init.spec, handlerPath: containers.get(init.function)?.handlerPath ?? init.spec.handlerPath } },
        memoryLimitMb,
      }),
      client: ({ functionId, socketPath, address }) => {
        if (address === undefined) return new StreamClient({ socketPath });
        return containers.get(functionId)?.speaks === 'artifact' ? new ArtifactClient(address.host, address.port) : new StreamClient(address, false);
      },
      realTimeBudget: (pid) => this.#groups.budgetOf(pid),
      // What a daemon does not remove now, the next run does.
      cleanUp: () => inTime(removeCell(docker, mark), cleanUpTimeoutMs, 'its removal').then(() => undefined, () => undefined),
      closeGraceMs,
    };
  }

  /** Why containers cannot be of the real-time class, tried on one; once it works, it works. */
  async #tryOut({ image, command }: FunctionContainer): Promise<string | undefined> {
    if (this.#hasRealTime) return undefined;
    const refused = whyNoRealTime();
    if (refused !== undefined) return refused;
    const { docker, reach } = this.#daemon;
    if (reach.by === 'port') return 'the containers are on another machine';
    let id: string | undefined;
    try {
      const idle = command === undefined ? {} : { Entrypoint: [command[0] as string], Cmd: ['-e', 'setInterval(() => undefined, 1000)'] };
      const made = await docker.createContainer({ Image: image, ...idle, Labels: { ...runLabels(this.#options.runId), [cellLabel]: 'trial' }, HostConfig: { ...harmless, NetworkMode: 'none' } });
      id = made.id;
      await made.start();
      const { State } = await made.inspect();
      await inTime(tryRealTime(this.#groups, State.Pid, this.#options.cores), trialTimeoutMs, 'the trial');
      this.#hasRealTime = true;
      return undefined;
    } catch (thrown) {
      return thrown instanceof FbbError ? describeError(thrown) : daemonSaid(thrown);
    } finally {
      if (id !== undefined) await removeContainer(docker, id).catch(() => undefined);
    }
  }
}

/** What the launcher is told of a function, and where its handler is in the image. */
interface PreparedContainer extends FunctionContainer {
  readonly handlerPath: string | undefined;
}

interface CellNetwork {
  readonly id: string;
  readonly gateway: string | undefined;
}
