import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isLoopback, loopbackNames } from './live-address.js';
import type { LiveConfig, LiveMessage } from './live-protocol.js';
import { LiveState, type LiveEvent } from './live-state.js';

interface ServerOptions extends LiveConfig {
  readonly mostClients?: number;
  /** Of one client, beside its snapshot; who has more waiting is too slow. */
  readonly mostWaitingBytes?: number;
}

/** What is served beside the events, by its path. */
const pageFiles: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['live.html', 'text/html; charset=utf-8'],
  '/charts.js': ['charts.js', 'text/javascript; charset=utf-8'],
  '/live.js': ['live.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
};

const headers = {
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
};

/** A browser opens a few connections, and only one of them for events. */
const mostConnections = 512;
/** How long a browser waits before it connects again. */
const retryMs = 2_000;
/** How long the last events may take to reach slow clients. */
const lastWordsMs = 500;

function textOf({ name, data }: LiveEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function readPage(folder: string): ReadonlyMap<string, { readonly type: string; readonly content: Buffer }> {
  return new Map(
    Object.entries(pageFiles).flatMap(([path, [file, type]]) => {
      try {
        return [[path, { type, content: readFileSync(join(folder, file)) }] as const];
      } catch {
        return [];
      }
    }),
  );
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] as string;
}

function refuse(response: ServerResponse, status: number, more: Readonly<Record<string, string>> = {}): void {
  // Nobody needs the rest of what was sent with it.
  response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close', ...more });
  response.end(`${status}\n`);
}

/** Serves the page of a running suite: its files, and its events to everybody who listens. */
export class LiveServer {
  readonly #options: ServerOptions;
  readonly #state = new LiveState();
  readonly #page: ReturnType<typeof readPage>;
  readonly #server: Server;
  /** With the size of its snapshot, which may be large and takes its time. */
  readonly #clients = new Map<ServerResponse, number>();
  /** Those who came before there was a run. */
  readonly #waiting = new Set<ServerResponse>();
  #heartbeat: NodeJS.Timeout | undefined;
  /** Undefined: under any. */
  #names: ReadonlySet<string> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#page = readPage(options.pageFolder);
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.maxConnections = mostConnections;
  }

  /** Resolves to where it listens; rejects with Node's error when it cannot. */
  async listen(): Promise<AddressInfo> {
    const { host, port, heartbeatMs } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, resolve);
    });
    const address = this.#server.address() as AddressInfo;
    if (isLoopback(address.address)) this.#names = loopbackNames({ host, port: address.port });
    this.#heartbeat = setInterval(() => {
      this.#say(':\n\n');
      for (const response of this.#waiting) response.write(':\n\n');
    }, heartbeatMs);
    return address;
  }

  take(message: Exclude<LiveMessage, { readonly type: 'close' }>): void {
    for (const event of this.#state.take(message)) this.#say(textOf(event));
    for (const response of this.#waiting) if (this.#welcome(response)) this.#waiting.delete(response);
  }

  /** Says that the run has ended, if nobody has, and ends all connections; resolves when they are gone, within half a second. */
  async finish(): Promise<void> {
    clearInterval(this.#heartbeat);
    for (const event of this.#state.lose()) {
      this.#say(textOf(event));
      // There was no run, and will be none.
      for (const response of this.#waiting) response.write(textOf(event));
    }
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const response of [...this.#clients.keys(), ...this.#waiting]) response.end();
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), lastWordsMs);
    await closed;
    clearTimeout(timer);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const file = this.#page.get(pathOf(request));
    if (this.#names?.has(request.headers.host?.toLowerCase() ?? '') === false) refuse(response, 403);
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, { Allow: 'GET, HEAD' });
    else if (pathOf(request) === '/events') this.#connect(request, response);
    else if (file === undefined) refuse(response, 404);
    else {
      response.writeHead(200, { ...headers, 'Content-Type': file.type, 'Content-Length': file.content.length });
      response.end(file.content);
    }
  }

  #connect(request: IncomingMessage, response: ServerResponse): void {
    if (this.#clients.size + this.#waiting.size >= (this.#options.mostClients ?? 64)) {
      refuse(response, 503, { 'Retry-After': '10' });
      return;
    }
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream; charset=utf-8', Connection: 'close' });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.on('close', () => {
      this.#clients.delete(response);
      this.#waiting.delete(response);
    });
    response.write(`retry: ${retryMs}\n\n`);
    if (!this.#welcome(response)) this.#waiting.add(response);
  }

  /** False while there is nothing to tell. */
  #welcome(response: ServerResponse): boolean {
    const snapshot = this.#state.snapshot();
    if (snapshot === undefined) return false;
    const text = textOf({ name: 'snapshot', data: snapshot });
    response.write(text);
    this.#clients.set(response, Buffer.byteLength(text));
    return true;
  }

  #say(text: string): void {
    const { mostWaitingBytes = 1_000_000 } = this.#options;
    for (const [response, snapshotBytes] of this.#clients) {
      // It comes again, and is told all that it has missed.
      if (response.writableLength > mostWaitingBytes + snapshotBytes) response.destroy();
      else response.write(text);
    }
  }
}
