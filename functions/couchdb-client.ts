import nano from 'nano';
import type { HandlerCode } from '../src/core/errors.js';
import type { BlobInput } from './blob.js';
import type { ClientMaker } from './storage-client.js';
import { credentialsOf, DroppedError, operationLimitMs, saidBy, StorageError, storageUrl } from './storage-errors.js';

/** A database, as one client sees it. */
export interface CouchClient {
  readonly store: ReturnType<nano.ServerScope['use']>;
  isBroken: boolean;
}

const meanings: Readonly<Record<number, HandlerCode>> = {
  401: 'FBB_ERR_STORAGE_DENIED',
  403: 'FBB_ERR_STORAGE_DENIED',
  412: 'FBB_ERR_STORAGE_FULL',
  413: 'FBB_ERR_STORAGE_TOO_LARGE',
  507: 'FBB_ERR_STORAGE_FULL',
};

const noAnswer = /^error happened in your connection/;
const slow = /aborted due to timeout/;
const unreachable = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connect Timeout|certificate/i;

const bodyless = [204, 205, 304];
const fetchAnswer = globalThis.fetch;
// nano has no limit of time, and reads the body of an answer where nobody hears that the connection dropped: its promise would never
// settle, and the rejection that nobody caught would end the container. So an answer is read here before nano gets it.
globalThis.fetch = async (resource, init) => {
  const answer = await fetchAnswer(resource, { ...init, signal: AbortSignal.timeout(operationLimitMs()) });
  const { status, statusText, headers } = answer;
  const body = await answer.arrayBuffer();
  return new Response(bodyless.includes(status) ? null : body, { status, statusText, headers });
};

/** What nano threw; a StorageError, a DroppedError or any other, which tells no password. */
function failureOf(thrown: unknown, url: URL): Error {
  const said = saidBy(thrown, url);
  const { statusCode } = thrown as { readonly statusCode?: number };
  const code = statusCode === undefined ? undefined : meanings[statusCode];
  if (code !== undefined) return new StorageError(code, `${String(statusCode)}: ${said}`);
  if (!noAnswer.test(said)) return new Error(said);
  if (slow.test(said)) return new StorageError('FBB_ERR_STORAGE_SLOW', said);
  return unreachable.test(said) ? new StorageError('FBB_ERR_STORAGE_UNREACHABLE', said) : new DroppedError(said);
}

/** Whether nano will send back the cookie of a session: not one that does not say when it expires, and none that is for TLS only without TLS. */
function hasSession({ config }: nano.ServerScope, url: URL): boolean {
  const { cookieJar } = config as { readonly cookieJar?: { getCookieString(address: string): string } };
  return cookieJar?.getCookieString(`${url.origin}/`) !== '';
}

/** A client of its own with a session of its own, as a function makes one that knows nothing of its neighbours. */
async function connect(url: URL, client: string | undefined): Promise<CouchClient> {
  const database = url.pathname.slice(1);
  const { user, password } = credentialsOf(url);
  const headers = client === undefined ? {} : { headers: { 'x-fbb-client': encodeURIComponent(client) } };
  const server = nano({ url: url.origin, ...headers });
  if (user === '') return { store: server.use(database), isBroken: false };
  try {
    await server.auth(user, password);
  } catch (thrown) {
    const failure = failureOf(thrown, url);
    throw failure instanceof DroppedError ? new StorageError('FBB_ERR_STORAGE_UNREACHABLE', failure.message) : failure;
  }
  // Where there can be no session, user and password go with every request.
  const known = hasSession(server, url) ? server : nano({ url: url.href.slice(0, -url.pathname.length), ...headers });
  return { store: known.use(database), isBroken: false };
}

/** Clients of the CouchDB that FBB_COUCHDB_URL names. */
export function couchClients({ client }: BlobInput): ClientMaker<CouchClient> {
  const url = storageUrl('FBB_COUCHDB_URL');
  return {
    kind: 'couchdb',
    args: { origin: url.origin, user: url.username, database: url.pathname.slice(1), client },
    create: () => connect(url, client),
    options: { isBroken: ({ isBroken }) => isBroken },
    failureOf: (thrown, couch) => {
      const failure = failureOf(thrown, url);
      if (failure instanceof DroppedError) couch.isBroken = true;
      return failure;
    },
  };
}

/** Writes a blob as an attachment of a document of its own, and reads it back. May be done twice: no two documents have the same name. */
export async function writeAndRead({ store }: CouchClient, document: string, blob: Buffer): Promise<Buffer> {
  await store.attachment.insert(document, 'blob', blob, 'application/octet-stream');
  return store.attachment.get(document, 'blob');
}
