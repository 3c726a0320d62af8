import { randomUUID } from 'node:crypto';
import type { FunctionContext } from '../../src/core/function.js';
import { content, outputOf, type BlobInput, type BlobOutput } from '../blob.js';
import { couchClients, writeAndRead } from '../couchdb-client.js';
import { withClient } from '../storage-client.js';

export { checkInput, checkOutput } from '../blob.js';

/** Writes a blob into CouchDB and reads it back. */
export async function handler(input: BlobInput, ctx: FunctionContext): Promise<BlobOutput> {
  const data = await withClient(couchClients(input), ctx, (use) => use((couch) => writeAndRead(couch, `${input.key}-${randomUUID()}`, content(input))));
  return outputOf(data);
}
