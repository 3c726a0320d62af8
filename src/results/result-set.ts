import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { z } from 'zod';
import { describeError, FbbError, hideCredentials, type CellProfile } from '../core/index.js';
import { profileOf } from './cell-profile.js';
import { CellWriter } from './cell-writer.js';
import { readCsv, type CsvRow } from './read-csv.js';
import { forgetRun, noteRun } from './run-owner.js';
import { manifestSchema, schemaVersion, summarySchema, type CellStatus, type CellSummary, type Manifest } from './schema.js';

function readJson<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new FbbError('FBB_ERR_RESULTS_INVALID', `${path} cannot be read: ${describeError(thrown)}.`);
  }
  return checkStored(data, schema, path);
}

/** Data that were stored, in the shape of now. `place`: where they were read. Throws FBB_ERR_RESULTS_INVALID. */
export function checkStored<Schema extends z.ZodType>(data: unknown, schema: Schema, place: string): z.output<Schema> {
  const version = (data as { schema?: unknown } | null)?.schema;
  if (typeof version === 'number' && version > schemaVersion) {
    throw new FbbError('FBB_ERR_RESULTS_INVALID', `${place} has schema ${version}; this version reads up to ${schemaVersion}.`, { fix: 'Read it with a newer faasbatch-bench.' });
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new FbbError('FBB_ERR_RESULTS_INVALID', `${place} is not what was written: ${problems.join('; ')}.`);
}

/** Replaces a file in one step: a reader sees the old one or the new one. */
function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (thrown) {
    throw new FbbError('FBB_ERR_RESULTS_WRITE', `${path} could not be written: ${describeError(thrown)}.`, { cause: thrown });
  }
}

/** A stored run: its manifest, and a folder for each finished cell. */
export class ResultSet {
  readonly folder: string;
  #manifest: Manifest;

  private constructor(folder: string, manifest: Manifest) {
    this.folder = folder;
    this.#manifest = manifest;
  }

  static create(outFolder: string, manifest: Manifest): ResultSet {
    const folder = join(outFolder, manifest.id);
    mkdirSync(join(folder, 'cells'), { recursive: true });
    const set = new ResultSet(folder, manifest);
    set.#save();
    return set;
  }

