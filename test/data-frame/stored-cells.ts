import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CellKey, CellSummary, StoredResults } from '../../src/results/index.js';
import { manifestOf, summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';

export interface StoredCell {
  readonly key?: Partial<CellKey>;
  readonly summary?: Partial<CellSummary>;
  /** Contents by the names of files. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A result set on the disk, with the files that each cell is given and no other. */
export function storedCells(...cells: readonly StoredCell[]): StoredResults {
  const folder = temporaryFolder();
  const summaries = cells.map(({ key = {}, summary = {}, files = {} }) => {
    const whole = { ...summaryOf({ cell: key }), ...summary };
    const cellFolder = join(folder, 'cells', whole.cell.id);
    mkdirSync(cellFolder, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(cellFolder, name), content);
    return whole;
  });
  return { folder, manifest: manifestOf(), summaries };
}
