import { pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Handler } from 'express';

export interface PouchServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** The packages are CommonJS without types. */
const require = createRequire(import.meta.url);

/**
 * PouchDB's own server for CouchDB's protocol, with one administrator. Databases are in memory; its log and its configuration, which it
 * would write into the working directory, are in a temporary folder that goes with it.
 */
export async function startPouchServer(user: string, password: string): Promise<PouchServer> {
  const express = require('express') as () => { use(...handlers: readonly unknown[]): void };
  const expressPouch = require('express-pouchdb') as (pouch: unknown, options: object) => { readonly couchLogger: { readonly _stream: { end(done: () => void): void } } };
  const core = require('pouchdb-core') as { plugin(plugin: unknown): typeof core; defaults(options: object): unknown };
  for (const name of ['pouchdb-adapter-memory', 'pouchdb-adapter-http', 'pouchdb-mapreduce', 'pouchdb-replication']) core.plugin(require(name));

  const folder = mkdtempSync(join(tmpdir(), 'test-fbb-pouch-'));
  const configPath = join(folder, 'config.json');
  writeFileSync(configPath, JSON.stringify({ admins: { [user]: hashed(password) }, log: { level: 'none' } }));
  const pouch = core.defaults({ adapter: 'memory', prefix: `${folder}/` });
  const app = expressPouch(pouch, { configPath, logPath: join(folder, 'log.txt') });

  const front = express();
  front.use(rememberSession, app);
  const server = await listen(createServer(front as never));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await new Promise<void>((resolve) => app.couchLogger._stream.end(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As it writes a password itself, but too late for the first requests. */
function hashed(password: string): string {
  const [salt, iterations] = ['5a17', 10];
  return `-pbkdf2-${pbkdf2Sync(password, salt, iterations, 20, 'sha1').toString('hex')},${salt},${iterations}`;
}

/** Its session cookie says nothing of when it expires (CouchDB's does), and nano never sends back such a cookie. */
const rememberSession: Handler = (_request, response, next) => {
  const cookie = response.cookie.bind(response);
  response.cookie = (name: string, value: unknown, options: object = {}) => cookie(name, value as string, { maxAge: 600_000, ...options });
  next();
};

function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
