import type { Context } from 'hono';
import { badRequest, CouchError } from './couch-error.js';
import type { JsonObject } from './document.js';
import { parseJsonObject, type CouchEnv } from './session-routes.js';

/** What `_all_docs` was asked for; undefined: not said. */
export interface AllDocsQuery {
  /** These documents in this order, those that are not there included. */
  readonly keys: readonly unknown[] | undefined;
  /** First and last id, both included; with `descending` the first is the highest. */
  readonly startKey: string | undefined;
  readonly endKey: string | undefined;
  readonly descending: boolean;
  readonly limit: number;
  readonly includeDocs: boolean;
}

/** Members of a query are JSON, in the address as in the body. */
function parseMember(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`invalid UTF-8 JSON in ${name}`);
  }
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new CouchError(400, 'query_parse_error', `\`${name}\` must be a string.`);
}

function keysOf(keys: unknown): readonly unknown[] | undefined {
  if (keys === undefined || Array.isArray(keys)) return keys;
  throw badRequest('`keys` member must be an array.');
}

/** What the address says, and what the body of a POST says above it. Throws a CouchError when it is malformed. */
export async function allDocsQuery(c: Context<CouchEnv>): Promise<AllDocsQuery> {
  const said: JsonObject = {
    ...Object.fromEntries(Object.entries(c.req.query()).map(([name, text]) => [name, parseMember(name, text)])),
    ...(c.req.method === 'POST' ? parseJsonObject(await c.req.text()) : {}),
  };
  const key = said['key'];
  const limit = said['limit'] ?? Infinity;
  if (typeof limit !== 'number' || limit < 0) throw new CouchError(400, 'query_parse_error', 'Invalid value for positive integer: `limit`');
  return {
    keys: keysOf(said['keys']),
    startKey: textOf(key ?? said['startkey'] ?? said['start_key'], 'startkey'),
    endKey: textOf(key ?? said['endkey'] ?? said['end_key'], 'endkey'),
    descending: said['descending'] === true,
    limit,
    includeDocs: said['include_docs'] === true,
  };
}

/** Ids are ordered by their bytes, as CouchDB does here and nowhere else. */
function inOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The ids of `all` that a query without keys is about, in its order; its limit comes later. */
export function selectIds(all: Iterable<string>, { startKey, endKey, descending }: AllDocsQuery): string[] {
  const [low, high] = descending ? [endKey, startKey] : [startKey, endKey];
  const ids = [...all].filter((id) => (low === undefined || inOrder(id, low) >= 0) && (high === undefined || inOrder(id, high) <= 0)).sort(inOrder);
  return descending ? ids.reverse() : ids;
}
