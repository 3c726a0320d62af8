/** One event of a trace, as far as tests look at it. */
export interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly tid?: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, number | string>>;
}

export function eventsOf(text: string): TraceEvent[] {
  return (JSON.parse(text) as { traceEvents: TraceEvent[] }).traceEvents;
}

/** Names of lanes by their numbers. */
export function laneNames(events: readonly TraceEvent[]): Map<number, string> {
  return new Map(events.filter(({ name }) => name === 'thread_name').map(({ tid, args }) => [tid as number, String(args['name'])]));
}

interface Slice {
  readonly lane: number;
  readonly startUs: number;
  readonly endUs: number;
}

/** Pairs of slices of one lane of which neither holds the other and that are not apart either. */
export function crossing<T extends Slice>(slices: readonly T[]): [T, T][] {
  const pairs: [T, T][] = [];
  for (const lane of new Set(slices.map((slice) => slice.lane))) {
    const open: T[] = [];
    const inLane = slices.filter((slice) => slice.lane === lane).sort((a, b) => a.startUs - b.startUs || b.endUs - a.endUs);
    for (const slice of inLane) {
      while (open.length > 0 && (open.at(-1) as T).endUs <= slice.startUs) open.pop();
      const outer = open.at(-1);
      if (outer !== undefined && slice.endUs > outer.endUs) pairs.push([outer, slice]);
      open.push(slice);
    }
  }
  return pairs;
}

export function slicesOf(events: readonly TraceEvent[]): (Slice & { readonly event: TraceEvent })[] {
  return events.filter(({ ph }) => ph === 'X').map((event) => ({ lane: event.tid as number, startUs: event.ts, endUs: event.ts + event.dur, event }));
}
