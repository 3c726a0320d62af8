import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../results/index.js';
import { FileFindings, type Finding } from './findings.js';

interface Told {
  readonly problems: Finding[];
  readonly notes: string[];
}

/** Looks for folders among those of the cells that the manifest does not know, and for what killed runs have left. */
export function checkCellFolders(folder: string, { cells, status }: Manifest, { problems, notes }: Told): void {
  const path = join(folder, 'cells');
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) {
    new FileFindings(path, 'cells', problems).add(null, 'is no folder');
    return;
  }
  const ids = new Set(cells.map(({ id }) => id));
  const entries = readdirSync(path, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !ids.has(entry.name)).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const findings = new FileFindings(join(path, name), join('cells', name), problems);
    const [, partial] = /^\.(.*)\.partial$/.exec(name) ?? [];
    if (partial === undefined) findings.add(null, 'the manifest has no such cell');
    else if (status === 'running' && ids.has(partial)) notes.push(`${partial} is being written, or its run was killed`);
    else findings.add(null, 'was left by a run that was killed; nothing of it counts, and it can be removed');
  }
}
