import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkInput, checkOutput, handler } from '../../functions/kv-redis/handler.js';
import { contextOf } from '../support/function-context.js';
import { namedRedis, noRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { startProxy } from '../support/tcp-proxy.js';

const password = `s3/cret+${randomBytes(4).toString('hex')}`;
const input = { key: 'k', bytes: 1_000 };
const isSet = (request: string): boolean => /\r\nset\r\n/i.test(request);

/** Runs the function against the Redis of this address. */
function runAt(url: string, context = contextOf(), given: typeof input & { client?: string } = input): Promise<unknown> {
  vi.stubEnv('FBB_REDIS_URL', url);
  vi.stubEnv('FBB_REDIS_PREFIX', 'fbb:test:');
  return handler(given, context.ctx);
}

/** Runs it, and resolves to code and message of what it threw. */
async function failureAt(url: string, given = input): Promise<{ code: unknown; message: string }> {
  const thrown = await runAt(url, contextOf(), given).then(() => undefined, (error: unknown) => error);
  const { code, message } = thrown as { code?: unknown; message: string };
  expect(message).not.toContain(password);
  expect(message).not.toContain(encodeURIComponent(password));
  return { code, message };
}

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(noRedis !== undefined)(namedRedis('kv-redis'), () => {
  let redis: RedisServer;
  const at = (port: number, secret = password): string => `redis://:${encodeURIComponent(secret)}@127.0.0.1:${port}`;

  beforeAll(async () => {
    redis = await startRedis({ password, options: ['--maxmemory', '32mb', '--proto-max-bulk-len', '1mb'], ofFile: true });
  });
  afterAll(() => redis.close());

  it('reads what it has written, and leaves no key', async () => {
    const before = await redis.connections();
    const { ctx, asked, made } = contextOf();
    expect(checkOutput(input, await runAt(redis.url, { ctx, asked, made }))).toBeUndefined();
    expect(await redis.client.keys('*')).toEqual([]);
    expect(await redis.connections()).toBe(before + 1);
    expect(asked).toEqual([{ kind: 'redis', args: { host: `127.0.0.1:${redis.port}`, user: '', client: undefined } }]);
  });

  it('has a client of its own for each name that it is given, known to Redis by that name', async () => {
    const context = contextOf();
    for (const client of ['one', 'the other']) await runAt(redis.url, context, { ...input, client });
    expect(context.asked.map(({ args }) => (args as { client?: string }).client)).toEqual(['one', 'the other']);
    const names = [...String(await redis.client.client('LIST')).matchAll(/ name=(\S+)/g)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(['one', 'the%20other']));
  });

  it('whose connection drops once completes with a new client', async () => {
    for (const shared of [false, true]) {
      const proxy = await startProxy(redis.port, { drops: (request, connection) => connection === 1 && isSet(request) });
      expect(checkOutput(input, await runAt(at(proxy.port), contextOf({ shared })))).toBeUndefined();
      expect(proxy.connections()).toBe(2);
    }
  });

  it('whose connection drops twice is lost, and does not try again', async () => {
    const proxy = await startProxy(redis.port, { drops: isSet });
    expect(await failureAt(at(proxy.port))).toMatchObject({ code: 'FBB_ERR_STORAGE_LOST' });
    expect(proxy.connections()).toBe(2);
  });

  it('does not wait for an answer beyond its limit', async () => {
    vi.stubEnv('FBB_STORAGE_LIMIT_MS', '150');
    const proxy = await startProxy(redis.port, { latencyMs: 400 });
    expect(await failureAt(at(proxy.port))).toMatchObject({ code: 'FBB_ERR_STORAGE_SLOW' });
    expect(proxy.connections()).toBe(1);
  });

  it('says that Redis is not there, or does not let it in', async () => {
    expect(await failureAt(at(1))).toEqual({ code: 'FBB_ERR_STORAGE_UNREACHABLE', message: 'connect ECONNREFUSED 127.0.0.1:1' });
    expect(await failureAt(`redis://127.0.0.1:${redis.port}`)).toMatchObject({ code: 'FBB_ERR_STORAGE_DENIED', message: expect.stringMatching(/^NOAUTH/) });
    expect(await failureAt(at(redis.port, 'wrong'))).toMatchObject({ code: 'FBB_ERR_STORAGE_DENIED', message: expect.stringMatching(/^WRONGPASS/) });
  });

  // Redis hangs up behind its answer, which is lost with what it did not read about every other time: then it is FBB_ERR_STORAGE_LOST.
  it('says that Redis does not take so large a value', { retry: 10 }, async () => {
    expect(await failureAt(redis.url, { key: 'k', bytes: 1_500_000 })).toMatchObject({ code: 'FBB_ERR_STORAGE_TOO_LARGE' });
  });

  it('says that Redis is full', async () => {
    await redis.client.config('SET', 'maxmemory', '1mb');
    onTestFinished(async () => {
      await redis.client.config('SET', 'maxmemory', '32mb');
    });
    expect(await failureAt(redis.url)).toMatchObject({ code: 'FBB_ERR_STORAGE_FULL', message: expect.stringMatching(/^OOM/) });
  });
});

describe('kv-redis', () => {
  /** A Redis that takes everything and answers a SET like this. */
  async function standIn(answer: string): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const commands = data.toString('latin1').split(/(?=\*\d+\r\n)/);
        for (const command of commands) socket.write(isSet(command) ? `${answer}\r\n` : '+OK\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `redis://:${encodeURIComponent(password)}@127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([
    ['-ERR Protocol error: invalid bulk length', 'FBB_ERR_STORAGE_TOO_LARGE'],
    ['-ERR string exceeds maximum allowed size (proto-max-bulk-len)', 'FBB_ERR_STORAGE_TOO_LARGE'],
    ['-MISCONF Redis is configured to save RDB snapshots', 'FBB_ERR_STORAGE_FULL'],
    ['-NOPERM this user has no permissions to run the set command', 'FBB_ERR_STORAGE_DENIED'],
    [`-ERR unknown command 'auth' with args beginning with: ${password}`, undefined],
  ])('knows what Redis means by %s', async (answer, code) => {
    expect(await failureAt(await standIn(answer))).toMatchObject({ code });
  });

  it.each([[{ key: '', bytes: 1 }], [{ key: 'k', bytes: 0 }], [{ key: 'k', bytes: 1, client: '' }], [undefined]])('refuses the input %j', (given) => {
    expect(checkInput(given)).toMatch(/must be/);
  });
});
