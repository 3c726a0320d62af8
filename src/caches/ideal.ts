import { RankedKeys, type RankedKey } from './ranked-keys.js';

/** A request for a resource by an invocation, which has it from then on until its end; in ms. */
export interface ResourceRequest {
  readonly key: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** A stretch of time through which a resource has to be kept for the next request to hit. */
interface Wait {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface Waits {
  /** Requests that find an earlier invocation with the same resource still running: it may be just making it. */
  readonly joins: number;
  readonly waits: readonly Wait[];
}

/** `requests` in the order in which they began. */
function waitsOf(requests: readonly ResourceRequest[]): Waits {
  const lastEndMs = new Map<number, number>();
  const waits: Wait[] = [];
  let joins = 0;
  for (const { key, startedMs, endedMs } of requests) {
    const fromMs = lastEndMs.get(key);
    if (fromMs !== undefined && fromMs > startedMs) joins += 1;
    else if (fromMs !== undefined) waits.push({ fromMs, untilMs: startedMs });
    lastEndMs.set(key, Math.max(endedMs, fromMs ?? endedMs));
  }
  return { joins, waits };
}

/** What happens in time; of what happens at the same time the lower one comes first. */
const happens = { waitEnds: 0, runsAlone: 1, waitBegins: 2 } as const;

interface Happening {
  readonly atMs: number;
  readonly what: (typeof happens)[keyof typeof happens];
  /** None where an invocation runs alone. */
  readonly wait?: Wait;
}

/** When invocations begin that nobody else runs beside. `requests` in the order in which they began. */
function lonelyStarts(requests: readonly ResourceRequest[]): number[] {
  const starts: number[] = [];
  let lastEndMs = Number.NEGATIVE_INFINITY;
  requests.forEach(({ startedMs, endedMs }, index) => {
    const nextMs = requests[index + 1]?.startedMs ?? Number.POSITIVE_INFINITY;
    if (lastEndMs <= startedMs && endedMs <= nextMs && startedMs < nextMs) starts.push(startedMs);
    lastEndMs = Math.max(lastEndMs, endedMs);
  });
  return starts;
}

/**
 * How many waits can be sat out when at most `capacity` are at a time, and one less while an invocation runs alone, whose own resource takes
 * a place. When there are too many, the one that ends last is given up: no other choice does better.
 */
function mostWaits(waits: readonly Wait[], alone: readonly number[], capacity: number): number {
  const happenings: Happening[] = alone.map((atMs) => ({ atMs, what: happens.runsAlone }));
  let done = 0;
  for (const wait of waits) {
    // One of no length needs no place.
    if (wait.fromMs >= wait.untilMs) done += 1;
    else happenings.push({ atMs: wait.fromMs, what: happens.waitBegins, wait }, { atMs: wait.untilMs, what: happens.waitEnds, wait });
  }
  happenings.sort((a, b) => a.atMs - b.atMs || a.what - b.what);
  // The rank is the negated end: the last to end is the lowest.
  const kept = new RankedKeys<Wait, RankedKey<Wait>>();
  let size = 0;
  for (const { what, wait } of happenings) {
    if (what === happens.waitBegins && wait !== undefined) {
      kept.add({ key: wait, rank: -wait.untilMs, turn: 0, place: 0 });
      size += 1;
    } else if (wait !== undefined && kept.get(wait) !== undefined) {
      kept.remove(wait);
      size -= 1;
      done += 1;
    }
    for (const most = what === happens.runsAlone ? capacity - 1 : capacity; size > most; size -= 1) kept.takeLowest();
  }
  return done;
}

/**
 * A bound of the hits that a cache of `capacity` (at least 1, or infinity) can have with these requests, however it replaces: Belady's
 * optimal replacement, for requests that take time. A resource need not be kept while an invocation runs that has it, because a cache
 * may have more than it keeps while they are made; a request in that time counts as a hit.
 */
export function idealHits(requests: readonly ResourceRequest[], capacity: number): number {
  const inOrder = [...requests].sort((a, b) => a.startedMs - b.startedMs);
  const { joins, waits } = waitsOf(inOrder);
  return joins + mostWaits(waits, lonelyStarts(inOrder), capacity);
}
