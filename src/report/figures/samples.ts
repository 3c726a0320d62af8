import { existsSync } from 'node:fs';
import { scanCsv } from '../../results/index.js';
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
  /** Last reading of each container, in MB. */
  readonly #lastMb = new Map<string, number>();
  #atMs = Number.NaN;
  #sumMb = 0;

  add(atMs: number, whose: string, { memoryMb, cpuPercent }: { readonly memoryMb: number; readonly cpuPercent: number }): void {
    if (atMs !== this.#atMs) {
      this.endRound();
      this.#atMs = atMs;
    }
    if (whose === 'host') {
      if (!Number.isNaN(cpuPercent)) this.cpu.push([atMs, cpuPercent]);
      return;
    }
    if (!Number.isNaN(memoryMb)) this.#lastMb.set(whose, memoryMb);
    this.#sumMb += this.#lastMb.get(whose) ?? 0;
  }

  endRound(): void {
    if (!Number.isNaN(this.#atMs)) this.memory.push([this.#atMs, this.#sumMb]);
    this.#sumMb = 0;
  }

  /** Whether any container was ever read. */
  get hasMemory(): boolean {
    return this.#lastMb.size > 0;
  }
}

/** Undefined where the file is not there. Throws FBB_ERR_RESULTS_INVALID with the line of what is wrong. */
export function readSamples(path: string): Samples | undefined {
  if (!existsSync(path)) return undefined;
  const rounds = new Rounds();
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
