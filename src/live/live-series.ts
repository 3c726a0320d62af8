import { latencyOf, mergeCounts, type LatencyCounts } from './latency-counts.js';
import type { LivePoint } from './live-events.js';

/** A point with what its percentiles are made of: merged points need it. */
interface Held extends Omit<LivePoint, 'latency'> {
  readonly latencies: LatencyCounts;
}

function mostOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function meanCpuPercent(one: Held, other: Held): number | null {
  if (one.hostCpuPercent === null || other.hostCpuPercent === null) return one.hostCpuPercent ?? other.hostCpuPercent;
  const [oneMs, otherMs] = [one.toMs - one.fromMs, other.toMs - other.fromMs];
  return oneMs + otherMs > 0 ? (one.hostCpuPercent * oneMs + other.hostCpuPercent * otherMs) / (oneMs + otherMs) : other.hostCpuPercent;
}

/** `other` follows on `one`. */
function merge(one: Held, other: Held): Held {
  return {
    fromMs: one.fromMs,
    toMs: other.toMs,
    ended: one.ended + other.ended,
    failed: one.failed + other.failed,
    latencies: mergeCounts(one.latencies, other.latencies),
    containers: Math.max(one.containers, other.containers),
    memoryMb: Math.max(one.memoryMb, other.memoryMb),
    unreadContainers: Math.max(one.unreadContainers, other.unreadContainers),
    hostCpuPercent: meanCpuPercent(one, other),
    hostMemoryMb: mostOf(one.hostMemoryMb, other.hostMemoryMb),
  };
}

function pointOf({ latencies, ...rest }: Held): LivePoint {
  return { ...rest, latency: latencyOf(latencies) };
}

/** What happened in a cell over time, in a bounded number of points: when there is no more room, neighbours are merged, and new points span as much. */
export class LiveSeries {
  readonly #mostPoints: number;
  #held: Held[] = [];
  #ticksAPoint = 1;
  #ticksInLast = 0;

  /** `mostPoints` must be even. */
  constructor(mostPoints = 1_200) {
    this.#mostPoints = mostPoints;
  }

  get points(): LivePoint[] {
    return this.#held.map(pointOf);
  }

  /** The last one and its place. */
  get last(): { readonly index: number; readonly point: LivePoint } | undefined {
    const held = this.#held.at(-1);
    return held === undefined ? undefined : { index: this.#held.length - 1, point: pointOf(held) };
  }

  /** Returns whether neighbours were merged: every point is another one then. */
  add(tick: Held): boolean {
    const last = this.#held.at(-1);
    if (last !== undefined && this.#ticksInLast < this.#ticksAPoint) {
      this.#held[this.#held.length - 1] = merge(last, tick);
      this.#ticksInLast += 1;
      return false;
    }
    const isFull = this.#held.length === this.#mostPoints;
    if (isFull) {
      this.#held = Array.from({ length: this.#mostPoints / 2 }, (_item, i) => merge(this.#held[2 * i] as Held, this.#held[2 * i + 1] as Held));
      this.#ticksAPoint *= 2;
    }
    this.#held.push(tick);
    this.#ticksInLast = 1;
    return isFull;
  }
}
