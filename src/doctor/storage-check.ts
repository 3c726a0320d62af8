import { greetStorage, type StorageAddress } from '../storage/index.js';
import { ok, type Check } from './check.js';

/** Whether a storage answers, and lets in whom the address names. */
export async function checkStorage(address: StorageAddress, limitMs: number): Promise<Check> {
  const greeting = await greetStorage(address, limitMs);
  const { origin: name } = address;
  return greeting.state === 'ok' ? ok(name, greeting.found) : { name, state: 'failed', found: greeting.found, mend: greeting.mend };
}
