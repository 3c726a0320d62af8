import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportResults, type ExportFormat } from '../../src/export/index.js';
import type { ResultSet } from '../../src/results/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';

export interface ExportedFiles {
  readonly folder: string;
  readonly names: readonly string[];
  readonly text: (name: string) => string;
  /** What was left out, by reason. */
  readonly leftOut: Readonly<Record<string, readonly string[]>>;
}

/** Exports into a folder that the running test owns. */
export function exported(results: ResultSet, format: ExportFormat, cells?: readonly string[]): ExportedFiles {
  const folder = join(temporaryFolder(), 'exported');
  const { files, leftOut } = exportResults(results, { format, cells, folder, force: false });
  return {
    folder,
    names: files.map(({ name }) => name),
    text: (name) => readFileSync(join(folder, name), 'utf8'),
    leftOut: Object.fromEntries(leftOut.map(({ why, cells: left }) => [why, left])),
  };
}
