import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished, vi } from 'vitest';

/** Why there is no Redis here; undefined when there is, or when a run without it is to fail (.ci/run). */
export const noRedis: string | undefined = process.env['FBB_REQUIRE_REDIS'] === undefined && spawnSync('redis-server', ['--version']).status !== 0 ? 'there is no redis-server' : undefined;

/** What a test of Redis is called: where it is skipped, with the reason. */
export function namedRedis(name: string): string {
  return noRedis === undefined ? name : `${name} (skipped: ${noRedis})`;
}

interface RedisServerOptions {
  readonly password?: string;
  /** Further options of redis-server. */
  readonly options?: readonly string[];
  /** Of a whole file, which closes it itself; otherwise it ends with the test. */
  readonly ofFile?: boolean;
}

export interface RedisServer {
  readonly port: number;
  /** `redis://[:password@]127.0.0.1:port` */
  readonly url: string;
  /** A client of the test. */
  readonly client: Redis;
  /** Connections that are there, that of the test included. */
  connections(): Promise<number>;
  /** Values that have been set since the server began. */
  sets(): Promise<number>;
  kill(): void;
  readonly close: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Redis of the test, with nothing in it and a folder of its own. */
export async function startRedis({ password, options = [], ofFile = false }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'test-redis-'));
  const port = await freePort();
  const secret = password === undefined ? [] : ['--requirepass', password];
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...secret, ...options], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const client = new Redis({ port, host: '127.0.0.1', ...(password === undefined ? {} : { password }), retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const close = async (): Promise<void> => {
    client.disconnect();
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!ofFile) onTestFinished(close);
  await vi.waitFor(async () => client.ping(), { timeout: 10_000, interval: 20 });
  return {
    port,
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    client,
    connections: async () => String(await client.client('LIST')).trim().split('\n').length,
    sets: async () => Number(/cmdstat_set:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0),
    kill: () => server.kill('SIGKILL'),
    close,
  };
}
