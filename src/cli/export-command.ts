import { join } from 'node:path';
import { exportResults, type ExportFormat } from '../export/index.js';
import { openLocal, placeBeside } from './local-results.js';
import { formatBytes, print, tell } from './output.js';

export interface ExportCommandOptions {
  readonly to: ExportFormat;
  readonly cells?: readonly string[];
  readonly into?: string;
  readonly out: string;
  readonly force?: true;
}

const shownIds = 10;

function ids(cells: readonly string[]): string {
  return cells.length <= shownIds ? cells.join(', ') : `${cells.slice(0, shownIds).join(', ')} and ${cells.length - shownIds} more`;
}

/** `export [result] --to <format>`: of a folder or an id. */
export function exportCommand(result: string, { to, cells, into, out, force }: ExportCommandOptions): void {
  const results = openLocal(result, out, 'an export');
  const folder = into ?? placeBeside(results, out, `-${to}`);
  const { files, leftOut, invalid } = exportResults(results, { format: to, cells, folder, force: force === true });
  for (const { why, cells: left } of leftOut) tell(`left out, ${why}: ${ids(left)}`);
  if (invalid.length > 0) tell(`invalid, and exported all the same: ${ids(invalid)}`);
  for (const { name, bytes } of files) print(`${join(folder, name)}  ${formatBytes(bytes)}`);
}
