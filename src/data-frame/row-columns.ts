import { join } from 'node:path';
import { scanCsv, type CsvRecord } from '../results/index.js';
import { numberColumn, textColumn, type FrameColumn, type FrameValue } from './frame-column.js';
import { keyColumns, type CellRows } from './key-columns.js';
import { tableFile, type RowTable, type SelectedCell } from './select-cells.js';

/** What is no number in them; `host` stands among the containers of samples. */
const textNames: Readonly<Record<RowTable, ReadonlySet<string>>> = {
  invocations: new Set(['function', 'outcome', 'error_code']),
  containers: new Set(['function']),
  samples: new Set(['container']),
};

/** The values of one column, cell after cell. */
class GrowingColumn {
  readonly #name: string;
  readonly #isText: boolean;
  readonly #values: FrameValue[] = [];

  constructor(name: string, isText: boolean) {
    this.#name = name;
    this.#isText = isText;
  }

  take(record: CsvRecord, field: number): void {
    this.#values.push(this.#isText && record.starts[field] !== record.ends[field] ? record.text(field) : record.number(field));
  }

  /** Fills up to a number of rows: for cells whose file, written by another version, does not have the column. */
  fillTo(rows: number): void {
    while (this.#values.length < rows) this.#values.push(Number.NaN);
  }

  column(): FrameColumn {
    return this.#isText ? textColumn(this.#name, this.#values) : numberColumn(this.#name, this.#values);
  }
}

/** Reads a file block by block into the columns, which get new ones where the file has others; returns how many rows there are then. */
function readInto(columns: Map<string, GrowingColumn>, path: string, before: number, texts: ReadonlySet<string>): number {
  let rows = before;
  scanCsv(path, [], (header) => {
    const fields: { readonly column: GrowingColumn; readonly field: number }[] = [];
    for (const [name, field] of header) {
      const column = columns.get(name) ?? new GrowingColumn(name, texts.has(name));
      columns.set(name, column);
      column.fillTo(before);
      fields.push({ column, field });
    }
    return (record) => {
      for (const { column, field } of fields) column.take(record, field);
      rows += 1;
    };
  });
  return rows;
}

/**
 * The columns of a table over all the cells, which must have it, named as stored and behind those of the cell; numbers as numbers, NaN where
 * nothing stands. Throws FBB_ERR_RESULTS_INVALID with the line of what is damaged.
 */
export function rowColumns(cells: readonly SelectedCell[], table: RowTable): FrameColumn[] {
  const columns = new Map<string, GrowingColumn>();
  const counts: CellRows[] = [];
  let rows = 0;
  for (const { summary, folder } of cells) {
    const before = rows;
    rows = readInto(columns, join(folder, tableFile(table)), before, textNames[table]);
    counts.push({ key: summary.cell, rows: rows - before });
  }
  for (const column of columns.values()) column.fillTo(rows);
  return [...keyColumns(counts), ...[...columns.values()].map((column) => column.column())];
}
