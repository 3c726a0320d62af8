import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FbbError } from '../core/index.js';
import { exportResults, type ExportFormat } from '../export/index.js';
import { findResultSet } from '../results/index.js';
import { isResultAddress, parseResultAddress } from '../storage/index.js';
import { print, tell } from './output.js';
import { shippedResultsFolder } from './package-root.js';

export interface ExportCommandOptions {
  readonly to: ExportFormat;
  readonly cells?: readonly string[];
  readonly into?: string;
  readonly out: string;
  readonly force?: true;
}

const shownIds = 10;

function size(bytes: number): string {
  return bytes < 100_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function ids(cells: readonly string[]): string {
  return cells.length <= shownIds ? cells.join(', ') : `${cells.slice(0, shownIds).join(', ')} and ${cells.length - shownIds} more`;
}

/**
 * Beside the result set, which stays as it was measured, and of one that ships with the package in `out`; below the working folder as a
 * relative path.
 */
function folderBeside(resultFolder: string, out: string, format: ExportFormat): string {
  const absolute = resolve(resultFolder);
  const shipped = absolute.startsWith(`${join(shippedResultsFolder, 'published')}${sep}`);
  const folder = `${shipped ? join(resolve(out), basename(absolute)) : absolute}-${format}`;
  const below = relative(process.cwd(), folder);
  return below.startsWith('..') || isAbsolute(below) ? folder : below;
}

/** `export [result] --to <format>`: of a folder or an id. */
export function exportCommand(result: string, { to, cells, into, out, force }: ExportCommandOptions): void {
  if (isResultAddress(result)) {
    const { shown } = parseResultAddress(result);
    throw new FbbError('FBB_ERR_USAGE', `${shown} is an address of a database, and an export is made of files here.`, { fix: `Pull it first: faasbatch-bench results pull ${shown}, with user and password.` });
  }
  const results = findResultSet(result, out, shippedResultsFolder);
  const folder = into ?? folderBeside(results.folder, out, to);
  const { files, leftOut, invalid } = exportResults(results, { format: to, cells, folder, force: force === true });
  for (const { why, cells: left } of leftOut) tell(`left out, ${why}: ${ids(left)}`);
  if (invalid.length > 0) tell(`invalid, and exported all the same: ${ids(invalid)}`);
  for (const { name, bytes } of files) print(`${join(folder, name)}  ${size(bytes)}`);
}
