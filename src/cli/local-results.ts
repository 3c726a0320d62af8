import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FbbError } from '../core/index.js';
import { findResultSet, type ResultSet } from '../results/index.js';
import { isResultAddress, parseResultAddress } from '../storage/index.js';
import { shippedResultsFolder } from './package-root.js';

/** A result set of which files are read. `what`: is made of it, for the error that an address of a database gets. */
export function openLocal(name: string, out: string, what: string): ResultSet {
  if (isResultAddress(name)) {
    const { shown } = parseResultAddress(name);
    throw new FbbError('FBB_ERR_USAGE', `${shown} is an address of a database, and ${what} is made of files here.`, { fix: `Pull it first: faasbatch-bench results pull ${shown}, with user and password.` });
  }
  return findResultSet(name, out, shippedResultsFolder);
}

/**
 * A path beside the result set, which stays as it was measured, and of one that ships with the package in `out`; below the working folder as
 * a relative path.
 */
export function placeBeside({ folder }: ResultSet, out: string, ending: string): string {
  const absolute = resolve(folder);
  const shipped = absolute.startsWith(`${join(shippedResultsFolder, 'published')}${sep}`);
  const path = `${shipped ? join(resolve(out), basename(absolute)) : absolute}${ending}`;
  const below = relative(process.cwd(), path);
  return below.startsWith('..') || isAbsolute(below) ? path : below;
}
