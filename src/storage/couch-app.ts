import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { allDocsQuery } from './all-docs.js';
import { Credentials, Sessions } from './authentication.js';
import { badRequest, CouchError } from './couch-error.js';
import { DocumentStore, type Written } from './document-store.js';
import { identify, parseJsonObject, requireUser, sessionRoutes, type CouchEnv } from './session-routes.js';

export interface CouchAppOptions {
  /** The one user, who may do everything. */
  readonly user: string;
  readonly password: string;
  /** Databases that are there from the start, empty. */
  readonly databases: readonly string[];
}

const maxBodyBytes = 16 * 1_024 * 1_024;

/**
 * The part of CouchDB's HTTP API that stores documents and attachments, over memory that goes with the app: sessions, databases, lists of documents,
 * revisions and their conflicts; no views, no queries, no replication, no old revisions. Bodies may have 16 MiB.
 */
export function createCouchApp({ user, password, databases }: CouchAppOptions): Hono<CouchEnv> {
  const store = new DocumentStore(databases);
  const authentication = { user, credentials: new Credentials(user, password), sessions: new Sessions() };
  const app = new Hono<CouchEnv>();

  app.onError((error, c) => {
    if (error instanceof CouchError) return c.json({ error: error.error, reason: error.reason }, error.status);
    return c.json({ error: 'internal_server_error', reason: error.message }, 500);
  });
  app.notFound((c) => c.json({ error: 'not_found', reason: 'missing' }, 404));
  app.on(['PUT', 'POST'], '*', bodyLimit({ maxSize: maxBodyBytes, onError: refuseBody }));

  app.get('/', (c) => c.json({ couchdb: 'Welcome', version: '3.4.0', features: [], vendor: { name: 'faasbatch-bench' } }));
  app.route('/_session', sessionRoutes(authentication));
  app.use(identify(authentication), requireUser);
  app.route('/', databaseRoutes(store));
  app.route('/', documentRoutes(store));
  app.route('/', attachmentRoutes(store));
  return app;
}

function refuseBody(): never {
  throw new CouchError(413, 'too_large', 'the request entity is too large');
}

function databaseRoutes(store: DocumentStore): Hono<CouchEnv> {
  return new Hono<CouchEnv>()
    .get('/_all_dbs', (c) => c.json(store.names()))
    .get('/:db', (c) => c.json(store.database(c.req.param('db')).info()))
    .put('/:db', (c) => {
      store.create(c.req.param('db'));
      return c.json({ ok: true }, 201);
    })
    .delete('/:db', (c) => {
      store.remove(c.req.param('db'));
      return c.json({ ok: true });
    })
    .post('/:db', async (c) => {
      if (c.req.header('content-type')?.startsWith('application/json') !== true) {
        throw new CouchError(415, 'bad_content_type', 'Content-Type must be application/json');
      }
      const json = parseJsonObject(await c.req.text());
      const id = json['_id'] ?? randomUUID().replaceAll('-', '');
      if (typeof id !== 'string' || id === '') throw new CouchError(400, 'illegal_docid', 'Document id must be a non-empty string');
      return answerWritten(c, store.database(c.req.param('db')).put(id, json, revisionOf(c, json['_rev'])), 201);
    });
}

function documentRoutes(store: DocumentStore): Hono<CouchEnv> {
  return new Hono<CouchEnv>()
    .on(['GET', 'POST'], '/:db/_all_docs', async (c) => c.json(store.database(c.req.param('db')).list(await allDocsQuery(c))))
    .get('/:db/:doc', (c) => {
      const document = store.database(c.req.param('db')).get(c.req.param('doc'), c.req.query('rev'));
      c.header('ETag', `"${String(document['_rev'])}"`);
      return c.json(document);
    })
    .put('/:db/:doc', async (c) => {
      const json = parseJsonObject(await c.req.text());
      return answerWritten(c, store.database(c.req.param('db')).put(c.req.param('doc'), json, revisionOf(c, json['_rev'])), 201);
    })
    .delete('/:db/:doc', (c) => answerWritten(c, store.database(c.req.param('db')).remove(c.req.param('doc'), revisionOf(c)), 200));
}

function attachmentRoutes(store: DocumentStore): Hono<CouchEnv> {
  // Names of attachments may have slashes, and nano does not encode them.
  const path = '/:db/:doc/:attachment{.+}';
  return new Hono<CouchEnv>()
    .get(path, (c) => {
      const { db, doc, attachment: name } = c.req.param();
      const { contentType, data, digest } = store.database(db).attachment(doc, name, c.req.query('rev'));
      return c.body(data, 200, {
        'Content-Type': contentType,
        'Content-Length': String(data.length),
        ETag: `"${digest.slice('md5-'.length)}"`,
      });
    })
    .put(path, async (c) => {
      const { db, doc, attachment: name } = c.req.param();
      const contentType = c.req.header('content-type') ?? 'application/octet-stream';
      const data = new Uint8Array(await c.req.arrayBuffer());
      return answerWritten(c, store.database(db).putAttachment(doc, name, { contentType, data }, revisionOf(c)), 201);
    })
    .delete(path, (c) => {
      const { db, doc, attachment: name } = c.req.param();
      return answerWritten(c, store.database(db).removeAttachment(doc, name, revisionOf(c)), 200);
    });
}

/** The revision a write says it follows: in the query, in If-Match or in the document itself. Those given must agree. */
function revisionOf(c: Context, inDocument?: unknown): string | undefined {
  const given = [c.req.query('rev'), c.req.header('if-match')?.replaceAll('"', ''), inDocument].filter((rev) => rev !== undefined);
  if (new Set(given).size > 1) throw badRequest('Document rev from request body, query string and If-Match have different values');
  const rev = given[0];
  if (rev !== undefined && typeof rev !== 'string') throw badRequest('Invalid rev format');
  return rev;
}

function answerWritten(c: Context, { id, rev }: Written, status: 200 | 201): Response {
  c.header('ETag', `"${rev}"`);
  return c.json({ ok: true, id, rev }, status);
}
