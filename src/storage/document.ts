import { createHash } from 'node:crypto';
import { badRequest, CouchError } from './couch-error.js';

/** An object of a JSON document, as the client sent it. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface Content {
  readonly contentType: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface Attachment extends Content {
  /** `md5-` and the Base64 of the MD5 of the data. */
  readonly digest: string;
  /** The generation of the document in which the attachment was last written. */
  readonly revpos: number;
}

/** One revision of a document; a deleted document stays as a revision without content. */
export interface DocumentRevision {
  /** Counts the revisions of the document from 1. */
  readonly generation: number;
  /** `<generation>-<hash>`. */
  readonly rev: string;
  readonly deleted: boolean;
  readonly fields: JsonObject;
  readonly attachments: ReadonlyMap<string, Attachment>;
}

export type DocumentContent = Pick<DocumentRevision, 'deleted' | 'fields' | 'attachments'>;

const specialMembers = new Set(['_id', '_rev', '_attachments', '_deleted']);

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function createAttachment({ contentType, data }: Content, revpos: number): Attachment {
  return { contentType, data, digest: `md5-${createHash('md5').update(data).digest('base64')}`, revpos };
}

/** The revision that follows `parent`. The hash depends on the content and the ancestors alone, so equal histories have equal revisions. */
export function reviseDocument(parent: DocumentRevision | undefined, content: DocumentContent): DocumentRevision {
  const generation = (parent?.generation ?? 0) + 1;
  const attachments = [...content.attachments].map(([name, { contentType, digest }]) => [name, contentType, digest]);
  const hash = createHash('md5')
    .update(JSON.stringify([parent?.rev ?? '', content.deleted, content.fields, attachments]))
    .digest('hex');
  return { ...content, generation, rev: `${generation}-${hash}` };
}

/** What a document sent by a client says; the stubs in it stand for attachments of `parent`. Throws a CouchError when it is malformed. */
export function parseDocument(json: JsonObject, parent: DocumentRevision | undefined): DocumentContent {
  const unknown = Object.keys(json).find((key) => key.startsWith('_') && !specialMembers.has(key));
  if (unknown !== undefined) throw new CouchError(400, 'doc_validation', `Bad special document member: ${unknown}`);
  return {
    deleted: json['_deleted'] === true,
    fields: Object.fromEntries(Object.entries(json).filter(([key]) => !specialMembers.has(key))),
    attachments: parseAttachments(json['_attachments'] ?? {}, parent),
  };
}

function parseAttachments(json: unknown, parent: DocumentRevision | undefined): Map<string, Attachment> {
  if (!isJsonObject(json)) throw badRequest('Attachments must be a JSON object');
  const attachments = new Map<string, Attachment>();
  for (const [name, entry] of Object.entries(json)) {
    checkAttachmentName(name);
    if (!isJsonObject(entry)) throw badRequest(`Attachment '${name}' must be a JSON object`);
    attachments.set(name, parseAttachment(name, entry, parent));
  }
  return attachments;
}

function parseAttachment(name: string, entry: JsonObject, parent: DocumentRevision | undefined): Attachment {
  if (entry['stub'] === true) {
    const attachment = parent?.attachments.get(name);
    if (attachment === undefined) throw new CouchError(412, 'missing_stub', `Invalid attachment stub for '${name}'`);
    return attachment;
  }
  if (typeof entry['data'] !== 'string') throw badRequest(`Attachment '${name}' is neither a stub nor has data in Base64`);
  const contentType = typeof entry['content_type'] === 'string' ? entry['content_type'] : 'application/octet-stream';
  return createAttachment({ contentType, data: Uint8Array.from(Buffer.from(entry['data'], 'base64')) }, (parent?.generation ?? 0) + 1);
}

export function checkAttachmentName(name: string): void {
  if (name.startsWith('_')) throw badRequest(`Attachment name '${name}' starts with prohibited character '_'`);
}

/** A document as a client gets it: attachments are described, their data is asked for one by one. */
export function renderDocument(id: string, { rev, fields, attachments }: DocumentRevision): JsonObject {
  const stubs = [...attachments].map(([name, { contentType, data, digest, revpos }]) => [
    name,
    { content_type: contentType, revpos, digest, length: data.length, stub: true },
  ]);
  return { _id: id, _rev: rev, ...fields, ...(stubs.length === 0 ? {} : { _attachments: Object.fromEntries(stubs) as JsonObject }) };
}
