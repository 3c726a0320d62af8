import { Redis } from 'ioredis';
import type { HandlerCode } from '../src/core/errors.js';
import type { BlobInput } from './blob.js';
import type { ClientMaker } from './storage-client.js';
import { credentialsOf, DroppedError, operationLimitMs, saidBy, StorageError, storageUrl } from './storage-errors.js';

const connectLimitMs = 5_000;
const defaultPort = 6_379;

/** What Redis or its client says, and what that means. */
const meanings: readonly (readonly [said: RegExp, code: HandlerCode])[] = [
  [/^(NOAUTH|WRONGPASS|NOPERM|DENIED)\b|invalid password|without any password configured/i, 'FBB_ERR_STORAGE_DENIED'],
  [/^(OOM|MISCONF)\b/, 'FBB_ERR_STORAGE_FULL'],
  [/invalid bulk length|string exceeds maximum allowed size/i, 'FBB_ERR_STORAGE_TOO_LARGE'],
  [/^Command timed out/, 'FBB_ERR_STORAGE_SLOW'],
];

/** What the client says when there is no connection any more. */
const dropped = /^Connection is closed|^Stream isn't writeable|^Command aborted due to connection close|ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT/;

function meaningOf(said: string): HandlerCode | undefined {
  return meanings.find(([pattern]) => pattern.test(said))?.[1];
}

/** Where a client connects to, and how: nothing is tried for ever. */
export function redisOptions(url: URL, client: string | undefined) {
  const { user, password } = credentialsOf(url);
  return {
    // A socket wants an address of version 6 without its brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || defaultPort),
    ...(user === '' ? {} : { username: user }),
    ...(password === '' ? {} : { password }),
    ...(client === undefined ? {} : { connectionName: encodeURIComponent(client) }),
    enableReadyCheck: false,
    connectTimeout: connectLimitMs,
    commandTimeout: operationLimitMs(),
    // Whoever retries is `withClient`, once: a client that reconnects by itself could do so for ever.
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
}

async function connect(url: URL, client: string | undefined): Promise<Redis> {
  const redis = new Redis({ ...redisOptions(url, client), lazyConnect: true, enableOfflineQueue: false });
  let why: unknown;
  redis.on('error', (error: unknown) => (why = error));
  try {
    await redis.connect();
    return redis;
  } catch (thrown) {
    redis.disconnect();
    // What `connect` rejects with says only that the connection is closed.
    const said = saidBy(why ?? thrown, url);
    throw new StorageError(meaningOf(said) ?? 'FBB_ERR_STORAGE_UNREACHABLE', said);
  }
}

/** Says goodbye, or just goes when nobody hears it. */
async function quit(redis: Redis): Promise<void> {
  await redis.quit().catch(() => redis.disconnect());
}

/** Clients of the Redis that FBB_REDIS_URL names. */
export function redisClients({ client }: BlobInput): ClientMaker<Redis> {
  const url = storageUrl('FBB_REDIS_URL');
  return {
    kind: 'redis',
    args: { host: url.host, user: url.username, client },
    create: () => connect(url, client),
    options: { isBroken: ({ status }) => status === 'end' || status === 'close', dispose: quit },
    failureOf: (thrown) => {
      const said = saidBy(thrown, url);
      const code = meaningOf(said);
      if (code !== undefined) return new StorageError(code, said);
      return dropped.test(said) ? new DroppedError(said) : new Error(said);
    },
  };
}

/** The name of a key of this cell. */
export function redisKey(name: string): string {
  return `${process.env['FBB_REDIS_PREFIX'] ?? ''}${name}`;
}

/** A key of a cell that did not come to its end is gone after this long. */
const keyLifetimeS = 3_600;

export async function keepBlob(redis: Redis, key: string, blob: Buffer): Promise<void> {
  await redis.set(key, blob, 'EX', keyLifetimeS);
}

export async function readBlob(redis: Redis, key: string): Promise<Buffer> {
  const blob = await redis.getBuffer(key);
  if (blob === null) throw new Error('Redis has dropped the value before its time, as maxmemory-policy allows');
  return blob;
}
