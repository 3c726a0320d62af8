import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasNoProcess } from '../core/index.js';

const stagingName = /^\.import-(.+)\.(\d+)$/;

/** Where this process makes a result set that nobody is to see yet: who lists result sets passes by what begins with a point. */
export function stagingFolder(out: string, id: string): string {
  return join(out, `.import-${id}.${process.pid}`);
}

function holdsNothingElse(folder: string, id: string): boolean {
  return readdirSync(folder).every((name) => name === id);
}

/** Removes what imports have left whose process is gone. */
export function removeLeftStaging(out: string): void {
  for (const entry of readdirSync(out, { withFileTypes: true })) {
    const [, id, pid] = stagingName.exec(entry.name) ?? [];
    if (!entry.isDirectory() || id === undefined || !hasNoProcess(Number(pid))) continue;
    const folder = join(out, entry.name);
    if (holdsNothingElse(folder, id)) rmSync(folder, { recursive: true, force: true });
  }
}
