import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startLive } from '../../src/live/index.js';
import { runtimeFolder } from '../runtime/built-programs.js';
import { listenTo } from './event-reader.js';
import { cellStarted, theRun } from './live-messages.js';

const programPath = join(runtimeFolder, 'live.cjs');
const options = { programPath, pageFolder: '/nowhere', onLost: () => undefined };
const here = { host: '127.0.0.1', port: 0 };

it('starts a server, tells it what happens, and ends it', async () => {
  const onLost = vi.fn();
  const live = await startLive({ ...options, address: here, onLost });
  expect(live).toMatchObject({ isLocal: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) as unknown });
  live.post(theRun);
  const reader = await listenTo(live.url);
  await reader.first('snapshot');
  live.post(cellStarted);
  await reader.first('cell-started');
  await Promise.all([live.close(), live.close()]);
  await reader.ended;
  await expect(listenTo(live.url)).rejects.toThrow(/ECONNREFUSED/);
  live.post(cellStarted);
  expect(onLost).not.toHaveBeenCalled();
});

it('is reached from this machine only, unless told otherwise', async () => {
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address));
  const [local, open] = await Promise.all([startLive({ ...options, address: here }), startLive({ ...options, address: { host: '0.0.0.0', port: 0 } })]);
  expect([local.isLocal, open.isLocal]).toEqual([true, false]);
  open.post(theRun);
  for (const address of addresses) {
    await expect(listenTo(local.url.replace('127.0.0.1', address))).rejects.toThrow(/ECONNREFUSED/);
    const reader = await listenTo(open.url.replace('127.0.0.1', address));
    await reader.first('snapshot');
    reader.close();
  }
  await Promise.all([local.close(), open.close()]);
});

it('says that the port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await expect(startLive({ ...options, address: { host: '127.0.0.1', port } })).rejects.toMatchObject({
    code: 'FBB_ERR_LIVE_LISTEN',
    exitCode: 6,
    message: `The page cannot be served at 127.0.0.1, port ${port}: something else listens there.`,
  });
});

it('says that this machine has no such address', async () => {
  await expect(startLive({ ...options, address: { host: '192.0.2.1', port: 0 } })).rejects.toMatchObject({ message: 'The page cannot be served at 192.0.2.1, any port: this machine has no such address.' });
});

it('tells once when the server dies, and what is posted then is lost without a sound', async () => {
  const onLost = vi.fn<(reason: string) => void>();
  const live = await startLive({ ...options, address: here, onLost });
  process.kill(live.pid as number, 'SIGKILL');
  for (let n = 0; n < 10; n += 1) live.post(theRun);
  await vi.waitFor(() => expect(onLost).toHaveBeenCalled(), { timeout: 10_000, interval: 5 });
  live.post(theRun);
  await live.close();
  expect(onLost.mock.calls).toEqual([['was ended by SIGKILL']]);
});

it('ends with the harness, having said that it is lost', async () => {
  const server = fork(programPath, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [], env: { ...process.env, FBB_LIVE: JSON.stringify({ ...here, pageFolder: '/nowhere', heartbeatMs: 60_000 }) } });
  const ended = once(server, 'exit');
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  server.send(theRun);
  const reader = await listenTo(`http://127.0.0.1:${port}/`);
  await reader.first('snapshot');
  server.disconnect();
  expect(await reader.first('run-ended')).toEqual({ status: 'lost' });
  expect(await ended).toEqual([0, null]);
});

it('ends when the harness is gone before it listens', async () => {
  const server = fork(programPath, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [], env: { ...process.env, FBB_LIVE: JSON.stringify({ ...here, pageFolder: '/nowhere', heartbeatMs: 60_000 }) } });
  const ended = once(server, 'exit');
  server.disconnect();
  expect(await ended).toEqual([0, null]);
});
