import type { Of } from '../../charts/index.js';
import type { Manifest } from '../../results/index.js';
import type { Reference } from '../clairvoyant.js';
import type { CellAverage } from '../repetitions.js';
import type { RowData } from './row-data.js';

/** A row of a figure: a scheduler with its parameters, what its repetitions have in common, and what was read of them. */
export interface FigureRow extends Of {
  readonly scheduler: string;
  readonly average: CellAverage;
  readonly data: RowData;
}

/** What the figures of one slice are made of. */
export interface FigureSource {
  readonly manifest: Manifest;
  /** Those that ran. */
  readonly rows: readonly FigureRow[];
  /** What is to be known of the rows, whatever is drawn of them. */
  readonly caveats: readonly string[];
  readonly reference: Reference | undefined;
}

/** What a chart needs of a row to name and colour it. */
export function ofRow({ label, scheduler, twin }: FigureRow): Of {
  return { label, scheduler, ...(twin === undefined ? {} : { twin }) };
}

function labelsOf(rows: readonly FigureRow[]): string {
  return rows.map(({ label }) => label).join(', ');
}

/** Names the rows of which something is not known; nothing where there are none. */
export function withoutIt(rows: readonly FigureRow[], why: string): string[] {
  return rows.length === 0 ? [] : [`${labelsOf(rows)}: ${why}`];
}

/** Splits rows into those that have what a figure draws, with it, and the others. */
export function having<T>(rows: readonly FigureRow[], pick: (row: FigureRow) => T | null | undefined): { readonly with: readonly (readonly [row: FigureRow, value: T])[]; readonly without: readonly FigureRow[] } {
  const found: (readonly [FigureRow, T])[] = [];
  const without: FigureRow[] = [];
  for (const row of rows) {
    const value = pick(row);
    if (value === undefined || value === null) without.push(row);
    else found.push([row, value]);
  }
  return { with: found, without };
}

/** What is said where only one of several repetitions is drawn; nothing where there is one only. */
export function firstOfSeveral(rows: readonly FigureRow[]): string[] {
  const several = rows.filter(({ average }) => average.repetitions > 1);
  return several.length === 0 ? [] : ['of several repetitions the first that counts is drawn'];
}
