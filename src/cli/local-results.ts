import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { findResultSet, type ResultSet } from '../results/index.js';
import { shippedResultsFolder } from './package-root.js';
import { checkStoredHere } from './stored-here.js';

/** A result set of which files are read. `what`: is made of it, for the error that an address of a database gets. */
export function openLocal(name: string, out: string, what: string): ResultSet {
  checkStoredHere(name, `${what} is made of files here`);
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
