import { FbbError } from '../core/index.js';
import { checkStorage, parseStorageAddress, removeAbandonedDatabases, withoutCredentials, type StorageAddress } from '../storage/index.js';
import type { SuiteOptions } from './suite-selection.js';

/** From `--storage`: one of a kind at most, CouchDB first. Throws FBB_ERR_USAGE. */
export function storageOf({ storage = [] }: Pick<SuiteOptions, 'storage'>): StorageAddress[] {
  const addresses = storage.map(parseStorageAddress).sort((a, b) => (a.kind < b.kind ? -1 : 1));
  const twice = addresses.find(({ kind }, i) => addresses[i + 1]?.kind === kind);
  if (twice === undefined) return addresses;
  throw new FbbError('FBB_ERR_USAGE', `--storage names ${twice.kind} twice.`, { fix: 'Give one storage of each kind: couchdb, redis, or both.' });
}

/** As they stand in a manifest: without users and passwords. */
export function originsOf(addresses: readonly StorageAddress[]): string[] {
  return addresses.map(({ origin }) => origin);
}

/** The options that name these storages again, but for users and passwords. */
export function optionsOf(origins: readonly string[]): string {
  return origins.map((origin) => `--storage ${origin.startsWith('redis:') ? '' : 'couchdb='}${origin}`).join(' ');
}

/** Arguments of a command line as they may be stored: `--storage` without user and password. */
export function storedArguments(args: readonly string[], addresses: readonly StorageAddress[]): string[] {
  const ofStorage = (arg: string, i: number): boolean => arg.startsWith('--storage=') || args[i - 1] === '--storage';
  return args.map((arg, i) => hideIn(ofStorage(arg, i) ? withoutCredentials(arg) : arg, addresses));
}

function hideIn(text: string, addresses: readonly StorageAddress[]): string {
  return addresses.reduce((said, { hide }) => hide(said), text);
}

/** Whatever was thrown, without the passwords of these storages; what throws it may have seen them. */
export function withoutSecrets(thrown: unknown, addresses: readonly StorageAddress[]): unknown {
  if (!(thrown instanceof Error)) return thrown;
  thrown.message = hideIn(thrown.message, addresses);
  if (thrown.stack !== undefined) thrown.stack = hideIn(thrown.stack, addresses);
  return thrown;
}

/**
 * Throws FBB_ERR_STORAGE_UNREACHABLE or FBB_ERR_STORAGE_DENIED unless every storage answers and lets one do what cells do. Removes
 * databases that killed runs left more than a day ago; `tell` is told how many.
 */
export async function makeReady(addresses: readonly StorageAddress[], tell: (sentence: string) => void): Promise<void> {
  await Promise.all(addresses.map(checkStorage));
  for (const address of addresses.filter(({ kind }) => kind === 'couchdb')) {
    const removed = await removeAbandonedDatabases(address);
    if (removed > 0) tell(`removed what a dead run had left in ${address.origin}: databases ${removed}`);
  }
}
