import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LiveServer } from '../../src/live/live-server.js';
import { listenTo } from './event-reader.js';
import { cellEnded, cellStarted, runEnded, theRun, tick } from './live-messages.js';

let pageFolder: string;
beforeAll(() => {
  pageFolder = mkdtempSync(join(tmpdir(), 'test-fbb-'));
  for (const file of ['live.html', 'charts.js', 'live.js', 'page.css', 'secret.txt']) writeFileSync(join(pageFolder, file), `the ${file}`);
});
afterAll(() => rmSync(pageFolder, { recursive: true, force: true }));

interface Started {
  readonly server: LiveServer;
  readonly url: string;
  readonly port: number;
}

async function start(given: Partial<ConstructorParameters<typeof LiveServer>[0]> = {}): Promise<Started> {
  const server = new LiveServer({ host: '127.0.0.1', port: 0, pageFolder, heartbeatMs: 60_000, ...given });
  const { port } = await server.listen();
  onTestFinished(() => server.finish());
  return { server, port, url: `http://127.0.0.1:${port}/` };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(url: string, { method = 'GET', host }: { readonly method?: string; readonly host?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent: false, ...(host === undefined ? {} : { headers: { host } }) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.once('error', reject);
    asked.end();
  });
}

describe('the page', () => {
  it.each([
    ['', 'live.html', 'text/html; charset=utf-8'],
    ['?a=b', 'live.html', 'text/html; charset=utf-8'],
    ['charts.js', 'charts.js', 'text/javascript; charset=utf-8'],
    ['live.js', 'live.js', 'text/javascript; charset=utf-8'],
    ['page.css', 'page.css', 'text/css; charset=utf-8'],
  ])('is served at /%s', async (path, file, type) => {
    const { url } = await start();
    const { status, headers, body } = await ask(url + path);
    expect({ status, body, type: headers['content-type'] }).toEqual({ status: 200, body: `the ${file}`, type });
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data: blob:;/);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each(['secret.txt', 'live.html', '../package.json', '%2e%2e/package.json', 'events/', '/events', '__proto__', 'constructor'])('has nothing at /%s', async (path) => {
    const { url } = await start();
    expect(await ask(url, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    const status = await new Promise((resolve) => {
      const asked = request({ ...urlParts(url), path: `/${path}`, agent: false }, (response) => resolve(response.resume().statusCode));
      asked.end();
    });
    expect(status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('does not answer %s', async (method) => {
    const { url } = await start();
    for (const path of ['', 'events']) expect(await ask(url + path, { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('is missing where it was not built, and the events are there', async () => {
    const { server, url } = await start({ pageFolder: join(pageFolder, 'nowhere') });
    server.take(theRun);
    expect((await ask(url)).status).toBe(404);
    expect(await (await listenTo(url)).first('snapshot')).toMatchObject({ run: { suite: 'tiny' } });
  });
});

function urlParts(url: string): { readonly host: string; readonly port: string } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port };
}

describe('a page of this machine', () => {
  it('answers under names of this machine only: pages of others cannot have it', async () => {
    const { url, port } = await start();
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) expect((await ask(url, { host })).status).toBe(200);
    for (const host of ['evil.example', `evil.example:${port}`, 'localhost', `127.0.0.1:${port + 1}`, `127.0.0.1.evil.example:${port}`]) {
      for (const path of ['', 'events']) expect((await ask(url + path, { host })).status).toBe(403);
    }
  });

  it('that all may reach answers under any name', async () => {
    const { url } = await start({ host: '0.0.0.0' });
    expect((await ask(url, { host: 'lab.example' })).status).toBe(200);
  });
});

describe('the events', () => {
  it('begin with all that was so far, and go on with what is new', async () => {
    const { server, url } = await start();
    for (const message of [theRun, { type: 'log', line: 'warming up' } as const, cellStarted, tick()]) server.take(message);
    const reader = await listenTo(url);
    const snapshot = await reader.first('snapshot');
    expect(reader.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    expect(snapshot).toMatchObject({
      run: { id: 'tiny-1', command: 'faasbatch-bench suite tiny' },
      cells: [{ id: 'a', status: 'running' }, { id: 'b', status: 'pending' }],
      current: { cellId: 'a', progress: { ended: 1, total: 10, index: 0 }, points: [{ fromMs: 0, toMs: 500, ended: 1 }] },
      log: ['warming up'],
    });
    for (const message of [tick({ elapsedMs: 1_000, ended: 3, failed: 1 }), cellEnded, { type: 'log', line: '<b>a\r\n\ndata: x' } as const, runEnded]) server.take(message);
    await reader.first('run-ended');
    expect(reader.names()).toEqual(['snapshot', 'progress', 'cell-ended', 'log', 'run-ended']);
    expect(reader.all('progress')[0]).toMatchObject({ cellId: 'a', ended: 3, failed: 1, latency: { count: 2, meanMs: 20 }, index: 1, point: { fromMs: 500, toMs: 1_000, ended: 2, failed: 1, latency: { count: 1 } } });
    expect(reader.all('cell-ended')[0]).toMatchObject({ id: 'a', workload: 'io', status: 'valid', numbers: { completed: 10, latency: { meanMs: 20 } } });
    expect(reader.all('log')).toEqual([{ line: '<b>a\r\n\ndata: x' }]);
    expect(reader.all('run-ended')).toEqual([{ status: 'complete', folder: '/results/tiny-1' }]);
  });

  it('wait for the run when it has not begun', async () => {
    const { server, url } = await start();
    const reader = await listenTo(url);
    server.take(theRun);
    expect(await reader.first('snapshot')).toMatchObject({ cells: [{ status: 'pending' }, { status: 'pending' }] });
    server.take(cellStarted);
    expect(await reader.first('cell-started')).toEqual({ cellId: 'a' });
  });

  it('tell of a cell that was cut short, as it is stored', async () => {
    const { server, url } = await start();
    for (const message of [theRun, cellStarted]) server.take(message);
    const reader = await listenTo(url);
    server.take({ type: 'run-ended', status: 'interrupted', folder: '/r', cellStatuses: { a: 'interrupted', b: 'pending' } });
    expect(await reader.first('run-ended')).toMatchObject({ status: 'interrupted', folder: '/r', cut: { id: 'a', status: 'interrupted' } });
  });

  it('forget the numbers of an invalid cell that is run again, and the points of one that has ended', async () => {
    const { server, url } = await start();
    for (const message of [theRun, cellStarted, tick(), cellEnded, cellStarted]) server.take(message);
    const { cells, current } = await (await listenTo(url)).first('snapshot');
    expect(cells[0]).not.toHaveProperty('numbers');
    expect(current).toEqual({ cellId: 'a', points: [] });
  });

  it('keep the last 500 lines, none longer than 1,000 characters', async () => {
    const { server, url } = await start();
    server.take(theRun);
    for (let n = 0; n < 600; n += 1) server.take({ type: 'log', line: `${n} ${'x'.repeat(2_000)}` });
    const { log } = await (await listenTo(url)).first('snapshot');
    expect(log.map((line) => line.length)).toEqual(Array.from({ length: 500 }, () => 1_000));
    expect([log[0]?.slice(0, 4), log.at(-1)?.slice(0, 4)]).toEqual(['100 ', '599 ']);
  });

  it('replace all points when there were too many, so that a client needs to keep no more', async () => {
    const { server, url } = await start();
    for (const message of [theRun, cellStarted]) server.take(message);
    const reader = await listenTo(url);
    for (let n = 1; n <= 1_201; n += 1) server.take(tick({ elapsedMs: 500 * n, ended: n }));
    const { points } = await reader.first('series');
    await reader.first('progress', ({ ended }) => ended === 1_201);
    expect(points).toHaveLength(601);
    expect(points.reduce((sum, { ended }) => sum + ended, 0)).toBe(1_201);
    expect(reader.events.at(-1)).toMatchObject({ name: 'progress', data: { index: 600, point: points.at(-1) } });
  });

  it('have a comment now and then, so that nobody on the way takes the connection for dead', async () => {
    const { server, url } = await start({ heartbeatMs: 5 });
    server.take(theRun);
    const reader = await listenTo(url);
    while (reader.comments < 3) await reader.changed();
    expect(reader.names()).toEqual(['snapshot']);
  });

  it('have it also before there is a run', async () => {
    const { url } = await start({ heartbeatMs: 5 });
    const reader = await listenTo(url);
    while (reader.comments < 3) await reader.changed();
  });

  it('reach a client that is still reading a snapshot larger than what may wait for it', async () => {
    const { server, url } = await start({ mostWaitingBytes: 10_000 });
    server.take({ ...theRun, cells: Array.from({ length: 20_000 }, (_, n) => ({ ...theRun.cells[0]!, id: `cell ${n} ${'x'.repeat(500)}` })) });
    const reader = await listenTo(url);
    for (let n = 0; n < 3; n += 1) server.take({ type: 'log', line: String(n) });
    await reader.first('log', ({ line }) => line === '2');
  });

  it('are for so many clients at a time, and for another one when one has gone', async () => {
    const { server, url } = await start({ mostClients: 2 });
    server.take(theRun);
    const [one, other] = await Promise.all([listenTo(url), listenTo(url)]);
    expect(await ask(`${url}events`)).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
    expect((await ask(url)).status).toBe(200);
    one.close();
    await one.ended;
    const third = await until(() => listenTo(url));
    await third.first('snapshot');
    server.take(cellStarted);
    await Promise.all([other.first('cell-started'), third.first('cell-started')]);
  });

  it('end for a client that does not read them, which is told all when it comes again; others miss nothing', async () => {
    const { server, url, port } = await start();
    server.take(theRun);
    const reader = await listenTo(url);
    const slow = connect(port, '127.0.0.1');
    onTestFinished(() => void slow.destroy());
    slow.write(`GET /events HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
    await new Promise((resolve) => slow.once('readable', resolve));
    const lines = 30_000;
    for (let n = 0; n < lines; n += 1) {
      server.take({ type: 'log', line: `${n} ${'x'.repeat(990)}` });
      // The other reads in the same process.
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    let bytes = 0;
    const closed = new Promise((resolve) => slow.once('close', resolve));
    slow.on('error', () => undefined);
    slow.on('data', (data) => (bytes += data.length));
    await closed;
    expect(bytes).toBeLessThan(lines * 990);
    await reader.first('log', ({ line }) => line.startsWith(`${lines - 1} `));
    expect(reader.all('log')).toHaveLength(lines);
    expect((await (await listenTo(url)).first('snapshot')).log.at(-1)).toMatch(new RegExp(`^${lines - 1} `));
  }, 30_000);
});

/** A connection that was closed is known to be so a little later. */
async function until<T>(action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('the end', () => {
  it('says that the harness is lost when it has said nothing, and closes every connection', async () => {
    const { server, url } = await start();
    for (const message of [theRun, cellStarted]) server.take(message);
    const readers = await Promise.all([listenTo(url), listenTo(url)]);
    await Promise.all(readers.map((reader) => reader.first('snapshot')));
    await server.finish();
    for (const reader of readers) {
      await reader.ended;
      expect(reader.events.at(-1)).toMatchObject({ name: 'run-ended', data: { status: 'lost', cut: { id: 'a', status: 'interrupted' } } });
    }
    await expect(ask(url)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('is told to those who waited for a run that never began, so that their browsers do not come again', async () => {
    const { server, url } = await start();
    const reader = await listenTo(url);
    await server.finish();
    expect(await reader.first('run-ended')).toEqual({ status: 'lost' });
  });

  it('does not wait for a client that does not read', async () => {
    const { server, port } = await start();
    server.take(theRun);
    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write(`GET /events HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
    await new Promise((resolve) => slow.once('readable', resolve));
    for (let n = 0; n < 900; n += 1) server.take({ type: 'log', line: 'x'.repeat(1_000) });
    await server.finish();
    slow.destroy();
  });
});
