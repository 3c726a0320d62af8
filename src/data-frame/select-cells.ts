import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FbbError } from '../core/index.js';
import type { CellSummary, StoredResults } from '../results/index.js';

/** The tables of a cell that have many rows. */
export type RowTable = 'invocations' | 'containers' | 'samples';

/** The name of its file in the folder of a cell. */
export const tableFile = (table: RowTable): string => `${table}.csv`;

/** A finished cell and the folder of its files. */
export interface SelectedCell {
  readonly summary: CellSummary;
  readonly folder: string;
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).join(', ');
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}

/** The finished cells, or those of them that are named by their ids, in the order of execution. Throws FBB_ERR_DATAFRAME_CELLS when there is none, or not all that are named. */
export function selectCells({ folder, manifest, summaries }: StoredResults, named?: readonly string[]): SelectedCell[] {
  if (summaries.length === 0) throw new FbbError('FBB_ERR_DATAFRAME_CELLS', `No cell of ${manifest.id} has finished.`, { fix: 'Run the suite to its end; --resume goes on with this one.' });
  const finished = new Set(summaries.map(({ cell }) => cell.id));
  const absent = named?.filter((id) => !finished.has(id)) ?? [];
  if (absent.length > 0) throw new FbbError('FBB_ERR_DATAFRAME_CELLS', `${manifest.id} has no finished cell ${listed(absent)}; there are ${listed([...finished])}.`);
  if (named?.length === 0) throw new FbbError('FBB_ERR_DATAFRAME_CELLS', 'No cell is named.');
  const wanted = new Set(named ?? finished);
  return summaries.filter(({ cell }) => wanted.has(cell.id)).map((summary) => ({ summary, folder: join(folder, 'cells', summary.cell.id) }));
}

/** Those of the cells that have a table; one that was skipped need not. Throws FBB_ERR_DATAFRAME_CELLS with the names of the others that have none. */
export function cellsWithTable(cells: readonly SelectedCell[], table: RowTable): SelectedCell[] {
  const stored = cells.filter(({ folder }) => existsSync(join(folder, tableFile(table))));
  const missed = cells.filter((cell) => !stored.includes(cell) && cell.summary.skipped === undefined).map(({ summary }) => summary.cell.id);
  if (missed.length > 0) throw new FbbError('FBB_ERR_DATAFRAME_CELLS', `There is no ${tableFile(table)} of ${listed(missed)}.`);
  return stored;
}
