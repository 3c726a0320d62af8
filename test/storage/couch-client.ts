import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import nano from 'nano';
import { createCouchApp } from '../../src/storage/couch-app.js';

export const user = 'ada';
export const password = 'correct horse: battery';

export interface RunningApp {
  readonly origin: string;
  close(): Promise<void>;
}

/** The app behind a real loopback socket, with the empty database `blobs`. */
export async function runCouchApp(): Promise<RunningApp> {
  const { fetch } = createCouchApp({ user, password, databases: ['blobs'] });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const starting = serve({ fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(starting));
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** A client with a session of its own. */
export async function logIn(origin: string): Promise<nano.ServerScope> {
  const server = nano(origin);
  await server.auth(user, password);
  return server;
}

/** A client that sends user and password with every request. */
export function withBasic(origin: string, secret = password): nano.ServerScope {
  return nano(origin.replace('://', `://${user}:${encodeURIComponent(secret)}@`));
}
