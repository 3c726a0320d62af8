import { get, type IncomingMessage } from 'node:http';
import type { LiveEvents } from '../../src/live/live-events.js';

type Named = { [Name in keyof LiveEvents]: { readonly name: Name; readonly data: LiveEvents[Name] } }[keyof LiveEvents];

/** Reads the events of a page, as a browser does. */
export class EventReader {
  readonly events: Named[] = [];
  comments = 0;
  readonly ended: Promise<void>;
  readonly #response: IncomingMessage;
  #waiting: (() => void)[] = [];
  #rest = '';

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#read(text));
    response.on('error', () => undefined);
    this.ended = new Promise((resolve) => response.once('close', () => resolve()));
  }

  get headers(): IncomingMessage['headers'] {
    return this.#response.headers;
  }

  names(): string[] {
    return this.events.map(({ name }) => name);
  }

  all<Name extends keyof LiveEvents>(name: Name): LiveEvents[Name][] {
    return this.events.filter((event) => event.name === name).map(({ data }) => data as LiveEvents[Name]);
  }

  /** The first event of this name that fits; waits for it. Rejects when the connection ends without it. */
  async first<Name extends keyof LiveEvents>(name: Name, fits: (data: LiveEvents[Name]) => boolean = () => true): Promise<LiveEvents[Name]> {
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
      this.#wake();
    });
    for (;;) {
      const found = this.all(name).find(fits);
      if (found !== undefined) return found;
      if (isOver) throw new Error(`the connection ended without such a ${name}, after ${this.names().join(', ')}`);
      await this.changed();
    }
  }

  /** The next event or comment. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#response.destroy();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith(':')) this.comments += 1;
      const [, name, data] = /^event: (\S+)\ndata: (.*)$/.exec(block) ?? [];
      if (name !== undefined && data !== undefined) this.events.push({ name, data: JSON.parse(data) } as Named);
    }
    this.#wake();
  }
}

/** `url`: of the page. */
export function listenTo(url: string): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    get(new URL('/events', url), { agent: false }, (response) => {
      if (response.statusCode === 200) resolve(new EventReader(response));
      else reject(new Error(`status ${response.statusCode ?? '?'}`));
    }).once('error', reject);
  });
}
