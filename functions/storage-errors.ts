import type { HandlerCode } from '../src/core/errors.js';
import { secretHider, writtenForms } from '../src/core/hide-secrets.js';

/** A storage did not do what it was asked. `code` becomes that of the invocation; the message tells no password. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: HandlerCode;

  constructor(code: HandlerCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The connection ended while an answer was due: worth a second try. */
export class DroppedError extends Error {
  override readonly name = 'DroppedError';
}

/** Address of a storage, from the environment of the container. */
export function storageUrl(variable: 'FBB_COUCHDB_URL' | 'FBB_REDIS_URL'): URL {
  const address = process.env[variable];
  if (address === undefined) throw new Error(`${variable} is not set`);
  return new URL(address);
}

/** User and password as they are, not as they stand in a URL; empty where there are none. */
export function credentialsOf({ username, password }: URL): { readonly user: string; readonly password: string } {
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** The text of something thrown, without the password of this address: clients repeat it. */
export function saidBy(thrown: unknown, url: URL): string {
  const { user, password } = credentialsOf(url);
  // Where a name has several addresses, an error without a message says that none of them answered.
  const said = thrown instanceof Error ? thrown.message || (thrown as NodeJS.ErrnoException).code || thrown.name : String(thrown);
  return secretHider([url.password, ...writtenForms(user, password === '' ? undefined : password)])(said).replace(/\/\/[^/@\s]*@/g, '//***@');
}

/** How long an operation may take, in ms. */
export function operationLimitMs(): number {
  return Number(process.env['FBB_STORAGE_LIMIT_MS'] ?? 10_000);
}
