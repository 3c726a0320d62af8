import { rounded, secondsOf } from './rounded.js';
import { mostTimePoints, type TimePoint } from './step-curve.js';

/** How many invocations arrive, over time. */
export interface Arrivals {
  readonly cell: string;
  readonly workloadHash: string;
  readonly invocations: number;
  readonly binMs: number;
  /** Arrivals per second from each time on. */
  readonly points: readonly TimePoint[];
}

/** One of 1, 2 and 5 with zeros, at least this. */
function roundWidth(leastMs: number): number {
  const power = 10 ** Math.floor(Math.log10(leastMs));
  return ([1, 2, 5].find((factor) => factor * power >= leastMs) ?? 10) * power;
}

/** Undefined where all arrive at once: there is no rate then. */
export function arrivalsOf(intendedMs: Float64Array, { cell, workloadHash }: Pick<Arrivals, 'cell' | 'workloadHash'>): Arrivals | undefined {
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const ms of intendedMs) {
    if (ms < fromMs) fromMs = ms;
    if (ms > toMs) toMs = ms;
  }
  if (!(toMs > fromMs)) return undefined;
  // One bin is for what is left over at the ends of round ones, one point for the end of the last.
  const binMs = roundWidth(Math.max(100, (toMs - fromMs) / (mostTimePoints - 2)));
  const firstBin = Math.floor(fromMs / binMs);
  const counts = new Array<number>(Math.floor(toMs / binMs) - firstBin + 1).fill(0);
  for (const ms of intendedMs) {
    const bin = Math.floor(ms / binMs) - firstBin;
    counts[bin] = (counts[bin] as number) + 1;
  }
  const points = counts.map((count, bin): TimePoint => [secondsOf((firstBin + bin) * binMs), rounded((count * 1_000) / binMs, 3)]);
  return { cell, workloadHash, invocations: intendedMs.length, binMs, points: [...points, [secondsOf((firstBin + counts.length) * binMs), 0]] };
}
