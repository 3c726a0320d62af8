import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, FbbError } from '../core/index.js';
import { ResultSet, type CellSummary, type Manifest } from '../results/index.js';
import { newDigest } from './connection.js';
import type { StoredFile } from './documents.js';

/** A finished cell in a folder. */
export interface LocalCell {
  readonly id: string;
  readonly folder: string;
  readonly files: readonly StoredFile[];
  /** As it was written. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** In the shape of now. */
  readonly parsed: CellSummary;
}

/** A result set in a folder, with what tells whether two are equal. */
export interface LocalResults {
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly parsed: Manifest;
  readonly cells: readonly LocalCell[];
}

export async function digestOfFile(path: string): Promise<string> {
  const digest = newDigest();
  for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) digest.add(piece);
  return digest.text();
}

function readJson(path: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
}

async function describeFiles(folder: string): Promise<StoredFile[]> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  const files: StoredFile[] = [];
  for (const name of names.sort()) files.push({ name, bytes: statSync(join(folder, name)).size, digest: await digestOfFile(join(folder, name)) });
  return files;
}

/** Reads every file of a result set once, for their digests. Throws FBB_ERR_RESULTS_INVALID. */
export async function readLocal(results: ResultSet): Promise<LocalResults> {
  const { folder, manifest: parsed } = results;
  const cells: LocalCell[] = [];
  for (const { id } of parsed.cells) {
    const cellFolder = join(folder, 'cells', id);
    const summary = results.readSummary(id);
    if (summary === undefined) continue;
    try {
      cells.push({ id, folder: cellFolder, files: await describeFiles(cellFolder), summary: readJson(join(cellFolder, 'summary.json')), parsed: summary });
    } catch (thrown) {
      throw new FbbError('FBB_ERR_RESULTS_INVALID', `${cellFolder} cannot be read: ${describeError(thrown)}.`, { cause: thrown });
    }
  }
  return { folder, manifest: readJson(join(folder, 'manifest.json')), parsed, cells };
}

/** The result set in a folder, or undefined when the folder is not there. */
export function openFolder(folder: string): ResultSet | undefined {
  return existsSync(folder) ? ResultSet.open(folder) : undefined;
}
