import { selectIds, type AllDocsQuery } from './all-docs.js';
import { badRequest, conflict, CouchError, notFound } from './couch-error.js';
import {
  checkAttachmentName,
  createAttachment,
  parseDocument,
  renderDocument,
  reviseDocument,
  type Attachment,
  type Content,
  type DocumentContent,
  type DocumentRevision,
  type JsonObject,
} from './document.js';

/** The revision a write made. */
export interface Written {
  readonly id: string;
  readonly rev: string;
}

const noContent = { fields: {}, attachments: new Map<string, Attachment>() };

/** Documents in memory under CouchDB's rules of revisions. Every method throws CouchError for what CouchDB would refuse. */
class Database {
  readonly name: string;
  readonly #documents = new Map<string, DocumentRevision>();
  #updates = 0;

  constructor(name: string) {
    this.name = name;
  }

  info(): JsonObject {
    const deleted = [...this.#documents.values()].filter((document) => document.deleted).length;
    return { db_name: this.name, doc_count: this.#documents.size - deleted, doc_del_count: deleted, update_seq: String(this.#updates) };
  }

  /** The newest revision, or an error unless it is `rev` where that is given. */
  read(id: string, rev: string | undefined): DocumentRevision {
    const document = this.#existing(id);
    if (rev !== undefined && rev !== document.rev) throw notFound('missing');
    return document;
  }

  get(id: string, rev: string | undefined): JsonObject {
    return renderDocument(id, this.read(id, rev));
  }

  /** What `_all_docs` answers: a row for each document there is, or for each key that was asked for. */
  list(query: AllDocsQuery): JsonObject {
    const there = [...this.#documents].filter(([, { deleted }]) => !deleted).map(([id]) => id);
    const keys = query.keys ?? selectIds(there, query);
    const rows = keys.slice(0, query.limit).map((key) => this.#row(key, query.includeDocs));
    return { total_rows: there.length, offset: 0, rows };
  }

  /** Creates a document, or replaces the revision `rev` of it. */
  put(id: string, json: JsonObject, rev: string | undefined): Written {
    const parent = this.#parent(id, rev);
    return this.#write(id, parent, parseDocument(json, parent));
  }

  remove(id: string, rev: string | undefined): Written {
    this.#existing(id);
    return this.#write(id, this.#parent(id, rev), { ...noContent, deleted: true });
  }

  attachment(id: string, name: string, rev: string | undefined): Attachment {
    const attachment = this.read(id, rev).attachments.get(name);
    if (attachment === undefined) throw notFound('Document is missing attachment');
    return attachment;
  }

  /** Adds or replaces an attachment; without a document of this id, creates one that has nothing else. */
  putAttachment(id: string, name: string, content: Content, rev: string | undefined): Written {
    checkAttachmentName(name);
    const parent = this.#parent(id, rev);
    const attachments = new Map(parent?.attachments);
    attachments.set(name, createAttachment(content, (parent?.generation ?? 0) + 1));
    return this.#write(id, parent, { deleted: false, fields: parent?.fields ?? {}, attachments });
  }

  removeAttachment(id: string, name: string, rev: string | undefined): Written {
    this.attachment(id, name, undefined);
    const parent = this.#parent(id, rev);
    const attachments = new Map(parent?.attachments);
    attachments.delete(name);
    return this.#write(id, parent, { deleted: false, fields: parent?.fields ?? {}, attachments });
  }

  #row(key: unknown, includeDocs: boolean): JsonObject {
    const document = typeof key === 'string' ? this.#documents.get(key) : undefined;
    if (document === undefined) return { key, error: 'not_found' };
    const value = { rev: document.rev, ...(document.deleted ? { deleted: true } : {}) };
    return { id: key, key, value, ...(includeDocs ? { doc: document.deleted ? null : renderDocument(key as string, document) } : {}) };
  }

  #existing(id: string): DocumentRevision {
    const document = this.#documents.get(id);
    if (document === undefined) throw notFound('missing');
    if (document.deleted) throw notFound('deleted');
    return document;
  }

  /** The revision a write follows: `rev` must name the newest one, and may be left out only where no document stands. */
  #parent(id: string, rev: string | undefined): DocumentRevision | undefined {
    if (id.startsWith('_')) throw new CouchError(400, 'illegal_docid', 'Only reserved document ids may start with underscore.');
    if (rev !== undefined && !/^\d+-.+$/.test(rev)) throw badRequest('Invalid rev format');
    const newest = this.#documents.get(id);
    const mayWrite = rev === undefined ? newest === undefined || newest.deleted : rev === newest?.rev;
    if (!mayWrite) throw conflict();
    return newest;
  }

  #write(id: string, parent: DocumentRevision | undefined, content: DocumentContent): Written {
    const document = reviseDocument(parent, content);
    this.#documents.set(id, document);
    this.#updates += 1;
    return { id, rev: document.rev };
  }
}

/** The databases of a server. */
export class DocumentStore {
  readonly #databases = new Map<string, Database>();

  constructor(names: readonly string[]) {
    for (const name of names) this.create(name);
  }

  names(): string[] {
    return [...this.#databases.keys()].sort();
  }

  create(name: string): void {
    if (!/^[a-z][a-z0-9_$()+/-]*$/.test(name)) {
      throw new CouchError(
        400,
        'illegal_database_name',
        `Name: '${name}'. Only lowercase characters (a-z), digits (0-9), and any of the characters _, $, (, ), +, -, and / are allowed. Must begin with a letter.`,
      );
    }
    if (this.#databases.has(name)) throw new CouchError(412, 'file_exists', 'The database could not be created, the file already exists.');
    this.#databases.set(name, new Database(name));
  }

  remove(name: string): void {
    this.database(name);
    this.#databases.delete(name);
  }

  database(name: string): Database {
    const database = this.#databases.get(name);
    if (database === undefined) throw notFound('Database does not exist.');
    return database;
  }
}
