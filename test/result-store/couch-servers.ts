import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { ResultStore, type ConnectionOptions } from '../../src/result-store/index.js';
import { parseResultAddress, type ResultAddress } from '../../src/storage/index.js';
import { password, runCouchApp, user } from '../storage/couch-client.js';
import { startPouchServer } from '../support/pouchdb-server.js';

export interface CouchOfTest {
  readonly origin: string;
  close(): Promise<void>;
}

/** The servers that a store of result sets is tried on. */
export const couchServers = {
  'the embedded server': runCouchApp,
  'express-pouchdb': () => startPouchServer(user, password),
} as const satisfies Record<string, () => Promise<CouchOfTest>>;

export { password, user };

/** An address with the password in it, as a user gives it. */
export function addressText(origin: string, path = '', secret = password): string {
  return `couchdb=${origin.replace('//', `//${user}:${encodeURIComponent(secret)}@`)}${path}`;
}

export function addressOf(origin: string, path = ''): ResultAddress {
  return parseResultAddress(addressText(origin, path));
}

export function storeAt(origin: string, database: string, options: ConnectionOptions = {}): ResultStore {
  return new ResultStore(addressOf(origin, `/${database}`), options);
}

/** Asks a server as its administrator. */
export async function ask(origin: string, method: string, path: string, json?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

export interface Watched {
  readonly origin: string;
  /** `PUT /database/document` of every request that was handed on, as it stands in the path. */
  readonly requests: string[];
}

type Instead = { readonly status: number; readonly json: object } | 'silence' | 'cut';

/** A proxy of this test before a server, which writes down what passes; `instead`: what becomes of a request that is not handed on, with how many writes passed before it. */
export async function watch(origin: string, instead: (line: string, writes: number) => Instead | undefined = () => undefined): Promise<Watched> {
  const requests: string[] = [];
  const server = createServer((asked, answer) => {
    const line = `${asked.method ?? ''} ${decodeURIComponent((asked.url ?? '').split('?')[0] ?? '')}`;
    const other = instead(line, requests.filter((before) => before.startsWith('PUT')).length);
    if (other === 'cut') return void asked.socket.destroy();
    if (other === 'silence') return undefined;
    if (other !== undefined) {
      asked.resume();
      return void answer.writeHead(other.status, { 'content-type': 'application/json' }).end(JSON.stringify(other.json));
    }
    requests.push(line);
    const passed = request(`${origin}${asked.url ?? ''}`, { method: asked.method, headers: asked.headers }, (said: IncomingMessage) => {
      answer.writeHead(said.statusCode ?? 500, said.headers);
      said.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
