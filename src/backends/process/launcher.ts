import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';
import { containerConfigVariable, type WireUsage } from '../../core/wire.js';
import { isOutOfHeap, overMemoryReason, tellingLine } from '../launched/last-words.js';
import { descendantsOf, killAll, killGroup, killMarked, residentMb } from './descendants.js';
import { launcherConfigVariable, markVariable, type LauncherConfig, type LauncherEvent, type LauncherRequest } from '../launched/launcher-protocol.js';

/**
 * The parent of all containers of a cell, in a process of its own: forking from a small process takes about 1 ms where forking from
 * the harness takes 10, and it outlives a harness that was killed, long enough to leave nothing behind.
 */

const stopGraceMs = 500;
/** At the end of a cell all containers stop at once, and each must get its turn on the CPU to say what it used. */
const closeGraceMs = 5_000;
/** From the start of the process, not of its wait for a place among the launches. */
const startTimeoutMs = 60_000;
/** How long the end of a control pipe may come after the end of its process. */
const lastWordsMs = 500;
const memoryCheckMs = 500;
const stderrKept = 2_000;
/** Containers yield to the harness, whose lateness would otherwise be measured as theirs; among each other they are equal. */
const containerNiceness = 5;

interface Child {
  readonly id: number;
  readonly process: ChildProcess;
  readonly control: Socket;
  state: 'starting' | 'ready' | 'stopping';
  stderr: string;
  overMemory: boolean;
  usage: WireUsage | undefined;
  /** Frees its place among the launches under way; does nothing the second time. */
  launched(): void;
}

type Launch = Extract<LauncherRequest, { type: 'launch' }>;

interface ProcessLauncherConfig extends LauncherConfig {
  readonly runtimePath: string;
}

class Launcher {
  readonly #config: ProcessLauncherConfig;
  readonly #children = new Map<number, Child>();
  readonly #waiting: Launch[] = [];
  #launching = 0;
  #closing = false;
  /** What containers had started when the cell ended: whoever left their groups must be known before they are gone. */
  #descendants: number[] | undefined;

