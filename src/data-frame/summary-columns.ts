import { summaryFields, type CellSummary } from '../results/index.js';
import { columnOf, textColumn, type FrameColumn } from './frame-column.js';
import { keyColumns } from './key-columns.js';
import type { SelectedCell } from './select-cells.js';

/** Unlike an export, a frame has the cells that were skipped, too. */
const fields: typeof summaryFields = [['skipped', ({ skipped }: CellSummary) => skipped], ...summaryFields];

/** Columns that stay texts when no cell has one. */
const textNames: ReadonlySet<string> = new Set(['problems', 'notes', 'skipped', 'profile', 'error_codes', 'memory_source', 'resource_cache_policy']);

/** The columns of the summaries, a row a cell, behind those of the cell; NaN where a summary has nothing. */
export function summaryColumns(cells: readonly SelectedCell[]): FrameColumn[] {
  const columns = fields.map(([name, of]) => {
    const values = cells.map(({ summary }) => of(summary) ?? Number.NaN);
    return textNames.has(name) ? textColumn(name, values) : columnOf(name, values);
  });
  return [...keyColumns(cells.map(({ summary }) => ({ key: summary.cell, rows: 1 }))), ...columns];
}
