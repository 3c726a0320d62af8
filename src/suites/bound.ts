import { LatencyHistogram } from '../metrics/index.js';
import type { CellSummary } from '../results/index.js';
import { ShortestRemaining } from '../stats/index.js';

interface LeastDemand {
  readonly cpuMs: number;
  readonly serverCpuMs: number;
  readonly waitMs: number;
}

/** What a clairvoyant policy would reach with the work of a cell, found as its invocations arrive; on one core no policy has a lower mean. */
export class Bound {
  readonly #cores: number;
  readonly #histogram = new LatencyHistogram();
  readonly #policy: ShortestRemaining;
  /** Of the invocations under way, by index. */
  readonly #waitsMs = new Map<number, number>();
  #arrived = 0;

  constructor(cores: number) {
    this.#cores = cores;
    this.#policy = new ShortestRemaining(cores, (latencyMs, index) => this.#ended(latencyMs, index));
  }

  /** Times must not go back. Who waits for something outside needs no core meanwhile. */
  arrive(atMs: number, { cpuMs, serverCpuMs, waitMs }: LeastDemand): void {
    // The server's part is given to it for nothing: too low is on the safe side.
    if (serverCpuMs + waitMs > 0) this.#waitsMs.set(this.#arrived, serverCpuMs + waitMs);
    this.#arrived += 1;
    this.#policy.arrive(atMs, cpuMs);
  }

  /** No more will arrive. */
  summary(): CellSummary['bound'] {
    this.#policy.finish();
    return { cores: this.#cores, latencyMs: this.#histogram.summary() };
  }

  #ended(latencyMs: number, index: number): void {
    this.#histogram.record(latencyMs + (this.#waitsMs.get(index) ?? 0));
    this.#waitsMs.delete(index);
  }
}
