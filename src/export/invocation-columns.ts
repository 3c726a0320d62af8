import { closeSync, openSync, readSync } from 'node:fs';
import type { CellSummary } from '../results/index.js';
import type { FinishedCell } from './selected-cells.js';

/** What tells of which cell a row is, before the columns of its invocations.csv. */
export const cellColumns = ['experiment', 'workload', 'scheduler', 'repetition', 'cell'] as const;

export function cellValues({ experiment, workload, scheduler, repetition, id }: CellSummary['cell']): readonly (string | number)[] {
  return [experiment, workload, scheduler, repetition, id];
}

const longestHeader = 65_536;

/** The names in the first line of a CSV file that the harness wrote: plain words, without quotes. */
function headerOf(path: string): string[] {
  const block = Buffer.alloc(longestHeader);
  const fd = openSync(path, 'r');
  try {
    const [line = ''] = block.toString('utf8', 0, readSync(fd, block, 0, longestHeader, 0)).split(/\r?\n/, 1);
    return line.replace(/^\uFEFF/, '').split(',').map((name) => name.trim());
  } finally {
    closeSync(fd);
  }
}

/** The columns of all invocations.csv together, each once: a set that an older version began may have fewer in some cells. */
export function storedColumns(cells: readonly FinishedCell[]): string[] {
  return [...new Set(cells.flatMap(({ rows }) => (rows === undefined ? [] : headerOf(rows))))];
}
