import { createHash, randomUUID } from 'node:crypto';
import nano from 'nano';
import type { FunctionContext } from '../../src/core/function.js';

interface Input {
  readonly key: string;
  readonly bytes: number;
}

interface Output {
  readonly bytes: number;
  readonly digest: string;
}

type Store = ReturnType<nano.ServerScope['use']>;

const database = 'blobs';

function content({ key, bytes }: Input): Buffer {
  return Buffer.alloc(bytes, key);
}

function digestOf(data: Buffer): string {
  return createHash('sha256').update(data).digest('base64');
}

/** A client of its own with a session of its own, as a function makes one that knows nothing of its neighbours. */
async function createClient(url: URL): Promise<Store> {
  const server = nano(url.origin);
  await server.auth(decodeURIComponent(url.username), decodeURIComponent(url.password));
  return server.use(database);
}

export async function handler(input: Input, ctx: FunctionContext): Promise<Output> {
  const address = process.env['FBB_STORAGE_URL'];
  if (address === undefined) throw new Error('FBB_STORAGE_URL is not set');
  const url = new URL(address);
  const store = await ctx.resource('couchdb', { origin: url.origin, user: url.username, database }, () => createClient(url));
  const document = `${input.key}-${randomUUID()}`;
  await store.attachment.insert(document, 'blob', content(input), 'application/octet-stream');
  const data = await store.attachment.get(document, 'blob');
  return { bytes: data.length, digest: digestOf(data) };
}

export function checkInput(input: unknown): string | undefined {
  const { key, bytes } = (input ?? {}) as Partial<Input>;
  if (typeof key !== 'string' || key === '') return 'key must be a text';
  return typeof bytes === 'number' && Number.isInteger(bytes) && bytes >= 1 && bytes <= 16_777_216 ? undefined : 'bytes must be a whole number from 1 to 16777216';
}

export function checkOutput(input: Input, output: unknown): string | undefined {
  const { bytes, digest } = (output ?? {}) as Partial<Output>;
  if (bytes !== input.bytes) return `wrote ${input.bytes} bytes, read ${String(bytes)}`;
  return digest === digestOf(content(input)) ? undefined : 'what was read is not what was written';
}