  constructor(config: ProcessLauncherConfig) {
    this.#config = config;
    setInterval(() => this.#checkMemory(), memoryCheckMs);
  }

  handle(request: LauncherRequest): void {
    if (request.type === 'launch') {
      this.#waiting.push(request);
      this.#advance();
    } else if (request.type === 'stop') this.#stop(request.id);
    else this.#close();
  }

  /** The harness is gone: no farewells. */
  abandon(): void {
    const descendants = descendantsOf(this.#pids());
    for (const pid of this.#pids()) killGroup(pid);
    killAll(descendants);
    killMarked(this.#config.mark);
    rmSync(this.#config.folder, { recursive: true, force: true });
    process.exit(0);
  }

  #advance(): void {
    while (this.#launching < this.#config.launchLimit && this.#waiting.length > 0) this.#launch(this.#waiting.shift() as Launch);
  }

  #launch({ id, config, env }: Launch): void {
    this.#launching += 1;
    let underWay = true;
    const starting: { timer?: NodeJS.Timeout } = {};
    const launched = (): void => {
      if (!underWay) return;
      underWay = false;
      clearTimeout(starting.timer);
      this.#launching -= 1;
      this.#advance();
    };
    const [program, ...programArguments] = this.#command(id);
    const container = spawn(program, programArguments, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, [containerConfigVariable]: JSON.stringify(config), [markVariable]: this.#config.mark },
    });
    if (container.pid === undefined) {
      container.once('error', (error) => {
        launched();
        send({ type: 'ended', id, reason: `could not be started: ${error.message}`, code: 'FBB_ERR_CONTAINER_LOST', cpuMs: undefined, peakMemoryMb: undefined });
      });
      return;
    }
    const child: Child = {
      id,
      process: container,
      control: container.stdio[3] as Socket,
      state: 'starting',
      stderr: '',
      overMemory: false,
      usage: undefined,
      launched,
    };
    this.#children.set(id, child);
    starting.timer = setTimeout(() => {
      child.stderr += `\nError: not ready ${startTimeoutMs / 1_000} s after its start`;
      killGroup(child.process.pid as number);
    }, startTimeoutMs);
    yieldToHarness(container.pid);
    send({ type: 'started', id, pid: container.pid, place: { kind: 'process', pid: container.pid } });
    container.stderr?.on('data', (data: Buffer) => {
      child.stderr = (child.stderr + data.toString()).slice(-stderrKept);
    });
    this.#readControl(child);
    // 'close' comes when stderr is drained too, but a surviving descendant may hold it open; 'exit' does not wait for it.
    container.on('exit', (code, signal) => this.#ended(child, code, signal));
  }

  /** `taskset` replaces itself with what it starts, so the process stays the same. */
  #command(id: number): [string, ...string[]] {
    const { memoryLimitMb, runtimePath, cores, containerCores } = this.#config;
    const node: [string, ...string[]] = [process.execPath, `--max-old-space-size=${memoryLimitMb}`, runtimePath];
    if (containerCores >= cores) return node;
    const affinity = Array.from({ length: containerCores }, (_core, i) => allowedCores[(id * containerCores + i) % allowedCores.length]);
    return ['taskset', '--cpu-list', affinity.join(','), ...node];
  }

  #readControl(child: Child): void {
    let text = '';
    child.control.on('error', () => undefined);
    child.control.on('data', (data: Buffer) => {
      text += data.toString();
      const lines = text.split('\n');
      text = lines.pop() as string;
      for (const line of lines) {
        if (line === 'ready' && child.state === 'starting') {
          child.state = 'ready';
          child.launched();
          send({ type: 'ready', id: child.id });
        } else if (line.startsWith('usage ')) child.usage = JSON.parse(line.slice('usage '.length)) as WireUsage;
      }
    });
  }

  #pids(): number[] {
    return [...this.#children.values()].map((child) => child.process.pid as number);
  }

  #stop(id: number, graceMs = stopGraceMs): void {
    const waiting = this.#waiting.findIndex((launch) => launch.id === id);
    if (waiting >= 0) {
      this.#waiting.splice(waiting, 1);
      send({ type: 'ended', id, reason: 'stopped before it was started', code: 'FBB_ERR_CONTAINER_LOST', cpuMs: 0, peakMemoryMb: 0 });
      return;
    }
    const child = this.#children.get(id);
    if (child === undefined || child.state === 'stopping') return;
    child.state = 'stopping';
    child.control.write('stop\n');
    setTimeout(() => {
      if (this.#children.has(id)) killGroup(child.process.pid as number);
    }, graceMs);
  }

  #ended(child: Child, code: number | null, signal: NodeJS.Signals | null): void {
    // Its descendants are still in its group, and die with it.
    killGroup(child.process.pid as number);
    child.launched();
    // Its last words may still be in the control pipe. Its end follows them, unless a descendant holds it open.
    const report = (): void => {
      if (!this.#children.has(child.id)) return;
      this.#children.delete(child.id);
      child.control.destroy();
      const lastLine = tellingLine(child.stderr);
      const how = signal === null ? `exited with code ${code ?? '?'}` : `ended by ${signal}`;
      const why = lastLine === undefined ? how : `${how}: ${lastLine}`;
      const overMemory = child.overMemory || isOutOfHeap(child.stderr);
      send({
        type: 'ended',
        id: child.id,
        ...(overMemory ? { code: 'FBB_ERR_CONTAINER_MEMORY', reason: overMemoryReason(this.#config.memoryLimitMb, why) } : { code: 'FBB_ERR_CONTAINER_LOST', reason: why }),
        cpuMs: child.usage?.cpuMs,
        peakMemoryMb: child.usage?.peakMemoryMb,
      });
      if (this.#closing) this.#close();
    };
    if (child.control.destroyed) report();
    else child.control.once('close', report);
    setTimeout(report, lastWordsMs);
  }

  #checkMemory(): void {
    for (const child of this.#children.values()) {
      const pid = child.process.pid as number;
      if ((residentMb(pid) ?? 0) <= this.#config.memoryLimitMb) continue;
      child.overMemory = true;
      killGroup(pid);
    }
  }

  #close(): void {
    this.#closing = true;
    this.#descendants ??= descendantsOf(this.#pids());
    for (const { id } of [...this.#waiting]) this.#stop(id);
    for (const child of this.#children.values()) this.#stop(child.id, closeGraceMs);
    if (this.#children.size > 0) return;
    killAll(this.#descendants);
    killMarked(this.#config.mark);
    rmSync(this.#config.folder, { recursive: true, force: true });
    process.send?.({ type: 'closed' } satisfies LauncherEvent, () => process.exit(0));
  }
}

/** Numbers of the cores that this process may use; a control group can leave any of them out. */
const allowedCores = ((): number[] => {
  try {
    const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
    return list.split(',').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_core, i) => from + i);
    });
  } catch {
    return [0];
  }
})();

function yieldToHarness(pid: number): void {
  try {
    setPriority(pid, containerNiceness);
  } catch {
    // It has ended already; its exit event tells.
  }
}

/** The callback takes the error of a harness that has just died; 'disconnect' follows and ends this process in order. */
function send(event: LauncherEvent): void {
  if (process.connected) process.send?.(event, () => undefined);
}

const launcher = new Launcher(JSON.parse(process.env[launcherConfigVariable] ?? '{}') as ProcessLauncherConfig);
process.on('message', (request: LauncherRequest) => launcher.handle(request));
process.on('disconnect', () => launcher.abandon());
// It is not in the terminal's foreground group, but somebody may signal it by id: the containers go first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => launcher.abandon());
