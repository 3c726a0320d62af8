import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { describeError, ExitCode, FbbError, type ErrorCode } from '../core/index.js';
import { authorizationOf, parseCouchBody, type ResultAddress } from '../storage/index.js';

export interface ConnectionOptions {
  /** Ends every request; what is rejected then is its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long a request may go on without a byte sent or received. */
  readonly limitMs?: number;
}

export interface Answer {
  readonly status: number;
  /** Empty unless it was a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Segments of the path below the database, as they are; they are written as in a URL here. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** What is sent or asked for, in the words of a message. */
  readonly what: string;
  /** Statuses other than success that the caller knows what to do with. */
  readonly expected?: readonly number[];
}

interface FileToSend {
  readonly path: string;
  readonly bytes: number;
}

const defaultLimitMs = 30_000;
const unreachable = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|.*CERT.*|DEPTH_ZERO_.*)$/;
const again = 'Run the same command again: what is there is not sent again.';

/** Its digest as CouchDB writes it: `md5-` and Base64. */
export function newDigest(): { add(chunk: Uint8Array): void; text(): string } {
  const hash = createHash('md5');
  return { add: (chunk) => void hash.update(chunk), text: () => `md5-${hash.digest('base64')}` };
}

function failure(code: ErrorCode, message: string, options: { readonly fix?: string; readonly cause?: unknown } = {}): FbbError {
  return new FbbError(code, message, { ...options, exitCode: ExitCode.missing });
}

/** The requests of one command to one database of CouchDB. Whatever fails is an FbbError without the password; nothing waits for ever. */
export class Connection {
  readonly address: ResultAddress;
  readonly #signal: AbortSignal | undefined;
  readonly #limitMs: number;

  constructor(address: ResultAddress, { signal, limitMs = defaultLimitMs }: ConnectionOptions = {}) {
    this.address = address;
    this.#signal = signal;
    this.#limitMs = limitMs;
  }

