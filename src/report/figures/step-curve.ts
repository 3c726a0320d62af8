import type { ContainerLife } from '../../results/index.js';
import { secondsOf } from './rounded.js';

/** Time in s, and the value from then on, or then. */
export type TimePoint = readonly [seconds: number, value: number];

/** More points than this cannot be told apart on a screen. */
export const mostTimePoints = 400;

function knownTimes(lives: readonly ContainerLife[], pick: (life: ContainerLife) => number): Float64Array {
  return Float64Array.from(lives.map(pick)).filter((ms) => !Number.isNaN(ms)).sort();
}

/** How many containers there were from each change on, from the launch of each until it was retired. */
function changesOf(lives: readonly ContainerLife[]): TimePoint[] {
  const launched = lives.filter(({ launchedMs }) => !Number.isNaN(launchedMs));
  const launchesMs = knownTimes(launched, (life) => life.launchedMs);
  const endsMs = knownTimes(launched, (life) => life.retiredMs);
  const points: TimePoint[] = (launchesMs[0] ?? 0) > 0 ? [[0, 0]] : [];
  let [launches, ends] = [0, 0];
  while (launches < launchesMs.length || ends < endsMs.length) {
    const atMs = Math.min(launchesMs[launches] ?? Number.POSITIVE_INFINITY, endsMs[ends] ?? Number.POSITIVE_INFINITY);
    while (launchesMs[launches] === atMs) launches += 1;
    while (endsMs[ends] === atMs) ends += 1;
    points.push([secondsOf(atMs), launches - ends]);
  }
  return points;
}

/** At most `mostTimePoints` of a curve of steps: of each stretch of time its greatest value and its last. */
function thinned(points: readonly TimePoint[]): TimePoint[] {
  if (points.length <= mostTimePoints) return [...points];
  const [from, to] = [(points[0] as TimePoint)[0], (points.at(-1) as TimePoint)[0]];
  const stretches = mostTimePoints / 2;
  const kept: TimePoint[] = [];
  const keep = (greatest: TimePoint, last: TimePoint): number => (greatest === last ? kept.push(last) : kept.push(greatest, last));
  let [stretch, greatest, last] = [0, points[0] as TimePoint, points[0] as TimePoint];
  for (const point of points.slice(1)) {
    const own = Math.min(stretches - 1, Math.floor(((point[0] - from) / (to - from)) * stretches));
    if (own !== stretch) {
      keep(greatest, last);
      [stretch, greatest] = [own, point];
    } else if (point[1] > greatest[1]) greatest = point;
    last = point;
  }
  keep(greatest, last);
  return kept;
}

/** A curve of steps, and of how many changes it is. */
export interface StepCurve {
  readonly points: readonly TimePoint[];
  readonly changes: number;
}

/** Containers alive over time; undefined without containers. */
export function aliveOverTime(lives: readonly ContainerLife[]): StepCurve | undefined {
  const changes = changesOf(lives);
  return changes.length === 0 ? undefined : { points: thinned(changes), changes: changes.length };
}
