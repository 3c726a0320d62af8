import { FbbError } from '../core/index.js';
import { checkCouchRights } from './couch-databases.js';
import { greetCouchDb } from './couchdb-greeting.js';
import type { Greeting } from './greeting.js';
import { greetRedis } from './redis-greeting.js';
import type { StorageAddress } from './storage-address.js';

const limitMs = 5_000;

/** Looks whether a storage answers, and lets in whom its address names. Does not throw; changes nothing. */
export function greetStorage(address: StorageAddress, answerLimitMs: number): Promise<Greeting> {
  return address.kind === 'redis' ? greetRedis(address, answerLimitMs) : greetCouchDb(address, answerLimitMs);
}

/** Throws FBB_ERR_STORAGE_UNREACHABLE or FBB_ERR_STORAGE_DENIED unless a storage answers, within 5 s a question, and lets in whom its address names. */
export async function checkAnswers(address: StorageAddress): Promise<void> {
  const greeting = await greetStorage(address, limitMs);
  if (greeting.state === 'ok') return;
  throw new FbbError(greeting.state === 'denied' ? 'FBB_ERR_STORAGE_DENIED' : 'FBB_ERR_STORAGE_UNREACHABLE', `${address.origin} ${greeting.found.replace(/\.$/, '')}.`, { fix: `What mends it: ${greeting.mend}.` });
}

/** As `checkAnswers`, and that databases may be created in a CouchDB. */
export async function checkStorage(address: StorageAddress): Promise<void> {
  await checkAnswers(address);
  if (address.kind === 'couchdb') await checkCouchRights(address);
}
