import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { FbbError } from '../core/index.js';
import type { ResultSet } from '../results/index.js';
import { hasGoneOn, isOpen, sameCell } from './compare.js';
import { cellDocumentId, renderCell, renderResult, resultDocumentId, type CellDocument, type ResultDocument, type StoredFile, type Stubs } from './documents.js';
import { readLocal, type LocalCell, type LocalResults } from './local-cells.js';
import type { ResultStore } from './result-store.js';

/** What became of one cell, told when it is there as a whole. */
export interface CellProgress {
  readonly cell: string;
  /** Of how many, counted from 1. */
  readonly number: number;
  readonly of: number;
  readonly files: number;
  readonly bytes: number;
}

export interface Transfer {
  readonly id: string;
  /** `unchanged`: all of it was there. */
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly cells: number;
  /** Files that went over the network, and their bytes. */
  readonly files: number;
  readonly bytes: number;
}

type Counted = Pick<Transfer, 'files' | 'bytes'>;

const nothing: Counted = { files: 0, bytes: 0 };

function plus(one: Counted, other: Counted): Counted {
  return { files: one.files + other.files, bytes: one.bytes + other.bytes };
}

const conflictsShown = 5;

/** More attempts than others who push the same can make fail: each failure is a write of theirs, of a file or of the document. */
function roundsFor(files: number): number {
  return files + 10;
}

function conflictOf({ address }: ResultStore, id: string, documents: readonly string[]): FbbError {
  const shown = documents.slice(0, conflictsShown).join(', ');
  const more = documents.length > conflictsShown ? ` and ${documents.length - conflictsShown} more` : '';
  return new FbbError('FBB_ERR_RESULTS_CONFLICT', `${id} is in ${address.shown} already, with other content: ${shown}${more}.`, {
    fix: 'Nothing was overwritten. If the one over there is newer, get it with "faasbatch-bench results pull"; else push this one into another database.',
  });
}

/** Whether what is there is what is here, or was it before the run went on. */
function mayFollow(before: ResultDocument, { parsed, cells }: LocalResults): boolean {
  return hasGoneOn(before.parsed, parsed) && before.cells.every((id) => cells.some((cell) => cell.id === id));
}

/** The documents that are there and may not be replaced by what is here. */
function conflictsWith(local: LocalResults, result: ResultDocument | undefined, there: ReadonlyMap<string, CellDocument>): string[] {
  const { parsed: { id }, cells } = local;
  const ofResult = result === undefined || mayFollow(result, local) ? [] : [resultDocumentId(id)];
  const ofCells = cells.filter((cell) => {
    const stored = there.get(cell.id);
    return stored !== undefined && !sameCell(stored, cell) && !isOpen(stored);
  });
  return [...ofResult, ...ofCells.map((cell) => cellDocumentId(id, cell.id))];
}

/** The files of a cell that are attached already; what else hangs there is let go. */
function keptStubs(stubs: Stubs, files: readonly StoredFile[]): Record<string, unknown> {
  const kept = Object.entries(stubs).filter(([name, { digest }]) => files.some((file) => file.name === name && file.digest === digest));
  return kept.length === 0 ? {} : { _attachments: Object.fromEntries(kept.map(([name, stub]) => [name, { ...stub, stub: true }])) };
}

/** A push that is under way. */
class Push {
  readonly #store: ResultStore;
  readonly #local: LocalResults;

  constructor(store: ResultStore, local: LocalResults) {
    this.#store = store;
    this.#local = local;
  }

