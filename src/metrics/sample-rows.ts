import type { ContainerSample, SampleRound } from '../core/index.js';

/** A little less than a second, so that of rounds taken every second none is held back for coming early. */
const betweenRowsMs = 950;

/** The CPU time of a container when it was last passed on, or first seen since. */
interface Before {
  readonly atMs: number;
  readonly cpuMs: number;
}

/**
 * Passes at most one round a second on to be stored: ten a second of hundreds of containers would be most of a result set. Memory is
 * that of the round; CPU is the mean since the round that was passed on before.
 */
export class SampleRows {
  readonly #pass: (round: SampleRound) => void;
  #before = new Map<number, Before>();
  #passedMs = Number.NEGATIVE_INFINITY;
  #hostCpuPercents: number[] = [];

  constructor(pass: (round: SampleRound) => void) {
    this.#pass = pass;
  }

  add(round: SampleRound): void {
    const { atMs, host } = round;
    this.#hostCpuPercents.push(host.cpuPercent);
    if (atMs - this.#passedMs < betweenRowsMs) {
      this.#hold(round);
      return;
    }
    this.#pass(this.#hostCpuPercents.length === 1 ? round : this.#averaged(round));
    this.#passedMs = atMs;
    this.#hostCpuPercents = [];
    this.#before = new Map(round.containers.map(({ containerId, cpuMs }) => [containerId, { atMs, cpuMs }]));
  }

  #hold({ atMs, containers }: SampleRound): void {
    for (const { containerId, cpuMs } of containers) if (!this.#before.has(containerId)) this.#before.set(containerId, { atMs, cpuMs });
  }

  #averaged({ atMs, host, containers }: SampleRound): SampleRound {
    const cpuPercent = this.#hostCpuPercents.reduce((sum, value) => sum + value, 0) / this.#hostCpuPercents.length;
    return { atMs, host: { ...host, cpuPercent }, containers: containers.map((sample) => ({ ...sample, cpuPercent: this.#meanCpuPercent(sample, atMs) })) };
  }

  #meanCpuPercent({ containerId, cpuMs, cpuPercent }: ContainerSample, atMs: number): number {
    const before = this.#before.get(containerId);
    return before === undefined ? cpuPercent : ((cpuMs - before.cpuMs) / (atMs - before.atMs)) * 100;
  }
}
