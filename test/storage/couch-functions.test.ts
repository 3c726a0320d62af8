import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { handler } from '../../functions/blob-couchdb/handler.js';
import { checkOutput } from '../../functions/blob.js';
import { contextOf } from '../support/function-context.js';
import { startProxy } from '../support/tcp-proxy.js';
import { password, runCouchApp, user, type RunningApp } from './couch-client.js';

const input = { key: 'k', bytes: 1_000 };
const secret = encodeURIComponent(password);

function run(origin: string, context = contextOf()): Promise<unknown> {
  vi.stubEnv('FBB_COUCHDB_URL', `${origin.replace('//', `//${user}:${secret}@`)}/blobs`);
  return handler(input, context.ctx);
}

async function failureOf(origin: string): Promise<{ code: unknown; message: string }> {
  const thrown = await run(origin).then(() => undefined, (error: unknown) => error);
  const { code, message } = thrown as { code?: unknown; message: string };
  for (const form of [password, secret, Buffer.from(`${user}:${password}`).toString('base64')]) expect(message).not.toContain(form);
  return { code, message };
}

/** A CouchDB that lets one in, and does with everything else what it is told. */
async function standIn(answer: (request: IncomingMessage, response: ServerResponse) => void, session = 'AuthSession=x; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT'): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url !== '/_session') answer(request, response);
      else response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': session }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function refusing(status: number): Promise<string> {
  return standIn((_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'said', reason: `no, //${user}:${password}@couch` })));
}

afterEach(() => vi.unstubAllEnvs());

describe('blob-couchdb', () => {
  let couch: RunningApp;
  beforeEach(async () => {
    couch = await runCouchApp();
  });
  afterEach(() => couch.close());

  it('reads what it has written, by a session of its own', async () => {
    const context = contextOf();
    expect(checkOutput(input, await run(couch.origin, context))).toBeUndefined();
    expect(context.asked).toEqual([{ kind: 'couchdb', args: { origin: couch.origin, user, database: 'blobs', client: undefined } }]);
  });

  it.each(['PUT ', 'GET /'])('whose connection drops once at %s completes with a new client', async (at) => {
    const port = Number(new URL(couch.origin).port);
    let dropped = 0;
    const proxy = await startProxy(port, { drops: (request) => request.startsWith(at) && (dropped += 1) === 1 });
    const context = contextOf();
    expect(checkOutput(input, await run(`http://127.0.0.1:${proxy.port}`, context))).toBeUndefined();
    expect({ dropped, made: context.made.length }).toEqual({ dropped: 2, made: 2 });
  });

  it('whose connection drops twice is lost', async () => {
    const proxy = await startProxy(Number(new URL(couch.origin).port), { drops: (request) => request.startsWith('PUT ') });
    expect(await failureOf(`http://127.0.0.1:${proxy.port}`)).toMatchObject({ code: 'FBB_ERR_STORAGE_LOST' });
  });
});

describe('blob-couchdb against a CouchDB that fails', () => {
  it.each([
    [401, 'FBB_ERR_STORAGE_DENIED'],
    [403, 'FBB_ERR_STORAGE_DENIED'],
    [412, 'FBB_ERR_STORAGE_FULL'],
    [413, 'FBB_ERR_STORAGE_TOO_LARGE'],
    [507, 'FBB_ERR_STORAGE_FULL'],
    [500, undefined],
  ])('knows what %i means, and repeats no password', async (status, code) => {
    expect(await failureOf(await refusing(status))).toMatchObject({ code, message: expect.stringContaining('no, //***@couch') });
  });

  it('says that it is not there', async () => {
    expect(await failureOf('http://127.0.0.1:2')).toMatchObject({ code: 'FBB_ERR_STORAGE_UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('does not wait beyond its limit', async () => {
    vi.stubEnv('FBB_STORAGE_LIMIT_MS', '150');
    expect(await failureOf(await standIn(() => undefined))).toMatchObject({ code: 'FBB_ERR_STORAGE_SLOW' });
  });

  it('does not hang when the connection drops in the middle of an answer', async () => {
    const origin = await standIn((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"ok":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await failureOf(origin)).toMatchObject({ code: 'FBB_ERR_STORAGE_LOST' });
  });

  it.each(['AuthSession=x; Path=/', 'AuthSession=x; Path=/; Secure; Expires=Fri, 01 Jan 2100 00:00:00 GMT'])('sends user and password where nano would not send back the cookie %s', async (session) => {
    const heard: (string | undefined)[] = [];
    const origin = await standIn(({ method, headers }, response) => {
      heard.push(headers.authorization);
      if (method === 'PUT') response.writeHead(201, { 'content-type': 'application/json' }).end('{"ok":true}');
      else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.alloc(input.bytes, input.key));
    }, session);
    expect(checkOutput(input, await run(origin))).toBeUndefined();
    expect(heard).toEqual(Array.from({ length: 2 }, () => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`));
  });
});
