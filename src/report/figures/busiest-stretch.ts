import type { InvocationTable } from '../../results/index.js';

/** Rows of a table that are drawn. */
interface Selected {
  readonly rows: readonly number[];
  /** Arrivals of the first and the last of them, in ms; undefined where all are drawn. */
  readonly stretch: readonly [fromMs: number, toMs: number] | undefined;
}

function arrivalsOf(table: InvocationTable, served: readonly number[]): Float64Array {
  const arrivals = new Float64Array(served.length);
  for (let index = 0; index < served.length; index += 1) arrivals[index] = table.number(served[index] as number, 'intended_ms');
  return arrivals.sort();
}

/** The shortest time in which `most` of the arrivals come, which are ascending. */
function shortestStretch(arrivals: Float64Array, most: number): readonly [fromMs: number, toMs: number] {
  let best = 0;
  let bestMs = Number.POSITIVE_INFINITY;
  for (let index = 0; index + most <= arrivals.length; index += 1) {
    const spanMs = (arrivals[index + most - 1] as number) - (arrivals[index] as number);
    if (spanMs < bestMs) [best, bestMs] = [index, spanMs];
  }
  return [arrivals[best] as number, arrivals[best + most - 1] as number];
}

/** All rows given, or of more than `most` those of the busiest stretch: as many as that, which arrived in the shortest time. */
export function busiestStretch(table: InvocationTable, served: readonly number[], most: number): Selected {
  if (served.length <= most) return { rows: served, stretch: undefined };
  const stretch = shortestStretch(arrivalsOf(table, served), most);
  const [fromMs, toMs] = stretch;
  const within = served.filter((row) => table.number(row, 'intended_ms') >= fromMs && table.number(row, 'intended_ms') <= toMs);
  within.sort((a, b) => table.number(a, 'intended_ms') - table.number(b, 'intended_ms'));
  return { rows: within.slice(0, most), stretch };
}
