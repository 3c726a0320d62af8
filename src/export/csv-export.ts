import { csvField, scanCsv } from '../results/index.js';
import { writeBlocks, type BlockFile } from './block-file.js';
import { cellColumns, cellValues, storedColumns } from './invocation-columns.js';
import type { ExportPlan } from './planned-files.js';
import type { FinishedCell } from './selected-cells.js';
import { summaryTable } from './summary-table.js';
import { withRows } from './with-rows.js';

/** Copies the rows of one cell; fields go over as they stand there, quotes included. */
function copyRows(file: BlockFile, { summary, rows }: FinishedCell & { readonly rows: string }, columns: readonly string[]): void {
  const prefix = `${cellValues(summary.cell).map(csvField).join(',')},`;
  scanCsv(rows, [], (stored) => {
    const places = columns.map((name) => stored.get(name) ?? -1);
    const asStored = places.length === stored.size && places.every((place, index) => place === index);
    return ({ bytes, starts, ends, fields }) => {
      file.text(prefix);
      if (asStored) file.bytes(bytes, starts[0] as number, ends[fields - 1] as number);
      else {
        places.forEach((place, index) => {
          if (index > 0) file.text(',');
          if (place >= 0) file.bytes(bytes, starts[place] as number, ends[place] as number);
        });
      }
      file.text('\n');
    };
  });
}

function writeInvocations(path: string, cells: readonly (FinishedCell & { readonly rows: string })[]): void {
  const columns = storedColumns(cells);
  writeBlocks(path, (file) => {
    file.text(`${[...cellColumns, ...columns].map(csvField).join(',')}\n`);
    for (const cell of cells) copyRows(file, cell, columns);
  });
}

function writeSummaries(path: string, cells: readonly FinishedCell[]): void {
  writeBlocks(path, (file) => {
    for (const row of summaryTable(cells.map(({ summary }) => summary))) file.text(`${row.map(csvField).join(',')}\n`);
  });
}

/** `invocations.csv`, a row an invocation of all cells that have rows, and `summary.csv`, a row a cell. */
export function planCsv(cells: readonly FinishedCell[]): ExportPlan {
  const { having, leftOut } = withRows(cells, 'without rows, in summary.csv alone');
  const invocations = { name: 'invocations.csv', write: (path: string) => writeInvocations(path, having) };
  const summary = { name: 'summary.csv', write: (path: string) => writeSummaries(path, cells) };
  return { files: cells.length === 0 ? [] : [...(having.length === 0 ? [] : [invocations]), summary], leftOut };
}
