import type { Manifest } from '../results/index.js';
import type { CellAverage } from './repetitions.js';

type Row = Pick<CellAverage, 'experiment' | 'workload' | 'scheduler' | 'parameters'>;

/** A number that rows of the same scheduler have different values of. */
export interface Sweep {
  readonly parameter: string;
  /** Ascending; those of rows that ran. */
  readonly values: readonly number[];
  /** The one that is usual: what is shown where there is room for one. */
  readonly shown: number;
  /** Those that were to run at several values, though they may have finished at one only. */
  readonly schedulers: readonly string[];
}

function valuesOf(rows: readonly Row[], parameter: string): number[] {
  const values = rows.flatMap(({ parameters }) => parameters[parameter] ?? []).filter((value) => typeof value === 'number');
  return [...new Set(values)].sort((a, b) => a - b);
}

function sweptSchedulers(rows: readonly Row[], parameter: string): string[] {
  const schedulers = [...new Set(rows.map(({ scheduler }) => scheduler))];
  return schedulers.filter((name) => valuesOf(rows.filter(({ scheduler }) => scheduler === name), parameter).length > 1);
}

/**
 * What is swept among the rows of one experiment and workload: of several parameters, the one with the most values; undefined where nothing is. What is no number
 * (a policy, a placement) makes variants to be compared with each other. The usual value is the one that other experiments use, where they
 * agree, else the default of a scheduler, else the middle.
 */
export function sweepOf(rows: readonly Row[], { schedulers: known, cells }: Pick<Manifest, 'schedulers' | 'cells'>): Sweep | undefined {
  const [first] = rows;
  const planned = [...rows, ...cells.filter(({ experiment, workload }) => experiment === first?.experiment && workload === first.workload)];
  const names = [...new Set(rows.flatMap(({ parameters }) => Object.keys(parameters)))];
  const sweeps = names.map((parameter) => {
    const schedulers = sweptSchedulers(planned, parameter);
    return { parameter, values: valuesOf(rows.filter(({ scheduler }) => schedulers.includes(scheduler)), parameter), schedulers };
  });
  const [widest] = sweeps.sort((a, b) => b.values.length - a.values.length);
  if (widest === undefined || widest.values.length < 2) return undefined;
  const { parameter, values, schedulers } = widest;
  const elsewhere = new Set(cells.filter(({ experiment, scheduler }) => experiment !== first?.experiment && schedulers.includes(scheduler)).flatMap(({ parameters }) => parameters[parameter] ?? []));
  const byDefault = known.filter(({ name }) => schedulers.includes(name)).map(({ defaults }) => defaults[parameter]);
  const usual = [...(elsewhere.size === 1 ? elsewhere : []), ...byDefault].find((value) => values.includes(value as number));
  return { parameter, values, shown: (usual ?? values[(values.length - 1) >> 1]) as number, schedulers };
}

/** The rows to be compared at one value of what is swept: with it, those that have no number there, and those of schedulers that are not swept. */
export function rowsAt<R extends Row>(rows: readonly R[], { parameter, schedulers }: Sweep, value: number): R[] {
  return rows.filter(({ scheduler, parameters }) => parameters[parameter] === value || typeof parameters[parameter] !== 'number' || !schedulers.includes(scheduler));
}
