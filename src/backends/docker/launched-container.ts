import type Docker from 'dockerode';
import { CgroupReader, findCgroup } from '../../core/cgroup.js';
import type { ContainerPlace, ContainerReading } from '../../core/container-observer.js';
import type { ContainerEnd } from '../launched/launcher-protocol.js';
import { isOutOfHeap, overMemoryReason, tellingLine } from '../launched/last-words.js';
import { containerPort } from './container-options.js';
import type { ControlSocket } from './control-socket.js';
import { daemonSaid } from './daemon-errors.js';
import { readJsonLines } from './json-lines.js';
import type { Place } from './readiness.js';
import { readStats } from './stats.js';

const frameHeader = 8;
const stderrLines = 20;

/** The text of a log that Docker sends in frames of header and content. */
function unframed(log: Buffer): string {
  let text = '';
  for (let at = 0; at + frameHeader <= log.length; ) {
    const length = log.readUInt32BE(at + 4);
    text += log.toString('utf8', at + frameHeader, at + frameHeader + length);
    at += frameHeader + length;
  }
  return text;
}

/** One container of a cell, from the request for it until it is removed. */
export class LaunchedContainer {
  readonly id: number;
  /** Resolves when it is to end. */
  readonly ending: Promise<void>;
  /** Resolves when nobody is about to make it in the daemon any more. */
  made: Promise<void> = Promise.resolve();
  /** In the daemon; undefined until it is made. */
  inDaemon: Docker.Container | undefined;
  /** Whether its start was asked for; before, it can have used nothing. */
  wasStarted = false;
  control: ControlSocket | undefined;
  #state: 'starting' | 'ready' | 'ending' = 'starting';
  #endIt: () => void = () => undefined;
  #cgroup: CgroupReader | undefined;
  #stats: { destroy(): void } | undefined;

  constructor(id: number) {
    this.id = id;
    this.ending = new Promise((resolve) => (this.#endIt = resolve));
  }

  isStarting(): boolean {
    return this.#state === 'starting';
  }

  becomeReady(): void {
    this.#state = 'ready';
  }

  /** Whether it was not ending already. */
  beginEnding(): boolean {
    if (this.#state === 'ending') return false;
    this.#state = 'ending';
    this.#endIt();
    return true;
  }

  /** Looks where it runs, after its start; undefined when it has ended already. `publishOn`: of the cell, where the daemon is elsewhere. */
  async look(publishOn: string | undefined): Promise<{ pid: number | undefined; place: ContainerPlace; listensOn: Place | undefined } | undefined> {
    const { State, NetworkSettings } = await (this.inDaemon as Docker.Container).inspect();
    if (!State.Running) return undefined;
    if (publishOn !== undefined) {
      const port = Number(NetworkSettings.Ports[`${containerPort}/tcp`]?.[0]?.HostPort);
      return { pid: undefined, place: { kind: 'told' }, listensOn: { host: publishOn, port } };
    }
    const ip = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress).find((address) => address !== '');
    const listensOn = ip === undefined ? undefined : { host: ip, port: containerPort };
    const files = findCgroup(State.Pid);
    if (files === undefined) return (await this.#isRunning()) ? { pid: State.Pid, place: { kind: 'told' }, listensOn } : undefined;
    this.#cgroup = new CgroupReader(files);
    return { pid: State.Pid, place: { kind: 'cgroup', files }, listensOn };
  }

  /** Passes on what the daemon measures about once a second, for containers that this machine cannot look into. */
  async followStats(onReading: (reading: ContainerReading) => void): Promise<void> {
    const stream = (await (this.inDaemon as Docker.Container).stats({ stream: true })) as NodeJS.ReadableStream & { destroy(): void };
    this.#stats = stream;
    readJsonLines(stream, (line) => {
      const reading = readStats(line);
      if (reading !== undefined) onReading(reading);
    }, () => undefined);
  }

  /** What it has used; to be asked before it ends, as the kernel forgets then. */
  used(): { cpuMs: number | undefined; peakMemoryMb: number | undefined } {
    if (!this.wasStarted) return { cpuMs: 0, peakMemoryMb: undefined };
    return { cpuMs: this.#cgroup?.cpuMs(), peakMemoryMb: this.#cgroup?.peakMb() };
  }

  /** How it ended by itself. */
  async lastWords(memoryLimitMb: number): Promise<Omit<ContainerEnd, 'id' | 'cpuMs' | 'peakMemoryMb'>> {
    const inDaemon = this.inDaemon as Docker.Container;
    try {
      const { State } = await inDaemon.inspect();
      const stderr = unframed(await inDaemon.logs({ stdout: false, stderr: true, tail: stderrLines }));
      const line = tellingLine(stderr);
      const how = State.ExitCode > 128 ? `ended by signal ${State.ExitCode - 128}` : `exited with code ${State.ExitCode}`;
      const why = line === undefined ? how : `${how}: ${line}`;
      if (!State.OOMKilled && !isOutOfHeap(stderr)) return { code: 'FBB_ERR_CONTAINER_LOST', reason: why };
      return { code: 'FBB_ERR_CONTAINER_MEMORY', reason: overMemoryReason(memoryLimitMb, State.OOMKilled ? `killed by the kernel, ${how}` : why) };
    } catch (thrown) {
      return { code: 'FBB_ERR_CONTAINER_LOST', reason: `it ended, and Docker does not tell how: ${daemonSaid(thrown)}` };
    }
  }

  async #isRunning(): Promise<boolean> {
    return (await (this.inDaemon as Docker.Container).inspect()).State.Running;
  }

  /** Frees what is held here for it. */
  close(): void {
    this.#cgroup?.close();
    this.#stats?.destroy();
    this.control?.close();
  }
}
