import { FbbError } from '../core/index.js';
import type { ResultAddress } from '../storage/index.js';
import { Connection, type Answer, type ConnectionOptions } from './connection.js';
import { cellDocumentId, parseCell, parseResult, resultDocumentId, type CellDocument, type ResultDocument, type StoredFile } from './documents.js';

type Json = Readonly<Record<string, unknown>>;

interface Row {
  readonly id: string;
  /** Null or undefined: it is not there. */
  readonly doc?: Json | null;
}

/** Documents asked for at once: an answer with the summaries of so many cells has some 400 kB. */
const cellsAtOnce = 100;
const namedWhenUnknown = 10;
/** Above every id with the same beginning. */
const last = '\ufff0';

/** The document of a cell to write, and the file to attach to it. */
interface FilePlace {
  readonly id: string;
  readonly cell: string;
  readonly rev: string;
  readonly file: StoredFile;
}

/** Result sets in a database of CouchDB: a document each, and one for each of their cells with its files attached. Throws FbbError. */
export class ResultStore {
  readonly address: ResultAddress;
  readonly #connection: Connection;

  constructor(address: ResultAddress, options: ConnectionOptions = {}) {
    this.address = address;
    this.#connection = new Connection(address, options);
  }

  /** Makes the database unless it is there. */
  async create(): Promise<void> {
    const what = `the database ${this.address.database}`;
    const { status } = await this.#connection.ask({ method: 'GET', path: [], what, expected: [404] });
    if (status !== 404) return;
    // Another may make it meanwhile.
    await this.#connection.ask({ method: 'PUT', path: [], what: `to make ${what}`, expected: [412] });
  }

  async readResult(id: string): Promise<ResultDocument | undefined> {
    const { status, body } = await this.#connection.ask({ method: 'GET', path: [resultDocumentId(id)], what: `the document of ${id}`, expected: [404] });
    return status === 404 ? undefined : parseResult(body, this.address, id);
  }

  /** Throws FBB_ERR_RESULTS_UNKNOWN, with the newest that there are. */
  async getResult(id: string): Promise<ResultDocument> {
    const result = await this.readResult(id);
    if (result !== undefined) return result;
    const { whole, partial } = await this.listIds();
    const place = this.address.id === undefined ? `${this.address.shown}/${id}` : this.address.shown;
    if (partial.includes(id)) throw new FbbError('FBB_ERR_RESULTS_UNKNOWN', `${place} was not pushed to the end.`, { fix: 'Push it again from where it was measured; what is there is not sent again.' });
    const newest = whole.slice(-namedWhenUnknown);
    throw new FbbError('FBB_ERR_RESULTS_UNKNOWN', `There is no result set ${place}.`, {
      fix: newest.length === 0 ? 'There is none in this database: push one with "faasbatch-bench results push".' : `The newest there are: ${newest.join(', ')}.`,
    });
  }

  /** Those of these cells that have a document. */
  async readCells(id: string, cells: readonly string[]): Promise<Map<string, CellDocument>> {
    const found = new Map<string, CellDocument>();
    for (let from = 0; from < cells.length; from += cellsAtOnce) {
      const asked = cells.slice(from, from + cellsAtOnce);
      const rows = await this.#list({ include_docs: true }, asked.map((cell) => cellDocumentId(id, cell)), `the documents of cells of ${id}`);
      rows.forEach(({ doc }, i) => {
        const cell = asked[i] as string;
        if (doc !== undefined && doc !== null) found.set(cell, parseCell(doc, this.address, id, cell));
      });
    }
    return found;
  }

  /** Writes a document; without `rev` a new one. Resolves to its revision, or to undefined when the newest one there is another. */
  async write(documentId: string, content: Json, rev: string | undefined): Promise<string | undefined> {
    const json = rev === undefined ? content : { ...content, _rev: rev };
    return writtenAs(await this.#connection.ask({ method: 'PUT', path: [documentId], json, what: `document ${documentId}`, expected: [409] }));
  }

  /** Attaches a file to a cell; resolves as `write`. */
  async writeFile({ id, cell, rev, file }: FilePlace, path: string): Promise<string | undefined> {
    const request = { method: 'PUT', path: [cellDocumentId(id, cell), file.name], query: { rev }, what: `${file.name} of ${cell} (${file.bytes} bytes)`, expected: [409] } as const;
    return writtenAs(await this.#connection.sendFile(request, { path, bytes: file.bytes }));
  }

  /** Writes an attached file to `path`; resolves to the digest of what came. */
  readFile({ id, cell, rev, file }: FilePlace, path: string): Promise<string> {
    return this.#connection.receiveFile({ method: 'GET', path: [cellDocumentId(id, cell), file.name], query: { rev }, what: `${file.name} of ${cell} (${file.bytes} bytes)` }, path);
  }

  /** All result sets, those that can be read and those that cannot: the oldest first. */
  async listResults(): Promise<{ readonly id: string; readonly result: ResultDocument | FbbError }[]> {
    const rows = await this.#list({ include_docs: true, startkey: 'result:', endkey: `result:${last}` }, undefined, 'the list of result sets');
    const results = rows.map(({ id: documentId, doc }) => {
      const id = documentId.slice('result:'.length);
      try {
        return { id, result: parseResult(doc ?? {}, this.address, id) };
      } catch (thrown) {
        return { id, result: thrown as FbbError };
      }
    });
    const when = ({ result }: (typeof results)[number]): string => ('parsed' in result ? result.parsed.createdAt : '');
    return results.sort((a, b) => (when(a) < when(b) ? -1 : 1));
  }

  /** Ids of the result sets that are whole, the oldest first as far as ids tell, and of those of which only cells are there. */
  async listIds(): Promise<{ readonly whole: string[]; readonly partial: string[] }> {
    const idsFrom = async (beginning: string): Promise<string[]> => (await this.#list({ startkey: beginning, endkey: `${beginning}${last}` }, undefined, 'the list of result sets')).map(({ id }) => id.slice(beginning.length));
    const whole = await idsFrom('result:');
    const ofCells = (await idsFrom('cell:')).map((rest) => rest.slice(0, rest.indexOf(':')));
    return { whole: whole.sort((a, b) => (stampIn(a) < stampIn(b) ? -1 : 1)), partial: [...new Set(ofCells)].filter((id) => !whole.includes(id)) };
  }

  async #list(query: Readonly<Record<string, unknown>>, keys: readonly string[] | undefined, what: string): Promise<readonly Row[]> {
    const texts = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, JSON.stringify(value)]));
    const { body, status } = await this.#connection.ask({
      method: keys === undefined ? 'GET' : 'POST',
      path: ['_all_docs'],
      query: texts,
      what,
      ...(keys === undefined ? {} : { json: { keys } }),
      expected: [404],
    });
    if (status === 404) return [];
    if (!Array.isArray(body['rows'])) throw new FbbError('FBB_ERR_STORAGE_UNREACHABLE', `${this.address.storage.origin} is not CouchDB: its list of documents has no rows.`);
    return body['rows'] as Row[];
  }
}

function writtenAs({ status, body }: Answer): string | undefined {
  return status === 409 ? undefined : String(body['rev']);
}

/** The moment that an id names: `icdcs-20261123T143855Z-d25c` sorts by what follows the suite. */
function stampIn(id: string): string {
  return /\d{8}T\d{6}Z.*/.exec(id)?.[0] ?? id;
}
