import type { ContainerReading, ContainerSample } from '../core/index.js';

interface Told extends ContainerReading {
  readonly atMs: number;
}

/** Readings that a backend was told, kept until the next round of the sampler takes them along. */
export class ToldReadings {
  /** The last ones taken; of a container that has just started, nothing used. */
  readonly #taken = new Map<number, Told>();
  readonly #fresh = new Map<number, Told>();

  started(containerId: number, atMs: number): void {
    this.#taken.set(containerId, { atMs, cpuMs: 0, memoryMb: 0 });
  }

  read(containerId: number, reading: ContainerReading, atMs: number): void {
    if (this.#taken.has(containerId)) this.#fresh.set(containerId, { atMs, ...reading });
  }

  stopped(containerId: number): void {
    this.#taken.delete(containerId);
    this.#fresh.delete(containerId);
  }

  /** The last reading of each container that was told of since this was asked before. */
  take(): ContainerSample[] {
    const samples = [...this.#fresh].map(([containerId, { atMs, cpuMs, memoryMb }]): ContainerSample => {
      const before = this.#taken.get(containerId) as Told;
      const cpuPercent = atMs > before.atMs ? ((cpuMs - before.cpuMs) / (atMs - before.atMs)) * 100 : 0;
      return { containerId, cpuPercent, cpuMs, rssMb: undefined, memoryMb };
    });
    for (const [containerId, told] of this.#fresh) this.#taken.set(containerId, told);
    this.#fresh.clear();
    return samples;
  }
}
