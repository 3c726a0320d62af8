import { readFileSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import pidusage from 'pidusage';
import type { ContainerSample, SampleRound } from '../core/measures.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import { processCpuMs } from '../core/process-cpu.js';
import { samplerConfigVariable, type SamplerConfig, type SamplerMessage, type SamplerRequest } from './sampler-protocol.js';

/** Samples memory and CPU in a process of its own, so that reading never delays the engine and its cost can be told apart. */

const mb = 1_048_576;

interface Watched {
  readonly pid: number;
  /** NaN until its PSS has been read. */
  pssReadMs: number;
}

function pssMb(pid: number): number | undefined {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

/** Busy and total CPU time of all cores so far, in ms. */
function hostCpu(): { busyMs: number; allMs: number } {
  let busyMs = 0;
  let allMs = 0;
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    allMs += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { busyMs, allMs };
}

/** CPU time of all cores so far, and how much of it other machines had instead, in ticks; undefined where there is no /proc. */
function hostTicks(): { stolen: number; all: number } | undefined {
  try {
    const fields = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]?.split(' ').map(Number) ?? [];
    // user nice system idle iowait irq softirq steal; guests are part of user.
    const ticks = fields.slice(0, 8);
    return ticks.length < 8 ? undefined : { stolen: ticks[7] as number, all: ticks.reduce((sum, value) => sum + value, 0) };
  } catch {
    return undefined;
  }
}

class Sampler {
  readonly #config: SamplerConfig;
  readonly #watched = new Map<number, Watched>();
  readonly #hasPss = pssMb(process.pid) !== undefined;
  readonly #ticksAtStart = hostTicks();
  #host = hostCpu();
  #rounds = 0;
  #missedRounds = 0;
  #busy = false;

  constructor(config: SamplerConfig) {
    this.#config = config;
    setInterval(() => {
      if (this.#busy) this.#missedRounds += 1;
      else void this.#round();
    }, config.intervalMs);
  }

  handle(request: SamplerRequest): void {
    if (request.type === 'watch') this.#watched.set(request.containerId, { pid: request.pid, pssReadMs: Number.NaN });
    else if (request.type === 'unwatch') this.#watched.delete(request.containerId);
    else this.#stop();
  }

  async #round(): Promise<void> {
    this.#busy = true;
    const atMs = monotonicNowMs();
    const pss = this.#readPss(atMs);
    const usages = await this.#usages();
    const containers: ContainerSample[] = [];
    for (const [containerId, { pid }] of this.#watched) {
      const usage = usages[pid];
      if (usage === undefined) continue;
      const rssMb = usage.memory / mb;
      containers.push({ containerId, cpuPercent: usage.cpu, cpuMs: usage.ctime, rssMb, memoryMb: this.#hasPss ? pss.get(containerId) : rssMb });
    }
    this.#rounds += 1;
    this.#busy = false;
    post({ type: 'round', atMs, host: this.#sampleHost(), containers });
  }

  /** pidusage gives one error for a list in which a process has ended, so the list is asked again one by one then. */
  async #usages(): Promise<Record<number, pidusage.Status | undefined>> {
    const pids = [...this.#watched.values()].map(({ pid }) => pid);
    if (pids.length === 0) return {};
    try {
      return await pidusage(pids);
    } catch {
      const entries = await Promise.all(pids.map(async (pid) => [pid, await pidusage(pid).catch(() => undefined)] as const));
      return Object.fromEntries(entries);
    }
  }

  #readPss(atMs: number): Map<number, number> {
    const read = new Map<number, number>();
    if (!this.#hasPss) return read;
    const order = [...this.#watched].sort(([, a], [, b]) => (Number.isNaN(a.pssReadMs) ? -1 : a.pssReadMs) - (Number.isNaN(b.pssReadMs) ? -1 : b.pssReadMs));
    for (const [containerId, watched] of order.slice(0, this.#config.pssReadsPerRound)) {
      watched.pssReadMs = atMs;
      const value = pssMb(watched.pid);
      if (value !== undefined) read.set(containerId, value);
    }
    return read;
  }

  #sampleHost(): SampleRound['host'] {
    const before = this.#host;
    this.#host = hostCpu();
    const allMs = this.#host.allMs - before.allMs;
    return { memoryMb: (totalmem() - freemem()) / mb, cpuPercent: allMs > 0 ? ((this.#host.busyMs - before.busyMs) / allMs) * 100 : 0 };
  }

  #stolenShare(): number | null {
    const before = this.#ticksAtStart;
    const now = hostTicks();
    if (before === undefined || now === undefined || now.all === before.all) return null;
    return (now.stolen - before.stolen) / (now.all - before.all);
  }

  #stop(): void {
    const cost: SamplerMessage = {
      type: 'cost',
      cpuMs: processCpuMs(),
      rounds: this.#rounds,
      missedRounds: this.#missedRounds,
      stolenShare: this.#stolenShare(),
      memorySource: this.#hasPss ? 'pss' : 'rss',
    };
    process.send?.(cost, () => process.exit(0));
  }
}

/** The callback takes the error of a harness that has just died; 'disconnect' follows. */
function post(message: SamplerMessage): void {
  if (process.connected) process.send?.(message, () => undefined);
}

const sampler = new Sampler(JSON.parse(process.env[samplerConfigVariable] ?? '{"intervalMs":1000,"pssReadsPerRound":20}') as SamplerConfig);
process.on('message', (request: SamplerRequest) => sampler.handle(request));
process.on('disconnect', () => process.exit(0));
