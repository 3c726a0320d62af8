import { randomUUID } from 'node:crypto';
import type { FunctionContext } from '../../src/core/function.js';
import { content, outputOf, type BlobInput, type BlobOutput } from '../blob.js';
import { keepBlob, readBlob, redisClients, redisKey } from '../redis-client.js';
import { withClient } from '../storage-client.js';

export { checkInput, checkOutput } from '../blob.js';

/** Writes a value into Redis, reads it back and removes it. */
export async function handler(input: BlobInput, ctx: FunctionContext): Promise<BlobOutput> {
  const key = redisKey(`${input.key}-${randomUUID()}`);
  const data = await withClient(redisClients(input), ctx, (use) =>
    use(async (redis) => {
      await keepBlob(redis, key, content(input));
      const read = await readBlob(redis, key);
      await redis.unlink(key);
      return read;
    }),
  );
  return outputOf(data);
}
