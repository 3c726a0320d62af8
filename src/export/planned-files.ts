import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describeError, FbbError } from '../core/index.js';
import type { LeftOut } from './selected-cells.js';

/** A file that an export will write. */
export interface PlannedFile {
  readonly name: string;
  /** Writes it to a path where nothing is. */
  readonly write: (path: string) => void;
}

/** What a format makes of the selected cells. */
export interface ExportPlan {
  readonly files: readonly PlannedFile[];
  /** Cells that this format cannot hold. */
  readonly leftOut: readonly LeftOut[];
}

export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
}

function checkNames(folder: string, files: readonly PlannedFile[], force: boolean): void {
  for (const { name } of files) {
    if (basename(name) !== name) throw new FbbError('FBB_ERR_RESULTS_INVALID', `The id of a cell makes a path and no name of a file: ${name}.`);
  }
  const there = force ? [] : files.map(({ name }) => join(folder, name)).filter((path) => existsSync(path));
  if (there.length > 0) throw new FbbError('FBB_ERR_EXPORT_EXISTS', `${there.slice(0, 5).join(', ')}${there.length > 5 ? ` and ${there.length - 5} more files` : ''} ${there.length === 1 ? 'is' : 'are'} there already.`);
}

/** What it cannot remove stays: why nothing was written matters more. */
function removeAll(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      rmSync(path, { force: true });
    } catch {
      continue;
    }
  }
}

/**
 * Writes files under other names and renames them when all are whole. Throws FBB_ERR_EXPORT_EXISTS before anything is written when
 * one is there and `force` is not set, and FBB_ERR_EXPORT_WRITE when one cannot be written.
 */
export function writeFiles(folder: string, files: readonly PlannedFile[], force: boolean): WrittenFile[] {
  checkNames(folder, files, force);
  const partial = ({ name }: PlannedFile): string => join(folder, `.${name}.partial`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const file of files) {
      // What a killed export has left, or a link to somewhere else.
      rmSync(partial(file), { force: true });
      file.write(partial(file));
    }
    const written = files.map((file) => ({ name: file.name, bytes: statSync(partial(file)).size }));
    for (const file of files) renameSync(partial(file), join(folder, file.name));
    return written;
  } catch (thrown) {
    removeAll(files.map(partial));
    if (thrown instanceof FbbError) throw thrown;
    throw new FbbError('FBB_ERR_EXPORT_WRITE', `Files could not be written to ${folder}: ${describeError(thrown)}.`, { cause: thrown });
  }
}
