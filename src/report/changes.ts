import type { Manifest } from '../results/index.js';
import { publishedFor, type CellAverage } from './repetitions.js';

/** The change from base to value as a share, a reduction negative: -0.878. Null where one is not known, or the base is nothing. */
export function changeOf(value: number | null, base: number | null): number | null {
  return value === null || base === null || base === 0 ? null : value / base - 1;
}

/** Shares as `changeOf` gives them. */
interface PublishedChanges {
  readonly meanMs: number | null;
  readonly containers: number | null;
}

/** What was published of a row against the base of the set; undefined where it was not, and of the base itself. */
export function publishedChanges(manifest: Manifest, average: CellAverage): PublishedChanges | undefined {
  const { scheduler } = average;
  const own = publishedFor(average, manifest);
  const base = publishedFor({ ...average, scheduler: manifest.base }, manifest);
  if (own === undefined || base === undefined || scheduler === manifest.base) return undefined;
  return { meanMs: changeOf(own.meanMs, base.meanMs), containers: changeOf(own.containers, base.containers) };
}

/** Where published figures are from, without what else is said of them; empty where there are none. */
export function publishedBy({ published }: Manifest): string {
  return published?.source.split('. ', 1)[0] ?? '';
}

/** The row that another one is compared with: among the twins of the base the one whose options of the same names are equal. */
export function baseFor(cell: CellAverage, bases: readonly CellAverage[], manifest: Manifest): CellAverage | undefined {
  const [first] = bases;
  if (cell.scheduler === manifest.base) return first;
  const agrees = ({ parameters }: CellAverage): boolean => Object.entries(parameters).every(([option, value]) => !(option in cell.parameters) || cell.parameters[option] === value);
  return bases.find(agrees) ?? first;
}
