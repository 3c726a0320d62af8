import type { CellKey } from '../results/index.js';
import { columnOf, numberColumn, textColumn, type FrameColumn, type FrameValue } from './frame-column.js';

/** A cell and how many rows of a frame are its own. */
export interface CellRows {
  readonly key: CellKey;
  readonly rows: number;
}

/** A column that has one value a cell, repeated for each row of it. */
function repeated<Value extends FrameValue>(cells: readonly CellRows[], valueOf: (key: CellKey) => Value): Value[] {
  const values: Value[] = [];
  for (const { key, rows } of cells) {
    const value = valueOf(key);
    for (let row = 0; row < rows; row += 1) values.push(value);
  }
  return values;
}

/**
 * The columns that say which cell a row is of. A parameter is the column `parameter_<name>`, as in exported tables: its own name could be that of
 * another column, or of something of a frame (`size`), which a column of danfo hides.
 */
export function keyColumns(cells: readonly CellRows[]): FrameColumn[] {
  const parameters = new Set(cells.flatMap(({ key }) => Object.keys(key.parameters)));
  return [
    textColumn('experiment', repeated(cells, ({ experiment }) => experiment)),
    textColumn('workload', repeated(cells, ({ workload }) => workload)),
    textColumn('scheduler', repeated(cells, ({ scheduler }) => scheduler)),
    numberColumn('repetition', repeated(cells, ({ repetition }) => repetition)),
    textColumn('cell', repeated(cells, ({ id }) => id)),
    ...[...parameters].map((name) => columnOf(`parameter_${name}`, repeated(cells, (key) => key.parameters[name] ?? Number.NaN))),
  ];
}
