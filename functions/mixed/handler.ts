import { randomUUID } from 'node:crypto';
import type { FunctionContext } from '../../src/core/function.js';
import { content, outputOf, type BlobInput, type BlobOutput } from '../blob.js';
import { couchClients, writeAndRead } from '../couchdb-client.js';
import { keepBlob, readBlob, redisClients, redisKey } from '../redis-client.js';
import { withClient } from '../storage-client.js';

export { checkInput, checkOutput } from '../blob.js';

/** Hands a blob on by way of Redis, and keeps the result in CouchDB. */
export function handler(input: BlobInput, ctx: FunctionContext): Promise<BlobOutput> {
  const key = redisKey(`${input.key}-${randomUUID()}`);
  return withClient(redisClients(input), ctx, (useRedis) =>
    withClient(couchClients(input), ctx, async (useCouch) => {
      const between = await useRedis(async (redis) => {
        await keepBlob(redis, key, content(input));
        return readBlob(redis, key);
      });
      const data = await useCouch((couch) => writeAndRead(couch, `${input.key}-${randomUUID()}`, between));
      await useRedis((redis) => redis.unlink(key));
      return outputOf(data);
    }),
  );
}
