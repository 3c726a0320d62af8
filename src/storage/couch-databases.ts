import { randomBytes } from 'node:crypto';
import { FbbError, type ErrorCode } from '../core/index.js';
import { askCouch, reasonOf, whyNoAnswer, type CouchAnswer } from './couch-request.js';
import { optionOf } from './couchdb-greeting.js';
import type { StorageAddress } from './storage-address.js';

const limitMs = 5_000;
const abandonedAfterMs = 86_400_000;
const ours = /^fbb-cell-(\d{13})-[0-9a-f]{8}$/;

/** What tells a cell from all others, in names of what it has in a storage: when it began, and chance. */
export function cellMark(): string {
  return `${Date.now()}-${randomBytes(4).toString('hex')}`;
}

function refusal(answer: CouchAnswer, address: StorageAddress, what: string): FbbError {
  const codes: Readonly<Record<number, ErrorCode>> = { 401: 'FBB_ERR_STORAGE_DENIED', 403: 'FBB_ERR_STORAGE_DENIED', 507: 'FBB_ERR_STORAGE_FULL' };
  const code = codes[answer.status] ?? 'FBB_ERR_STORAGE_UNREACHABLE';
  return new FbbError(code, `${address.origin} refuses to ${what} (${answer.status}${reasonOf(answer, address)}).`, code === 'FBB_ERR_STORAGE_DENIED' ? { fix: `What mends it: ${optionOf(address)}.` } : {});
}

async function request(address: StorageAddress, method: 'GET' | 'PUT' | 'DELETE', path: string): Promise<CouchAnswer> {
  try {
    return await askCouch(address, { method, path, limitMs });
  } catch (thrown) {
    throw new FbbError('FBB_ERR_STORAGE_UNREACHABLE', `${address.origin} does not answer: ${address.hide(whyNoAnswer(thrown, limitMs))}.`);
  }
}

/** Makes the database of a cell and resolves to its name. Throws FBB_ERR_STORAGE_UNREACHABLE, _DENIED or _FULL, within 5 s. */
export async function createCellDatabase(address: StorageAddress, mark: string): Promise<string> {
  const name = `fbb-cell-${mark}`;
  const answer = await request(address, 'PUT', `/${name}`);
  if (answer.status === 201 || answer.status === 202) return name;
  throw refusal(answer, address, `create the database ${name}`);
}

/** Throws as `createCellDatabase`; one that is gone already is removed. */
export async function removeDatabase(address: StorageAddress, name: string): Promise<void> {
  const answer = await request(address, 'DELETE', `/${name}`);
  if (![200, 202, 404].includes(answer.status)) throw refusal(answer, address, `remove the database ${name}`);
}

/** Makes a database and removes it, to see whether cells may. */
export async function checkCouchRights(address: StorageAddress): Promise<void> {
  await removeDatabase(address, await createCellDatabase(address, cellMark()));
}

/** Removes the databases of cells that are older than a day: no run lasts so long, so theirs was killed. Resolves to how many. */
export async function removeAbandonedDatabases(address: StorageAddress): Promise<number> {
  const { body } = await request(address, 'GET', `/_all_dbs?startkey=${encodeURIComponent('"fbb-cell-"')}&endkey=${encodeURIComponent('"fbb-cell-~"')}`);
  const beforeMs = Date.now() - abandonedAfterMs;
  const abandoned = Object.values(body).filter((name): name is string => typeof name === 'string' && Number(ours.exec(name)?.[1] ?? Infinity) < beforeMs);
  for (const name of abandoned) await removeDatabase(address, name);
  return abandoned.length;
}
