import { isDeepStrictEqual } from 'node:util';
import type { CellSummary, Manifest } from '../results/index.js';
import type { StoredFile } from './documents.js';

/** What `suite --resume` runs (again): a cell of such a status may be replaced by what came of it. */
const open: readonly Manifest['cells'][number]['status'][] = ['pending', 'failed', 'interrupted', 'invalid'];

interface CellContent {
  readonly files: readonly StoredFile[];
  readonly parsed: CellSummary;
}

/** Equal numbers, and equal files to the byte. */
export function sameCell(one: CellContent, other: CellContent): boolean {
  return isDeepStrictEqual(one.files, other.files) && isDeepStrictEqual(one.parsed, other.parsed);
}

/** Whether a run may have replaced this cell since: it was no result, and `--resume` runs it again. */
export function isOpen({ parsed: { valid, skipped } }: CellContent): boolean {
  return !valid && skipped === undefined;
}

function withoutProgress(manifest: Manifest): object {
  return { ...manifest, status: undefined, cells: manifest.cells.map((cell) => ({ ...cell, status: undefined, reason: undefined })) };
}

/** Whether `now` is the run that `before` was, gone on: nothing else has changed than cells that had not ended. */
export function hasGoneOn(before: Manifest, now: Manifest): boolean {
  if (!isDeepStrictEqual(withoutProgress(before), withoutProgress(now))) return false;
  return before.cells.every(({ status, reason }, i) => {
    const cell = now.cells[i];
    // An older copy of the run has cells pending that have begun since.
    if (cell?.status === 'pending') return status === 'pending';
    return open.includes(status) || (status === cell?.status && reason === cell.reason);
  });
}
