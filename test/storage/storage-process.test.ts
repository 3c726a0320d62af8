import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import nano from 'nano';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startStorage } from '../../src/storage/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let programPath: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fbb-storage-test-'));
  programPath = join(folder, 'storage.cjs');
  const entryPoints = [join(root, 'src/storage/server-main.ts')];
  await build({ entryPoints, outfile: programPath, bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'warning' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that stands in for the server. */
function standIn(name: string, source: string): string {
  const path = join(folder, `${name}.cjs`);
  writeFileSync(path, source);
  return path;
}

function forkServer(): ChildProcess {
  return fork(programPath, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    env: { ...process.env, FBB_STORAGE: JSON.stringify({ user: 'ada', password: 'secret', databases: ['blobs'] }) },
  });
}

it('starts a server that a function can use, and ends it', async () => {
  const onUnexpectedExit = vi.fn();
  const storage = await startStorage({ programPath, onUnexpectedExit });
  const url = new URL(storage.url);
  const server = nano(url.origin);
  await server.auth(decodeURIComponent(url.username), decodeURIComponent(url.password));
  const blobs = server.use('blobs');
  await blobs.attachment.insert('a', 'blob', Buffer.from('content'), 'application/octet-stream');
  expect((await blobs.attachment.get('a', 'blob')).toString()).toBe('content');

  await Promise.all([storage.close(), storage.close()]);
  await expect(blobs.get('a')).rejects.toThrow(/ECONNREFUSED/);
  expect(onUnexpectedExit).not.toHaveBeenCalled();
});

it('gives each server a user of its own', async () => {
  const [one, other] = await Promise.all([startStorage({ programPath }), startStorage({ programPath })]);
  const stranger = nano(one.url.replace(new URL(one.url).host, new URL(other.url).host));
  await expect(stranger.db.list()).rejects.toMatchObject({ statusCode: 401 });
  expect(await nano(other.url).db.list()).toEqual(['blobs']);
  await Promise.all([one.close(), other.close()]);
});

it('ends the server when its parent is gone', async () => {
  const server = forkServer();
  const ended = once(server, 'exit');
  await once(server, 'message');
  server.disconnect();
  expect(await ended).toEqual([0, null]);
});

it('ends the server when its parent is gone before it listens', async () => {
  const server = forkServer();
  const ended = once(server, 'exit');
  server.disconnect();
  expect(await ended).toEqual([0, null]);
});

it('says why when the program ends before it listens', async () => {
  const attempt = startStorage({ programPath: standIn('failing', 'process.exit(3)') });
  await expect(attempt).rejects.toMatchObject({
    code: 'FBB_ERR_STORAGE_FAILED',
    message: 'The storage process exited with code 3 before it listened.',
  });
});

it('tells of a server that ends by itself', async () => {
  const dying = standIn('dying', "process.send({ type: 'listening', port: 1 }, () => process.kill(process.pid, 'SIGTERM'))");
  let storage: { close(): Promise<void> } | undefined;
  const reason = await new Promise<string>((resolve) => {
    void startStorage({ programPath: dying, onUnexpectedExit: resolve }).then((started) => (storage = started));
  });
  expect(reason).toBe('ended by SIGTERM');
  await storage?.close();
});

it('ends by force a server that does not listen to reason', async () => {
  const deaf = standIn('deaf', "process.on('message', () => undefined); process.send({ type: 'listening', port: 1 })");
  const storage = await startStorage({ programPath: deaf });
  const startedMs = performance.now();
  await storage.close();
  expect(performance.now() - startedMs).toBeGreaterThan(900);
});
