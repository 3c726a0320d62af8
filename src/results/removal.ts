import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { describeError, FbbError, hideCredentials } from '../core/index.js';
import { findResultFolder, listResultSets } from './result-set.js';
import { mayBeRunning } from './run-owner.js';

/** As much of a manifest as tells that it is one, of whatever version. */
const anyManifestSchema = z.object({ schema: z.number(), id: z.string(), status: z.string(), suite: z.object({ name: z.string() }), cells: z.array(z.object({ id: z.string() })) });

/** A result set that may be removed. */
export interface Removable {
  readonly folder: string;
  readonly id: string;
  readonly suite: string;
  readonly cells: number;
  readonly status: string;
  readonly bytes: number;
}

const removedSuffix = '.fbb-removed';
const namesShown = 10;

function isPublished(folder: string): boolean {
  return `${realpathSync(folder)}${sep}`.includes(`${sep}results${sep}published${sep}`);
}

function bytesOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

function readAnyManifest(folder: string): z.output<typeof anyManifestSchema> | undefined {
  try {
    return anyManifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The result set in a folder, or why it must stay. */
function inspect(folder: string): Removable | string {
  const manifest = readAnyManifest(folder);
  if (manifest === undefined || !existsSync(join(folder, 'cells'))) return `${folder} is no result set, or a damaged one: its manifest.json cannot be read as one`;
  if (lstatSync(folder).isSymbolicLink()) return `${folder} is a link to ${realpathSync(folder)}`;
  if (isPublished(folder)) return `${folder} belongs to the result sets that are published with faasbatch-bench`;
  if (manifest.status === 'running' && mayBeRunning(folder)) return `the run of ${folder} is going on`;
  return { folder, id: manifest.id, suite: manifest.suite.name, cells: manifest.cells.length, status: manifest.status, bytes: bytesOf(folder) };
}

function folderOf(name: string, outFolder: string): string | undefined {
  try {
    return name === '' ? undefined : resolve(findResultFolder(name, outFolder));
  } catch {
    return undefined;
  }
}

function unknownError(unknown: readonly string[], kept: readonly string[], outFolder: string): FbbError {
  const known = listResultSets(outFolder).map((folder) => basename(folder));
  const more = known.length > namesShown ? ` and ${known.length - namesShown} older ones` : '';
  const sentences = [`There is no result set ${unknown.map((name) => `'${hideCredentials(name)}'`).join(', ')} here or in ${outFolder}`, ...kept];
  return new FbbError('FBB_ERR_RESULTS_UNKNOWN', `${sentences.join('; ')}.`, {
    fix: `Nothing was removed. ${known.length === 0 ? `There is none in ${outFolder}.` : `There are: ${known.slice(-namesShown).join(', ')}${more}.`}`,
  });
}

/** A set may be named in several ways: through a link in its path, too. */
function eachOnce(removables: readonly Removable[]): Removable[] {
  const seen = new Set<string>();
  return removables.filter(({ folder }) => {
    const path = realpathSync(folder);
    return !seen.has(path) && seen.add(path);
  });
}

/**
 * Finds result sets that are to be removed, each by its folder, its id below `outFolder`, or `latest`. Throws FBB_ERR_RESULTS_UNKNOWN or
 * FBB_ERR_RESULTS_KEPT with all that is wrong: one that is not there, is no result set, is published, or whose run is going on.
 */
export function findRemovable(names: readonly string[], outFolder: string): Removable[] {
  const folders = names.map((name) => folderOf(name, outFolder));
  const unknown = names.filter((_name, index) => folders[index] === undefined);
  const inspected = [...new Set(folders)].filter((folder) => folder !== undefined).map(inspect);
  const kept = inspected.filter((found) => typeof found === 'string');
  if (unknown.length > 0) throw unknownError(unknown, kept, outFolder);
  if (kept.length > 0) throw new FbbError('FBB_ERR_RESULTS_KEPT', `${kept.join('; ')}.`);
  return eachOnce(inspected.filter((found) => typeof found !== 'string'));
}

/** Whoever finds what is left of it can tell what it was. */
function removeWithManifestLast(folder: string): void {
  for (const name of readdirSync(folder)) if (name !== 'manifest.json') rmSync(join(folder, name), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** Removes what earlier removals beside it were kept from removing. */
function removeLeftOver(parent: string): void {
  for (const entry of readdirSync(parent, { withFileTypes: true })) {
    const folder = join(parent, entry.name);
    if (entry.isDirectory() && entry.name.startsWith('.') && entry.name.endsWith(removedSuffix) && readAnyManifest(folder) !== undefined) removeWithManifestLast(folder);
  }
}

/**
 * Removes a result set: first it loses its name, so that one whose removal is cut off is not taken for a set; the next removal beside it
 * ends that. Throws FBB_ERR_RESULTS_NOT_WRITABLE.
 */
export function removeResultSet({ folder }: Pick<Removable, 'folder'>): void {
  const parent = dirname(folder);
  try {
    removeLeftOver(parent);
    renameSync(folder, join(parent, `.${basename(folder)}${removedSuffix}`));
    removeLeftOver(parent);
  } catch (thrown) {
    throw new FbbError('FBB_ERR_RESULTS_NOT_WRITABLE', `${folder} cannot be removed: ${describeError(thrown)}.`, { fix: `Who owns it, and may you write in ${parent}?`, cause: thrown });
  }
}
