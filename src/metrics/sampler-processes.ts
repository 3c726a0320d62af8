import { readFileSync } from 'node:fs';
import type { Status } from 'pidusage';
import type { ContainerSample } from '../core/measures.js';

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

/** Containers that are processes. */
export class SampledProcesses {
  readonly hasPss = pssMb(process.pid) !== undefined;
  readonly #watched = new Map<number, Watched>();
  readonly #pssReadsPerRound: number;

  constructor(pssReadsPerRound: number) {
    this.#pssReadsPerRound = pssReadsPerRound;
  }

  get count(): number {
    return this.#watched.size;
  }

  watch(containerId: number, pid: number): void {
    this.#watched.set(containerId, { pid, pssReadMs: Number.NaN });
  }

  unwatch(containerId: number): void {
    this.#watched.delete(containerId);
  }

  async read(atMs: number): Promise<ContainerSample[]> {
    const pss = this.#readPss(atMs);
    const usages = await this.#usages();
    const samples: ContainerSample[] = [];
    for (const [containerId, { pid }] of this.#watched) {
      const usage = usages[pid];
      if (usage === undefined) continue;
      const rssMb = usage.memory / mb;
      samples.push({ containerId, cpuPercent: usage.cpu, cpuMs: usage.ctime, rssMb, memoryMb: this.hasPss ? pss.get(containerId) : rssMb });
    }
    return samples;
  }

  /** pidusage gives one error for a list in which a process has ended, so the list is asked again one by one then. */
  async #usages(): Promise<Record<number, Status | undefined>> {
    // Loaded when it is needed: cells whose containers are no processes do without.
    const { default: pidusage } = await import('pidusage');
    const pids = [...this.#watched.values()].map(({ pid }) => pid);
    try {
      return await pidusage(pids);
    } catch {
      const entries = await Promise.all(pids.map(async (pid) => [pid, await pidusage(pid).catch(() => undefined)] as const));
      return Object.fromEntries(entries);
    }
  }

  #readPss(atMs: number): Map<number, number> {
    const read = new Map<number, number>();
    if (!this.hasPss) return read;
    const order = [...this.#watched].sort(([, a], [, b]) => (Number.isNaN(a.pssReadMs) ? -1 : a.pssReadMs) - (Number.isNaN(b.pssReadMs) ? -1 : b.pssReadMs));
    for (const [containerId, watched] of order.slice(0, this.#pssReadsPerRound)) {
      watched.pssReadMs = atMs;
      const value = pssMb(watched.pid);
      if (value !== undefined) read.set(containerId, value);
    }
    return read;
  }
}
