import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { content, outputOf, type BlobInput, type BlobOutput } from '../blob.js';
import { keepBlob, readBlob, redisClients, redisKey, redisOptions } from '../redis-client.js';
import { storageUrl } from '../storage-errors.js';

export { checkInput, checkOutput } from '../blob.js';

/** Writes a value into Redis, reads it back and removes it, with a client of its own, as functions are written that know nothing of their neighbours. */
export async function handler(input: BlobInput): Promise<BlobOutput> {
  const redis = new Redis(redisOptions(storageUrl('FBB_REDIS_URL'), input.client));
  // What is wrong with the connection is thrown by the operation that needs it.
  redis.on('error', () => undefined);
  const key = redisKey(`${input.key}-${randomUUID()}`);
  try {
    await keepBlob(redis, key, content(input));
    const data = await readBlob(redis, key);
    await redis.unlink(key);
    return outputOf(data);
  } catch (thrown) {
    throw redisClients(input).failureOf(thrown, redis);
  } finally {
    await redis.quit().catch(() => redis.disconnect());
  }
}
