import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { FbbError } from '../core/index.js';

/** Where a path leads, links followed as far as it exists. */
function realPath(path: string): string {
  const absolute = resolve(path);
  const parent = dirname(absolute);
  return existsSync(absolute) || parent === absolute ? realpathSync(absolute) : join(realPath(parent), basename(absolute));
}

/** Throws FBB_ERR_USAGE when files that are written to `folder` would lie in the result set: it stays as it was measured. */
export function checkTarget(folder: string, resultFolder: string): void {
  const [target, measured] = [realPath(folder), realPath(resultFolder)];
  if (target !== measured && !target.startsWith(`${measured}${sep}`)) return;
  throw new FbbError('FBB_ERR_USAGE', `${folder} is in the result set, which stays as it was measured.`, { fix: 'Choose a folder outside of it with --into.' });
}