  /** Sends and receives JSON. */
  ask(request: Request): Promise<Answer> {
    return this.#exchange(request, async (send) => {
      const answer = await send(request.json === undefined ? undefined : JSON.stringify(request.json));
      return this.#read(answer.response, request, answer.progress);
    });
  }

  /** Sends a file piece by piece, as bytes that CouchDB does not compress: it would take the digest of what it has compressed. */
  sendFile(request: Request, { path, bytes }: FileToSend): Promise<Answer> {
    return this.#exchange(request, async (send, progress) => {
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
          progress();
          yield piece;
        }
      };
      const { response } = await send(bytes === 0 ? new Uint8Array(0) : pieces(), { 'content-type': 'application/octet-stream', 'content-length': String(bytes) });
      return this.#read(response, request, progress);
    });
  }

  /** Writes what it gets into a new file. Resolves to its digest. */
  receiveFile(request: Request, path: string): Promise<string> {
    return this.#exchange(request, async (send) => {
      const { response, progress } = await send();
      if (!response.ok) await this.#read(response, request, progress);
      const digest = newDigest();
      const file = await written(open(path, 'w'), path);
      try {
        for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
          progress();
          digest.add(piece);
          await written(file.write(piece), path);
        }
      } finally {
        await file.close();
      }
      return digest.text();
    });
  }

  /** Gives a request its time limit, and what goes wrong its name. */
  async #exchange<T>(request: Request, run: (send: Send, progress: () => void) => Promise<T>): Promise<T> {
    this.#signal?.throwIfAborted();
    const controller = new AbortController();
    const stop = (): void => controller.abort(this.#signal?.reason);
    this.#signal?.addEventListener('abort', stop);
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      controller.abort();
    }, this.#limitMs);
    const progress = (): void => void timer.refresh();
    try {
      return await run(async (body, headers = {}) => ({ response: await this.#send(request, { body, headers, signal: controller.signal }), progress }), progress);
    } catch (thrown) {
      if (this.#signal?.aborted === true) throw this.#signal.reason;
      throw this.#named(thrown, request, isSlow);
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener('abort', stop);
      // A refusal may come before all was sent: the rest is not.
      controller.abort();
    }
  }

  #send({ method, path, query = {} }: Request, { body, headers, signal }: { body: Body | undefined; headers: Readonly<Record<string, string>>; signal: AbortSignal }): Promise<Response> {
    const { storage, database } = this.address;
    const search = new URLSearchParams(query).toString();
    return fetch(`${storage.origin}/${[database, ...path].map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        // A connection that is kept may have been closed over there when the next request needs it.
        connection: 'close',
        ...authorizationOf(storage),
        ...headers,
      },
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    });
  }

  async #read(response: Response, request: Request, progress: () => void): Promise<Answer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      progress();
      pieces.push(piece);
    }
    const answer = { status: response.status, body: parseCouchBody(Buffer.concat(pieces).toString()) };
    if (response.ok && Object.keys(answer.body).length === 0) throw failure('FBB_ERR_STORAGE_UNREACHABLE', `${this.address.storage.origin} is not CouchDB: it answers ${response.status} without JSON.`);
    if (response.ok || request.expected?.includes(response.status) === true) return answer;
    throw this.#refusal(answer, request);
  }

  #refusal({ status, body }: Answer, { what }: Request): FbbError {
    const { storage, database } = this.address;
    const said = ['error', 'reason'].flatMap((member) => (typeof body[member] === 'string' ? [storage.hide(body[member]).slice(0, 200)] : []));
    const reason = [String(status), ...said].join(', ');
    if (status === 401 || status === 403) return failure('FBB_ERR_STORAGE_DENIED', `${storage.origin} does not allow ${what} (${reason}).`, { fix: 'Check user and password in the address, and what this user may do.' });
    if (status === 413) return failure('FBB_ERR_STORAGE_TOO_LARGE', `${storage.origin} refuses ${what} because of its size (${reason}).`, { fix: `Raise the limit of the server (CouchDB: max_attachment_size for files, max_document_size for manifest and summary; a proxy before it has one of its own), or leave rows out with --no-rows. ${again}` });
    if (status === 507 || (status === 412 && body['error'] !== 'missing_stub')) return failure('FBB_ERR_STORAGE_FULL', `${storage.origin} has no room for ${what} (${reason}).`, { fix: `Free space there. ${again}` });
    if (status === 404) return failure('FBB_ERR_RESULTS_UNKNOWN', `${storage.origin} does not have ${what} (${reason}).`, { fix: `Is ${database} the right database?` });
    return failure('FBB_ERR_STORAGE_FAILED', `${storage.origin} refuses ${what} (${reason}).`, { fix: `See the log of the database. ${again}` });
  }

  #named(thrown: unknown, { what }: Request, isSlow: boolean): unknown {
    const { origin, hide } = this.address.storage;
    if (thrown instanceof FbbError) return thrown;
    if (isSlow) return failure('FBB_ERR_STORAGE_SLOW', `${origin} did nothing for ${this.#limitMs / 1_000} s with ${what}.`, { fix: again });
    const { cause } = thrown as { readonly cause?: { readonly code?: string; readonly message?: string; readonly path?: string } };
    if (cause?.path !== undefined) return new FbbError('FBB_ERR_RESULTS_INVALID', `${cause.path} cannot be read: ${describeError(cause)}.`, { cause });
    const why = hide(cause?.message || cause?.code || describeError(thrown));
    if (unreachable.test(cause?.code ?? '') || cause?.message === 'bad port') return failure('FBB_ERR_STORAGE_UNREACHABLE', `${origin} does not answer: ${why}.`, { fix: 'Is the database running, and is the address right? "faasbatch-bench doctor --storage <address>" looks at it.' });
    return failure('FBB_ERR_STORAGE_LOST', `The connection to ${origin} was lost with ${what}: ${why}.`, { fix: `${again} If it is always this one, a server in between may refuse its size.` });
  }
}

type Body = string | Uint8Array | AsyncIterable<Uint8Array>;
type Send = (body?: Body, headers?: Readonly<Record<string, string>>) => Promise<{ readonly response: Response; readonly progress: () => void }>;

/** Tells a full disk here from what goes wrong over there. */
async function written<T>(writing: Promise<T>, path: string): Promise<T> {
  try {
    return await writing;
  } catch (thrown) {
    throw new FbbError('FBB_ERR_RESULTS_WRITE', `${path} could not be written: ${describeError(thrown)}.`, { fix: 'Is the disk full? Run the same command again: what is here is not asked for again.', cause: thrown });
  }
}
