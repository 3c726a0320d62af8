import { readResultSet, type StoredResults } from '../results/index.js';
import { loadFrameClass, makeFrame, type DataFrame } from './danfo.js';
import { rowColumns } from './row-columns.js';
import { cellsWithTable, selectCells, type RowTable } from './select-cells.js';
import { summaryColumns } from './summary-columns.js';

/** `summary` has a row a cell, the others the rows of the files of the same name. */
export type DataFrameTable = RowTable | 'summary';

export interface DataFrameOptions {
  /** The ids of the cells; all finished ones when left out. */
  readonly cells?: readonly string[] | undefined;
}

/**
 * A stored result set as a DataFrame of danfo.js, from the package danfojs-node, which the user installs. `result`: what readResultSet gave,
 * or the name it would be given. Columns: experiment, workload, scheduler, repetition, cell, the parameters, then those of the file, with
 * their units in their names; NaN where nothing is known.
 *
 * Rejects with FBB_ERR_DATAFRAME_MISSING without danfojs-node, FBB_ERR_DATAFRAME_CELLS when no cell has finished or cells that are named
 * or wanted have no such rows, FBB_ERR_RESULTS_UNKNOWN or FBB_ERR_RESULTS_INVALID when the set is not there or damaged.
 */
export async function toDataFrame(result: StoredResults | string, table: DataFrameTable, options: DataFrameOptions = {}): Promise<DataFrame> {
  const cells = selectCells(typeof result === 'string' ? readResultSet(result) : result, options.cells);
  const stored = table === 'summary' ? cells : cellsWithTable(cells, table);
  const Frame = loadFrameClass();
  return makeFrame(Frame, table === 'summary' ? summaryColumns(stored) : rowColumns(stored, table));
}