  /** Writes what is missing of a cell; resolves to what was sent. When another pushes the same, both go on from what is there. */
  async pushCell(cell: LocalCell, there: CellDocument | undefined): Promise<Counted & { readonly wrote: boolean }> {
    const { id } = this.#local.parsed;
    const documentId = cellDocumentId(id, cell.id);
    let sent = nothing;
    let wrote = false;
    let known = there;
    for (let round = 0; round < roundsFor(cell.files.length); round += 1) {
      if (known === undefined || !sameCell(known, cell)) {
        if (known !== undefined && !isOpen(known)) throw conflictOf(this.#store, id, [documentId]);
        const rev = await this.#store.write(documentId, { ...renderCell(id, cell.id, cell), ...keptStubs(known?.stubs ?? {}, cell.files) }, known?.rev);
        wrote ||= rev !== undefined;
        // What the server made of it, or what another has written meanwhile.
        known = await this.#reread(cell);
        continue;
      }
      const { stubs, rev } = known;
      const file = cell.files.find(({ name, digest }) => stubs[name]?.digest !== digest);
      if (file === undefined) return { ...sent, wrote };
      const next = await this.#store.writeFile({ id, cell: cell.id, rev, file }, join(cell.folder, file.name));
      if (next === undefined) {
        known = await this.#reread(cell);
        continue;
      }
      wrote = true;
      sent = plus(sent, { files: 1, bytes: file.bytes });
      known = { ...known, rev: next, stubs: { ...stubs, [file.name]: { digest: file.digest, length: file.bytes, content_type: 'application/octet-stream', revpos: 0 } } };
    }
    throw this.#restless(documentId);
  }

  /** Throws unless every file of every cell is there with its digest, as the server says. */
  async checkWhole(): Promise<void> {
    const { parsed, cells } = this.#local;
    const there = await this.#store.readCells(parsed.id, cells.map(({ id }) => id));
    for (const cell of cells) {
      const stored = there.get(cell.id);
      const lacking = cell.files.find(({ name, digest }) => stored?.stubs[name]?.digest !== digest);
      if (stored !== undefined && sameCell(stored, cell) && lacking === undefined) continue;
      const what = lacking === undefined ? 'other content' : `${lacking.name} with digest ${stored?.stubs[lacking.name]?.digest ?? 'none'} instead of ${lacking.digest}`;
      throw new FbbError('FBB_ERR_STORAGE_FAILED', `${cellDocumentId(parsed.id, cell.id)} was pushed, and ${this.#store.address.shown} has ${what}.`, { fix: 'Run the same command again. If that does not help, the files changed here meanwhile, or the server changes what it is given.' });
    }
  }

  /** Writes the document of the result set, the last of all: with it, the set is there. */
  async pushResult(there: ResultDocument | undefined): Promise<boolean> {
    const { manifest, parsed, cells } = this.#local;
    let known = there;
    for (let round = 0; round < roundsFor(0); round += 1) {
      const ids = cells.map(({ id }) => id);
      if (known !== undefined && isDeepStrictEqual(known.parsed, parsed) && isDeepStrictEqual(known.cells, ids)) return false;
      if (known !== undefined && !mayFollow(known, this.#local)) throw conflictOf(this.#store, parsed.id, [resultDocumentId(parsed.id)]);
      if ((await this.#store.write(resultDocumentId(parsed.id), renderResult(manifest, ids), known?.rev)) !== undefined) return true;
      known = await this.#store.readResult(parsed.id);
    }
    throw this.#restless(resultDocumentId(parsed.id));
  }

  #restless(documentId: string): FbbError {
    return new FbbError('FBB_ERR_STORAGE_FAILED', `${documentId} of ${this.#store.address.shown} is changed again and again by another.`, { fix: 'Run the same command again when nobody else pushes this result set.' });
  }

  async #reread({ id }: LocalCell): Promise<CellDocument | undefined> {
    return (await this.#store.readCells(this.#local.parsed.id, [id])).get(id);
  }
}

/**
 * Pushes a result set into a store. What is there with equal content stays; nothing that had ended is overwritten
 * (FBB_ERR_RESULTS_CONFLICT, before anything is written). One that was cut goes on where it stopped when it is repeated.
 */
export async function pushResults(results: ResultSet, store: ResultStore, tell: (progress: CellProgress) => void = () => undefined): Promise<Transfer> {
  const local = await readLocal(results);
  const { parsed, cells } = local;
  await store.create();
  const result = await store.readResult(parsed.id);
  const there = await store.readCells(parsed.id, cells.map(({ id }) => id));
  const conflicts = conflictsWith(local, result, there);
  if (conflicts.length > 0) throw conflictOf(store, parsed.id, conflicts);

  const push = new Push(store, local);
  let sent = nothing;
  let wrote = false;
  for (const [i, cell] of cells.entries()) {
    const { wrote: wroteCell, ...ofCell } = await push.pushCell(cell, there.get(cell.id));
    wrote ||= wroteCell;
    sent = plus(sent, ofCell);
    tell({ cell: cell.id, number: i + 1, of: cells.length, ...ofCell });
  }
  if (wrote) await push.checkWhole();
  wrote = (await push.pushResult(result)) || wrote;
  const outcome = result === undefined ? 'created' : 'updated';
  return { id: parsed.id, outcome: wrote ? outcome : 'unchanged', cells: cells.length, ...sent };
}
