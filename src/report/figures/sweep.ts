import type { Axis } from '../../charts/index.js';
import { grouped } from '../../core/index.js';
import type { Manifest } from '../../results/index.js';
import type { CellAverage } from '../repetitions.js';

/** A numeric parameter of which schedulers of a section ran with several values. */
export interface Sweep {
  readonly parameter: string;
  /** Ascending. */
  readonly values: readonly number[];
}

type Swept = Pick<CellAverage, 'scheduler' | 'parameters'>;

/** Undefined where a row has something else. */
function numbersOf(rows: readonly Swept[], parameter: string): number[] | undefined {
  const values = rows.flatMap(({ parameters }) => parameters[parameter] ?? []);
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === values.length ? [...new Set(numbers)].sort((a, b) => a - b) : undefined;
}

/** Of the numeric parameters that vary between the rows of one scheduler, the one with the most values. */
export function sweepOf(rows: readonly Swept[]): Sweep | undefined {
  const ofSchedulers = [...grouped(rows, ({ scheduler }) => scheduler).values()];
  const sweeps = [...new Set(rows.flatMap(({ parameters }) => Object.keys(parameters)))].flatMap((parameter): Sweep[] => {
    const values = numbersOf(rows, parameter);
    return values !== undefined && ofSchedulers.some((own) => (numbersOf(own, parameter) ?? []).length > 1) ? [{ parameter, values }] : [];
  });
  return sweeps.sort((a, b) => b.values.length - a.values.length)[0];
}

/** Where in the values of a sweep the one is that other experiments of the set use, or schedulers by default; else the middle one. */
export function shownValue({ parameter, values }: Sweep, rows: readonly CellAverage[], { cells, schedulers }: Manifest): number {
  const elsewhere = new Set(cells.filter(({ experiment }) => experiment !== rows[0]?.experiment).flatMap(({ parameters }) => parameters[parameter] ?? []));
  const here = new Set(rows.map(({ scheduler }) => scheduler));
  const byDefault = schedulers.filter(({ name }) => here.has(name)).flatMap(({ defaults }) => defaults[parameter] ?? []);
  const usual = [...(elsewhere.size === 1 ? elsewhere : []), ...byDefault].map((value) => values.indexOf(value as number)).find((place) => place >= 0);
  return usual ?? (values.length - 1) >> 1;
}

const acronyms: Readonly<Record<string, string>> = { slo: 'SLO', cpu: 'CPU', ewma: 'EWMA' };

/** `dispatchIntervalMs` is the dispatch interval in ms. */
export function axisOf(parameter: string): Axis {
  const [, name = parameter, unit = ''] = /^(.+?)(Ms|Mb)?$/s.exec(parameter) ?? [];
  const words = name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`).split(' ');
  return { name: words.map((word) => acronyms[word] ?? word).join(' '), unit: unit === 'Mb' ? 'MB' : unit.toLowerCase(), scale: 'linear' };
}
