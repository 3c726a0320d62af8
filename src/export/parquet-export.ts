import { fileWriter, ParquetWriter, type ColumnSource } from 'hyparquet-writer';
import type { CellSummary, CsvRecord } from '../results/index.js';
import { scanCsv } from '../results/index.js';
import { cellColumns, cellValues, storedColumns } from './invocation-columns.js';
import type { ExportPlan } from './planned-files.js';
import type { FinishedCell } from './selected-cells.js';
import { withRows } from './with-rows.js';

type ColumnType = 'STRING' | 'INT32' | 'DOUBLE';
type Value = string | number | null;

/** Rows that are in memory at a time, as one array a column. */
const rowGroupRows = 100_000;

const wholeNumbers: ReadonlySet<string> = new Set(['repetition', 'id', 'container', 'batch', 'attempt']);

function typeOf(column: string): ColumnType {
  if (wholeNumbers.has(column)) return 'INT32';
  return column.endsWith('_ms') ? 'DOUBLE' : 'STRING';
}

/** One column of the row group that is being filled. */
class Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly #values: Value[] = new Array<Value>(rowGroupRows);

  constructor(name: string, nullable: boolean) {
    this.name = name;
    this.type = typeOf(name);
    this.nullable = nullable;
  }

  set(row: number, value: Value): void {
    this.#values[row] = value;
  }

  /** What a field of a CSV file holds; nothing is null. */
  read(row: number, record: CsvRecord, field: number): void {
    this.#values[row] = this.type === 'STRING' ? record.text(field) || null : this.#number(record, field);
  }

  source(rows: number): ColumnSource {
    return { name: this.name, data: rows === rowGroupRows ? this.#values : this.#values.slice(0, rows) };
  }

  #number(record: CsvRecord, field: number): number | null {
    const value = record.number(field);
    if (Number.isNaN(value)) return null;
    if (this.type === 'INT32' && (value | 0) !== value) throw record.wrong(`${this.name} is ${value}, and no whole number below 2^31`);
    return value;
  }
}

function schemaOf(columns: readonly Column[]): ConstructorParameters<typeof ParquetWriter>[0]['schema'] {
  const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type, nullable }) => ({ name, ...(type === 'STRING' ? text : { type }), repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const) })),
  ];
}

/** Collects rows in columns and writes them as row groups. */
class RowGroups {
  readonly #ofCell: readonly Column[] = cellColumns.map((name) => new Column(name, false));
  readonly #ofRow: readonly Column[];
  readonly #writer: ParquetWriter;
  #rows = 0;

  constructor(path: string, stored: readonly string[]) {
    this.#ofRow = stored.map((name) => new Column(name, true));
    this.#writer = new ParquetWriter({ writer: fileWriter(path), schema: schemaOf([...this.#ofCell, ...this.#ofRow]), createdBy: 'faasbatch-bench' });
  }

  /** Takes all rows of a cell. */
  add({ cell }: CellSummary, path: string): void {
    const values = cellValues(cell);
    scanCsv(path, [], (stored) => {
      const places = this.#ofRow.map(({ name }) => stored.get(name) ?? -1);
      return (record) => {
        const row = this.#rows;
        this.#ofCell.forEach((column, index) => column.set(row, values[index] as string | number));
        this.#ofRow.forEach((column, index) => {
          const place = places[index] as number;
          if (place < 0) column.set(row, null);
          else column.read(row, record, place);
        });
        this.#rows += 1;
        if (this.#rows === rowGroupRows) this.#flush();
      };
    });
  }

  finish(): void {
    if (this.#rows > 0) this.#flush();
    // A file writer of hyparquet-writer returns no promise.
    void this.#writer.finish();
  }

  #flush(): void {
    void this.#writer.write({ columnData: [...this.#ofCell, ...this.#ofRow].map((column) => column.source(this.#rows)), rowGroupSize: rowGroupRows });
    this.#rows = 0;
  }
}

/** `invocations.parquet`: a row an invocation of all cells that have rows; texts, 32-bit integers and doubles, null where nothing is known. */
export function planParquet(cells: readonly FinishedCell[]): ExportPlan {
  const { having, leftOut } = withRows(cells, 'without rows');
  const write = (path: string): void => {
    const groups = new RowGroups(path, storedColumns(having));
    for (const { summary, rows } of having) groups.add(summary, rows);
    groups.finish();
  };
  return { files: having.length === 0 ? [] : [{ name: 'invocations.parquet', write }], leftOut };
}
