import { findRemovable, removeResultSet, type Removable } from '../results/index.js';
import { formatBytes, print } from './output.js';
import { checkStoredHere } from './stored-here.js';

export interface RemoveOptions {
  readonly out: string;
  readonly dryRun?: true;
  readonly json?: true;
}

function describe({ folder, suite, cells, status, bytes }: Removable): string {
  return `${folder}: ${suite}, ${cells} cells, ${status}, ${formatBytes(bytes)}`;
}

/** `results rm <result...>`: all of them, or none when one of them cannot be. */
export function removeCommand(names: readonly string[], { out, dryRun, json }: RemoveOptions): void {
  for (const name of names) checkStoredHere(name, 'what is stored here is removed');
  const found = findRemovable(names, out);
  const isTrial = dryRun === true;
  for (const removable of found) {
    if (!isTrial) removeResultSet(removable);
    if (json !== true) print(`${isTrial ? 'would remove' : 'removed'} ${describe(removable)}`);
  }
  if (json === true) print(JSON.stringify({ dryRun: isTrial, removed: found }, undefined, 2));
}
