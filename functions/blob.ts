import { createHash } from 'node:crypto';

/** What the functions with storage take: the content is `bytes` bytes made of `key`; a `client` of its own name is not shared with others. */
export interface BlobInput {
  readonly key: string;
  readonly bytes: number;
  readonly client?: string;
}

export interface BlobOutput {
  readonly bytes: number;
  readonly digest: string;
}

export function content({ key, bytes }: BlobInput): Buffer {
  return Buffer.alloc(bytes, key);
}

export function outputOf(data: Buffer): BlobOutput {
  return { bytes: data.length, digest: createHash('sha256').update(data).digest('base64') };
}

export function checkInput(input: unknown): string | undefined {
  const { key, bytes, client } = (input ?? {}) as Partial<BlobInput>;
  if (typeof key !== 'string' || key === '') return 'key must be a text';
  if (client !== undefined && (typeof client !== 'string' || client === '')) return 'client must be a text';
  return typeof bytes === 'number' && Number.isInteger(bytes) && bytes >= 1 && bytes <= 16_777_216 ? undefined : 'bytes must be a whole number from 1 to 16777216';
}

export function checkOutput(input: BlobInput, output: unknown): string | undefined {
  const { bytes, digest } = (output ?? {}) as Partial<BlobOutput>;
  if (bytes !== input.bytes) return `wrote ${input.bytes} bytes, read ${String(bytes)}`;
  return digest === outputOf(content(input)).digest ? undefined : 'what was read is not what was written';
}
