import type { Manifest } from '../results/index.js';
import type { CellAverage } from './repetitions.js';

type Row = Pick<CellAverage, 'experiment' | 'workload' | 'scheduler' | 'parameters'>;

/** A number that rows of the same scheduler have different values of. */
export interface Sweep {
  readonly parameter: string;
  /** Ascending. */
  readonly values: readonly number[];
  /** The one that is usual: what is shown where there is room for one. */
  readonly shown: number;
}

function valuesOf(rows: readonly Row[], parameter: string): number[] {
  const values = rows.flatMap(({ parameters }) => parameters[parameter] ?? []).filter((value) => typeof value === 'number');
  return [...new Set(values)].sort((a, b) => a - b);
}

/** The values of those schedulers that have several. */
function sweptValues(rows: readonly Row[], parameter: string): number[] {
  return valuesOf(rows.filter((row) => isSwept(row, rows, parameter)), parameter);
}

function isSwept({ scheduler }: Row, rows: readonly Row[], parameter: string): boolean {
  return valuesOf(rows.filter((row) => row.scheduler === scheduler), parameter).length > 1;
}

/**
 * What is swept among the rows of one experiment and workload: of several parameters, the one with the most values; undefined where nothing is. What is no number
 * (a policy, a placement) makes variants to be compared with each other. The usual value is the one that other experiments use, where they
 * agree, else the default of a scheduler, else the middle.
 */
export function sweepOf(rows: readonly Row[], { schedulers, cells }: Pick<Manifest, 'schedulers' | 'cells'>): Sweep | undefined {
  const names = [...new Set(rows.flatMap(({ parameters }) => Object.keys(parameters)))];
  const [widest] = names.map((parameter) => ({ parameter, values: sweptValues(rows, parameter) })).sort((a, b) => b.values.length - a.values.length);
  if (widest === undefined || widest.values.length === 0) return undefined;
  const { parameter, values } = widest;
  const swept = new Set(rows.filter((row) => isSwept(row, rows, parameter)).map(({ scheduler }) => scheduler));
  const elsewhere = new Set(cells.filter(({ experiment, scheduler }) => experiment !== rows[0]?.experiment && swept.has(scheduler)).flatMap(({ parameters }) => parameters[parameter] ?? []));
  const byDefault = schedulers.filter(({ name }) => swept.has(name)).map(({ defaults }) => defaults[parameter]);
  const usual = [...(elsewhere.size === 1 ? elsewhere : []), ...byDefault].find((value) => values.includes(value as number));
  return { parameter, values, shown: (usual ?? values[(values.length - 1) >> 1]) as number };
}

/** The rows to be compared at one value of what is swept: with it, and those of schedulers that are not swept. */
export function rowsAt<R extends Row>(rows: readonly R[], parameter: string, value: number): R[] {
  return rows.filter((row) => row.parameters[parameter] === value || !(parameter in row.parameters) || !isSwept(row, rows, parameter));
}