  static open(folder: string): ResultSet {
    return new ResultSet(folder, readJson(join(folder, 'manifest.json'), manifestSchema));
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** With `running`, the folder says for whom, until another status comes. */
  setStatus(status: Manifest['status']): void {
    this.#manifest = { ...this.#manifest, status };
    this.#save();
    if (status === 'running') noteRun(this.folder);
    else forgetRun(this.folder);
  }

  /** `reason`: why it was skipped. */
  setCellStatus(cellId: string, status: CellStatus, reason?: string): void {
    const changed = (cell: Manifest['cells'][number]): Manifest['cells'][number] => ({ ...cell, status, reason });
    this.#manifest = { ...this.#manifest, cells: this.#manifest.cells.map((cell) => (cell.id === cellId ? changed(cell) : cell)) };
    this.#save();
  }

  /** `rows`: whether each invocation is written. */
  cellWriter(cellId: string, rows = true): CellWriter {
    return new CellWriter(join(this.folder, 'cells'), cellId, rows);
  }

  /** The path of a file of a cell, whether it is there or not. */
  cellFile(cellId: string, file: string): string {
    return join(this.folder, 'cells', cellId, file);
  }

  /** The summary of a finished cell, or undefined when it has not finished. */
  readSummary(cellId: string): CellSummary | undefined {
    const path = join(this.folder, 'cells', cellId, 'summary.json');
    return existsSync(path) ? readJson(path, summarySchema) : undefined;
  }

  /** The rows of a finished cell's invocations.csv. */
  readInvocations(cellId: string): CsvRow[] {
    const path = join(this.folder, 'cells', cellId, 'invocations.csv');
    try {
      return [...readCsv(readFileSync(path, 'utf8'))];
    } catch (thrown) {
      throw new FbbError('FBB_ERR_RESULTS_INVALID', `${path} cannot be read: ${describeError(thrown)}.`, { cause: thrown });
    }
  }

  /** What a cell measured, for the schedulers that learn from it; undefined unless it has ended valid. */
  readProfile(cellId: string): CellProfile | undefined {
    if (this.#manifest.cells.find(({ id }) => id === cellId)?.status !== 'valid') return undefined;
    return profileOf(cellId, this.readInvocations(cellId));
  }

  /** Summaries of all finished cells, in the order of execution. */
  readSummaries(): CellSummary[] {
    return this.#manifest.cells.map(({ id }) => this.readSummary(id)).filter((summary) => summary !== undefined);
  }

  #save(): void {
    writeAtomically(join(this.folder, 'manifest.json'), `${JSON.stringify(this.#manifest, undefined, 2)}\n`);
  }
}

/** Throws unless result sets can be written below `outFolder`; makes it if it is not there. */
export function checkWritable(outFolder: string): void {
  try {
    mkdirSync(outFolder, { recursive: true });
    accessSync(outFolder, constants.W_OK | constants.X_OK);
  } catch (thrown) {
    throw new FbbError('FBB_ERR_RESULTS_NOT_WRITABLE', `Results cannot be written to ${resolve(outFolder)}: ${describeError(thrown)}.`);
  }
}

function isResultSet(folder: string): boolean {
  return existsSync(join(folder, 'manifest.json'));
}

/** Folders of the result sets below `outFolder`, oldest first. */
export function listResultSets(outFolder: string): string[] {
  if (!existsSync(outFolder)) return [];
  return readdirSync(outFolder, { withFileTypes: true })
    // What begins with a point is not finished: a result set that is being pulled.
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && isResultSet(join(outFolder, entry.name)))
    .map((entry) => join(outFolder, entry.name))
    .sort((a, b) => statSync(join(a, 'manifest.json')).mtimeMs - statSync(join(b, 'manifest.json')).mtimeMs || (a < b ? -1 : 1));
}

/** Result sets that ship with the package are named by their folder in it. */
const shippedPrefix = 'published/';

/**
 * Finds the folder of a result set by its path, its id below `outFolder`, or `latest`; one named `published/...` that is neither here nor
 * there also below `shippedFolder`, where those that ship with the package lie. What is in it may be damaged. Throws FBB_ERR_RESULTS_UNKNOWN.
 */
export function findResultFolder(name: string, outFolder: string, shippedFolder?: string): string {
  const known = listResultSets(outFolder);
  const folder = name === 'latest' ? known.at(-1) : [name, join(outFolder, name), ...(shippedFolder !== undefined && name.startsWith(shippedPrefix) ? [join(shippedFolder, name)] : [])].find(isResultSet);
  if (folder !== undefined) return folder;
  const names = known.map((path) => basename(path)).slice(-10);
  throw new FbbError(
    'FBB_ERR_RESULTS_UNKNOWN',
    name === 'latest' ? `There is no result set in ${outFolder} yet.` : `There is no result set '${hideCredentials(name)}' here or in ${outFolder}.`,
    names.length === 0 ? {} : { fix: `Use "latest" or one of: ${names.join(', ')}.` },
  );
}

/** Finds a result set as findResultFolder does, and reads its manifest. */
export function findResultSet(name: string, outFolder: string, shippedFolder?: string): ResultSet {
  return ResultSet.open(findResultFolder(name, outFolder, shippedFolder));
}

/** A stored run as data. */
export interface StoredResults {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Of the cells that have finished, in the order of execution. */
  readonly summaries: readonly CellSummary[];
}

/** Reads a result set by its folder, its id below `outFolder`, or `latest` (see findResultSet); throws FbbError when there is none or it is damaged. */
export function readResultSet(name: string, outFolder = 'results', shippedFolder?: string): StoredResults {
  const results = findResultSet(name, outFolder, shippedFolder);
  return { folder: results.folder, manifest: results.manifest, summaries: results.readSummaries() };
}
