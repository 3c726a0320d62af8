import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, isGone, parseOwner, thisProcess, wallClockIso } from '../core/index.js';

/** In the folder of a result set while its run is going on. */
const ownerFile = '.running';
/** Longer than a run is silent in its folder, where nobody can tell whether its process is there: on another machine, or written by an earlier version. */
const silentMs = 600_000;

/** Says in the folder of a result set that this process runs it. */
export function noteRun(folder: string): void {
  try {
    writeFileSync(join(folder, ownerFile), JSON.stringify(thisProcess()));
  } catch {
    // Without it, the age of the files tells.
  }
}

export function forgetRun(folder: string): void {
  rmSync(join(folder, ownerFile), { force: true });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function changedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** When something was last written there, in ms since the epoch; rows come while a cell runs. */
function lastWriteMs(folder: string): number {
  const cells = join(folder, 'cells');
  let latestMs = Math.max(changedMs(join(folder, 'manifest.json')), changedMs(cells));
  if (latestMs === 0) return 0;
  for (const name of readdirSync(cells).filter((entry) => entry.endsWith('.partial'))) {
    for (const file of readdirSync(join(cells, name))) latestMs = Math.max(latestMs, changedMs(join(cells, name, file)));
  }
  return latestMs;
}

/** Whether the run of a result set that calls itself running may still be going on, so that its folder must be left alone. */
export function mayBeRunning(folder: string): boolean {
  const owner = parseOwner(textOf(join(folder, ownerFile)));
  if (owner !== undefined && isGone(owner)) return false;
  if (owner !== undefined && isAlive(owner)) return true;
  return Date.parse(wallClockIso()) - lastWriteMs(folder) < silentMs;
}
