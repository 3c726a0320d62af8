import { isDeepStrictEqual } from 'node:util';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, FbbError } from '../core/index.js';
import { checkWritable } from '../results/index.js';
import { sameCell } from './compare.js';
import { cellDocumentId, type CellDocument, type ResultDocument, type StoredFile } from './documents.js';
import { digestOfFile, openFolder, readLocal } from './local-cells.js';
import type { CellProgress, Transfer } from './push.js';
import type { ResultStore } from './result-store.js';

interface Pulled extends Transfer {
  readonly folder: string;
}

interface Remote {
  readonly id: string;
  readonly result: ResultDocument;
  readonly cells: ReadonlyMap<string, CellDocument>;
}

const summaryFile = 'summary.json';

/** Reads manifest and cells, and looks whether all of it is there. Throws FBB_ERR_RESULTS_UNKNOWN or FBB_ERR_RESULTS_INVALID. */
export async function readRemote(store: ResultStore, id: string): Promise<Remote> {
  const result = await store.getResult(id);
  const cells = await store.readCells(id, result.cells);
  const lacking = result.cells.find((cell) => !cells.has(cell));
  if (lacking !== undefined) throw damaged(store, id, lacking, 'its document is not there');
  return { id, result, cells };
}

function damaged({ address }: ResultStore, id: string, cell: string, what: string): FbbError {
  return new FbbError('FBB_ERR_RESULTS_INVALID', `${cellDocumentId(id, cell)} of ${address.shown} is not whole: ${what}.`, { fix: 'Push the result set again from where it was measured; what is there is not sent again.' });
}

/** The result set in `folder` when it is the same as that in the store; throws FBB_ERR_RESULTS_CONFLICT when it is another, and is undefined when there is none. */
async function sameHere(folder: string, { id, result, cells }: Remote): Promise<Transfer | undefined> {
  const results = openFolder(folder);
  if (results === undefined) return undefined;
  const local = await readLocal(results);
  const differing = [
    ...(isDeepStrictEqual(local.parsed, result.parsed) ? [] : ['manifest.json']),
    ...[...cells].filter(([name, cell]) => !local.cells.some((own) => own.id === name && sameCell(own, cell))).map(([name]) => join('cells', name)),
    ...local.cells.filter((own) => !cells.has(own.id)).map((own) => join('cells', own.id)),
  ];
  if (differing.length === 0) return { id, outcome: 'unchanged', cells: cells.size, files: 0, bytes: 0 };
  throw new FbbError('FBB_ERR_RESULTS_CONFLICT', `${folder} is there already, with other content: ${differing.slice(0, 5).join(', ')}${differing.length > 5 ? ` and ${differing.length - 5} more` : ''}.`, {
    fix: 'Nothing was overwritten. Pull it into another folder with --out, or move this one away.',
  });
}

/** A pull that is under way, into a folder of another name. */
class Pull {
  readonly #store: ResultStore;
  readonly #remote: Remote;
  readonly #folder: string;

  constructor(store: ResultStore, remote: Remote, folder: string) {
    this.#store = store;
    this.#remote = remote;
    this.#folder = folder;
  }

  /** Brings the files of a cell that are not there yet, and removes others. */
  async pullCell(name: string, cell: CellDocument): Promise<Pick<Transfer, 'files' | 'bytes'>> {
    const folder = join(this.#folder, 'cells', name);
    mkdirSync(folder, { recursive: true });
    for (const other of readdirSync(folder).filter((own) => !cell.files.some((file) => file.name === own))) rmSync(join(folder, other), { recursive: true });
    let files = 0;
    let bytes = 0;
    for (const file of cell.files) {
      const path = join(folder, file.name);
      if (existsSync(path) && (await digestOfFile(path)) === file.digest) continue;
      await this.#pullFile(name, cell, file, path);
      files += 1;
      bytes += file.bytes;
    }
    return { files, bytes };
  }

  async #pullFile(name: string, cell: CellDocument, file: StoredFile, path: string): Promise<void> {
    const { id } = this.#remote;
    const attached = cell.stubs[file.name];
    if (attached?.digest !== file.digest) throw damaged(this.#store, id, name, attached === undefined ? `${file.name} is not attached` : `${file.name} is not the file that was measured (digest ${attached.digest} instead of ${file.digest})`);
    const temporary = `${path}.${process.pid}.tmp`;
    const digest = await this.#store.readFile({ id, cell: name, rev: cell.rev, file }, temporary);
    if (digest !== file.digest) {
      rmSync(temporary);
      throw damaged(this.#store, id, name, `what came of ${file.name} has digest ${digest} instead of ${file.digest}`);
    }
    if (file.name === summaryFile) this.#checkSummary(name, cell, temporary);
    renameSync(temporary, path);
  }

  /** The summary stands in the document, for tables, and is attached, as it was written. */
  #checkSummary(name: string, { summary }: CellDocument, path: string): void {
    if (isDeepStrictEqual(readJson(path), summary)) return;
    throw damaged(this.#store, this.#remote.id, name, 'the summary in the document is not the one attached');
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

async function pullInto(target: string, store: ResultStore, remote: Remote, tell: (progress: CellProgress) => void): Promise<Pick<Transfer, 'files' | 'bytes'>> {
  const { result, cells } = remote;
  // Beside the target, so that it can be renamed; a pull that is repeated finds what the one before has brought.
  const partial = join(target, '..', `.${remote.id}.partial`);
  const pull = new Pull(store, remote, partial);
  const sum = { files: 0, bytes: 0 };
  mkdirSync(join(partial, 'cells'), { recursive: true });
  for (const other of readdirSync(join(partial, 'cells')).filter((name) => !cells.has(name))) rmSync(join(partial, 'cells', other), { recursive: true });
  let number = 0;
  for (const [name, cell] of cells) {
    const { files, bytes } = await pull.pullCell(name, cell);
    sum.files += files;
    sum.bytes += bytes;
    number += 1;
    tell({ cell: name, number, of: cells.size, files, bytes });
  }
  writeFileSync(join(partial, 'manifest.json'), `${JSON.stringify(result.manifest, undefined, 2)}\n`);
  renameSync(partial, target);
  return sum;
}

/**
 * Brings a result set into a folder below `outFolder`. An equal one that is there is left, another is refused (FBB_ERR_RESULTS_CONFLICT);
 * the folder has its name when all of it is there. One that was cut goes on where it stopped when it is repeated.
 */
export async function pullResults(store: ResultStore, id: string, outFolder: string, tell: (progress: CellProgress) => void = () => undefined): Promise<Pulled> {
  const remote = await readRemote(store, id);
  const target = join(outFolder, id);
  const here = await sameHere(target, remote);
  if (here !== undefined) return { ...here, folder: target };
  checkWritable(outFolder);
  try {
    const sent = await pullInto(target, store, remote, tell);
    return { id, outcome: 'created', cells: remote.cells.size, ...sent, folder: target };
  } catch (thrown) {
    if (!isOfFiles(thrown)) throw thrown;
    // Another has pulled the same meanwhile.
    const pulled = await sameHere(target, remote);
    if (pulled !== undefined) return { ...pulled, folder: target };
    throw new FbbError('FBB_ERR_RESULTS_WRITE', `${target} could not be written: ${describeError(thrown)}.`, { fix: 'Is the disk full, or the folder gone? Run the same command again: what is here is not asked for again.', cause: thrown });
  }
}

function isOfFiles(thrown: unknown): boolean {
  return thrown instanceof FbbError ? thrown.code === 'FBB_ERR_RESULTS_WRITE' : typeof (thrown as { readonly syscall?: unknown }).syscall === 'string';
}
