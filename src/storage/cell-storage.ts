import { describeError, type StorageKind } from '../core/index.js';
import { checkAnswers } from './check-storage.js';
import { cellMark, createCellDatabase, removeDatabase } from './couch-databases.js';
import { removeKeys } from './redis-keys.js';
import type { StorageAddress } from './storage-address.js';

/** Where containers reach a storage that they cannot reach at its own address. */
interface Detour {
  readonly host: string;
  readonly port: number;
}

/** What one cell has in a storage. */
interface CellStorage {
  /** Environment of its containers, which tells where that is. */
  env(detour: Detour | undefined): Record<string, string>;
  /** Removes it, within 10 s; resolves to why it could not, in a sentence, or to nothing. Does not reject. */
  remove(): Promise<string | undefined>;
}

/** The address as containers use it, user and password included. A detour speaks no TLS: it does so for them. */
function urlOf({ kind, origin, user, password }: StorageAddress, detour: Detour | undefined): string {
  const credentials = user === undefined && password === undefined ? '' : `${encodeURIComponent(user ?? '')}:${encodeURIComponent(password ?? '')}@`;
  const reached = detour === undefined ? origin : `${kind === 'redis' ? 'redis' : 'http'}://${detour.host}:${detour.port}`;
  return reached.replace('//', `//${credentials}`);
}

/** The environment of containers that use a database of a CouchDB. */
export function couchEnv(address: StorageAddress, database: string, detour?: Detour): Record<string, string> {
  return { FBB_COUCHDB_URL: `${urlOf(address, detour)}/${database}` };
}

/** What could not be removed, and why, in a sentence. */
function leftBehind(address: StorageAddress, what: string, thrown: unknown): string {
  return address.hide(`${what} of ${address.origin} could not be removed: ${describeError(thrown).replace(/\.$/, '')}.`);
}

async function openDatabase(address: StorageAddress): Promise<CellStorage> {
  const database = await createCellDatabase(address, cellMark());
  return {
    env: (detour) => couchEnv(address, database, detour),
    remove: () => removeDatabase(address, database).then(() => undefined, (thrown: unknown) => leftBehind(address, `Database ${database}`, thrown)),
  };
}

async function openKeys(address: StorageAddress): Promise<CellStorage> {
  await checkAnswers(address);
  const prefix = `fbb:${cellMark()}:`;
  return {
    env: (detour) => ({ FBB_REDIS_URL: urlOf(address, detour), FBB_REDIS_PREFIX: prefix }),
    remove: () => removeKeys(address, prefix).then(() => undefined, (thrown: unknown) => leftBehind(address, `Keys ${prefix}*`, thrown)),
  };
}

const openers: Readonly<Record<StorageKind, (address: StorageAddress) => Promise<CellStorage>>> = { couchdb: openDatabase, redis: openKeys };

/** Makes a place of its own for a cell: a database in a CouchDB, a prefix of keys in Redis. Throws FBB_ERR_STORAGE_UNREACHABLE, _DENIED or _FULL. */
export function openCellStorage(address: StorageAddress): Promise<CellStorage> {
  return openers[address.kind](address);
}
