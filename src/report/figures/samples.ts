import { existsSync } from 'node:fs';
import { scanCsv, type ContainerLife } from '../../results/index.js';
import { rounded, secondsOf } from './rounded.js';
import { mostTimePoints, type TimePoint } from './step-curve.js';

/** Readings over time, or means of as many readings each as `readingsAPoint` says. */
export interface SampledCurve {
  readonly points: readonly TimePoint[];
  readonly readingsAPoint: number;
}

/** What samples.csv tells over time. */
export interface Samples {
  /** Of all containers together, in MB; undefined where no container was ever read. */
  readonly memoryMb: SampledCurve | undefined;
  /** Of the host, 100 is all cores; undefined where it was never read. */
  readonly hostCpuPercent: SampledCurve | undefined;
}

type Lives = ReadonlyMap<number, Pick<ContainerLife, 'retiredMs'>>;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** At most `mostTimePoints`: means of readings that follow each other. */
function inBins(readings: readonly (readonly [ms: number, value: number])[]): SampledCurve | undefined {
  if (readings.length === 0) return undefined;
  const readingsAPoint = Math.ceil(readings.length / mostTimePoints);
  const points: TimePoint[] = [];
  for (let from = 0; from < readings.length; from += readingsAPoint) {
    const bin = readings.slice(from, from + readingsAPoint);
    points.push([secondsOf(meanOf(bin.map(([ms]) => ms))), rounded(meanOf(bin.map(([, value]) => value)), 3)]);
  }
  return { points, readingsAPoint };
}

/** Adds up the containers of each round. */
class Rounds {
  readonly memory: [ms: number, mb: number][] = [];
  readonly cpu: [ms: number, percent: number][] = [];
  readonly #lives: Lives;
  /** Last reading of each container, in MB. */
  readonly #lastMb = new Map<string, number>();
  /** Those that have a row in the round. */
  readonly #present = new Set<string>();
  #atMs = Number.NaN;
  /** Whether any container was ever read. */
  hasMemory = false;

  constructor(lives: Lives) {
    this.#lives = lives;
  }

  add(atMs: number, whose: string, { memoryMb, cpuPercent }: { readonly memoryMb: number; readonly cpuPercent: number }): void {
    if (atMs !== this.#atMs) {
      this.endRound();
      this.#atMs = atMs;
    }
    if (whose === 'host') {
      if (!Number.isNaN(cpuPercent)) this.cpu.push([atMs, cpuPercent]);
      return;
    }
    this.#present.add(whose);
    if (Number.isNaN(memoryMb)) return;
    this.#lastMb.set(whose, memoryMb);
    this.hasMemory = true;
  }

  /** Docker's stats tell of a container now and then: one without a row counts with its last reading for as long as it lives. */
  endRound(): void {
    if (Number.isNaN(this.#atMs)) return;
    let sumMb = 0;
    for (const [whose, mb] of this.#lastMb) {
      if (this.#present.has(whose) || (this.#lives.get(Number(whose))?.retiredMs ?? 0) > this.#atMs) sumMb += mb;
    }
    this.memory.push([this.#atMs, sumMb]);
    this.#present.clear();
  }
}

/** Undefined where the file is not there. Throws FBB_ERR_RESULTS_INVALID with the line of what is wrong. */
export function readSamples(path: string, lives: Lives): Samples | undefined {
  if (!existsSync(path)) return undefined;
  const rounds = new Rounds(lives);
  scanCsv(path, ['t_ms', 'container', 'memory_mb', 'cpu_percent'], (columns) => {
    const [time, container, memory, cpu] = ['t_ms', 'container', 'memory_mb', 'cpu_percent'].map((name) => columns.get(name) as number) as [number, number, number, number];
    return (record) => {
      const atMs = record.number(time);
      if (Number.isNaN(atMs)) throw record.wrong('t_ms is empty');
      rounds.add(atMs, record.text(container), { memoryMb: record.number(memory), cpuPercent: record.number(cpu) });
    };
  });
  rounds.endRound();
  return { memoryMb: rounds.hasMemory ? inBins(rounds.memory) : undefined, hostCpuPercent: inBins(rounds.cpu) };
}
