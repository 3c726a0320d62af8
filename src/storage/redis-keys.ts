import type { StorageAddress } from './storage-address.js';

const connectLimitMs = 5_000;
const limitMs = 10_000;
const keysPerScan = 1_000;

/** Removes every key that begins with a prefix of plain characters. Rejects when that is not done within 10 s; they expire by themselves. */
export async function removeKeys({ host, port, user, password }: StorageAddress, prefix: string): Promise<void> {
  // Loaded when a run uses Redis: it takes a tenth of a second.
  const { Redis } = await import('ioredis');
  const client = new Redis({
    host,
    port,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: connectLimitMs,
    commandTimeout: connectLimitMs,
    // One try: whoever waits for this wants to end.
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  let why: Error | undefined;
  client.on('error', (error: Error) => (why = error));
  const timer = setTimeout(() => client.disconnect(), limitMs);
  try {
    await client.connect();
    for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
      const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', keysPerScan);
      if (keys.length > 0) await client.unlink(...keys);
      cursor = next;
    }
  } catch (thrown) {
    // What the client rejects with says only that the connection is closed.
    throw why ?? thrown;
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}
