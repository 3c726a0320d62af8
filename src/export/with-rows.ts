import type { FinishedCell, LeftOut } from './selected-cells.js';

type CellWithRows = FinishedCell & { readonly rows: string };

function hasRows(cell: FinishedCell): cell is CellWithRows {
  return cell.rows !== undefined;
}

/** Parts the cells that have rows from those that do not; `why` is said of the others. */
export function withRows(cells: readonly FinishedCell[], why: string): { readonly having: readonly CellWithRows[]; readonly leftOut: readonly LeftOut[] } {
  const without = cells.filter((cell) => !hasRows(cell));
  return { having: cells.filter(hasRows), leftOut: without.length === 0 ? [] : [{ why, cells: without.map(({ id }) => id) }] };
}
