import { bar, type BarKind } from './bar.js';
import { shortened, textWidth } from './terminal-text.js';

/** What a table may use of where it is shown. */
export interface TableRoom {
  /** A table is no wider; undefined: as wide as it wants to be. */
  readonly columns: number | undefined;
  /** What bars are drawn with; undefined: there are none. */
  readonly bars: BarKind | undefined;
}

interface NumberColumn {
  /** Other than that of any other column of the table. */
  readonly name: string;
  readonly head: string;
  /** A text a row. */
  readonly cells: readonly string[];
  readonly paint: (text: string) => string;
}

/** Bars beside the numbers of the column before. */
interface BarColumn {
  readonly name: string;
  /** 0 to 1, one a row; null has no bar. */
  readonly shares: readonly (number | null)[];
}

export type FittedColumn = NumberColumn | BarColumn;

interface FittedRow {
  readonly label: string;
  /** Stays where the label is shortened. */
  readonly mark: { readonly text: string; readonly paint: (text: string) => string };
  /** Instead of numbers. */
  readonly instead: { readonly text: string; readonly paint: (text: string) => string } | undefined;
}

interface FittedTable {
  readonly head: string;
  readonly rows: readonly FittedRow[];
  readonly columns: readonly FittedColumn[];
  /** Names of columns that may be left out, the first to go first. */
  readonly leaving: readonly string[];
}

interface Fitted {
  readonly lines: readonly string[];
  readonly shown: readonly FittedColumn[];
}

const gap = 2;
const barGap = 1;
const leastBar = 4;
const longestBar = 12;
/** A longer label is shortened before a column is left out for it. */
const longLabel = 40;

function isBar(column: FittedColumn): column is BarColumn {
  return 'shares' in column;
}

/** With the gap before it. */
function widthOf(column: FittedColumn, barWidth: number): number {
  return isBar(column) ? barGap + barWidth : gap + Math.max(...[column.head, ...column.cells].map(textWidth));
}

function sumOf(columns: readonly FittedColumn[], barWidth: number): number {
  return columns.reduce((sum, column) => sum + widthOf(column, barWidth), 0);
}

/** Whether a column tells nothing of any row. */
function isEmpty(column: FittedColumn): boolean {
  return isBar(column) ? column.shares.every((share) => share === null) : column.cells.every((cell) => cell === '' || cell === '–');
}

/** Leaves out what does not fit beside the labels: first what tells nothing, then what may go. */
function fittingColumns({ columns, leaving }: FittedTable, room: number): readonly FittedColumn[] {
  let shown = columns;
  const empty = columns.filter((column) => leaving.includes(column.name) && isEmpty(column)).map(({ name }) => name);
  for (const name of [...empty, ...leaving]) {
    if (sumOf(shown, leastBar) <= room) break;
    shown = shown.filter((column) => column.name !== name);
  }
  return shown;
}

/** What labels take before columns do; all that they want, where shortened ones could not be told apart. */
function reservedForLabels(rows: readonly FittedRow[], natural: number): number {
  if (natural <= longLabel) return natural;
  const labels = new Set(rows.map(({ label }) => label));
  const short = new Set(rows.map(({ label, mark }) => shortened(label, longLabel - textWidth(mark.text))));
  return short.size < labels.size ? natural : longLabel;
}

function labelOf({ label, mark }: FittedRow, width: number): string {
  const text = shortened(label, width - textWidth(mark.text));
  const markText = shortened(mark.text, width - 1);
  const pad = ' '.repeat(Math.max(0, width - textWidth(text) - textWidth(markText)));
  return `${text}${painted(markText, mark.paint)}${pad}`;
}

/** Colours of nothing would be bytes that nobody sees. */
function painted(text: string, paint: (text: string) => string): string {
  return text === '' ? '' : paint(text);
}

/** Numbers to the right, bars to the left; the columns that do not fit are left out. */
export function fittedTable(table: FittedTable, { columns = Number.POSITIVE_INFINITY, bars = 'ascii' }: TableRoom): Fitted {
  const { head, rows } = table;
  const natural = Math.max(...[head, ...rows.map(({ label, mark }) => `${label}${mark.text}`)].map(textWidth));
  const shown = fittingColumns(table, columns - reservedForLabels(rows, natural));
  const labelWidth = Math.max(2, Math.min(natural, columns - sumOf(shown, leastBar)));
  const barCount = shown.filter(isBar).length;
  const spare = Math.floor((columns - labelWidth - sumOf(shown, leastBar)) / Math.max(1, barCount));
  const barWidth = Math.max(leastBar, Math.min(longestBar, leastBar + spare));

  const cellOf = (column: FittedColumn, index: number): string => {
    if (isBar(column)) {
      const share = column.shares[index] ?? null;
      return ' '.repeat(barGap) + (share === null ? '' : bar(share, barWidth, bars)).padEnd(barWidth);
    }
    const text = column.cells[index] ?? '';
    return ' '.repeat(widthOf(column, 0) - textWidth(text)) + painted(text, column.paint);
  };
  const headOf = (column: FittedColumn): string => (isBar(column) ? ' '.repeat(widthOf(column, barWidth)) : column.head.padStart(widthOf(column, 0)));

  const lines = rows.map((row, index) => {
    const { instead } = row;
    const label = labelOf(row, labelWidth);
    if (instead === undefined) return `${label}${shown.map((column) => cellOf(column, index)).join('')}`;
    return `${label}${' '.repeat(gap)}${instead.paint(shortened(instead.text, Math.max(1, columns - labelWidth - gap)))}`;
  });
  const first = shortened(head, labelWidth).padEnd(labelWidth);
  return { lines: [`${first}${shown.map(headOf).join('')}`, ...lines].map((line) => line.trimEnd()), shown };
}
