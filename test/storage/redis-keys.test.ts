import { expect, it } from 'vitest';
import { openCellStorage, parseStorageAddress } from '../../src/storage/index.js';
import { namedRedis, noRedis, startRedis } from '../support/redis-server.js';

it.skipIf(noRedis !== undefined)(namedRedis('a cell removes what is left of its keys, and no other'), async () => {
  const redis = await startRedis({ password: 's3/cret' });
  const storage = await openCellStorage(parseStorageAddress(redis.url));
  const { FBB_REDIS_URL: url, FBB_REDIS_PREFIX: prefix } = storage.env({ host: '10.0.0.1', port: 7 });
  expect(url).toBe('redis://:s3%2Fcret@10.0.0.1:7');
  expect(prefix).toMatch(/^fbb:\d{13}-[0-9a-f]{8}:$/);
  // More than one answer to SCAN holds.
  await redis.client.mset(Array.from({ length: 2_500 }, (_item, i) => [`${String(prefix)}${i}`, 'left']).flat());
  await redis.client.mset('mine', '1', `of${String(prefix)}others`, '1');
  expect(await storage.remove()).toBeUndefined();
  expect((await redis.client.keys('*')).sort()).toEqual(['mine', `of${String(prefix)}others`]);
});
