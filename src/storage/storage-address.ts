import { FbbError, secretHider, writtenForms, type StorageKind } from '../core/index.js';

/** A storage service that runs somewhere already. */
export interface StorageAddress {
  readonly kind: StorageKind;
  /** Without user and password. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** What somebody said, with whatever is secret of this address made unreadable: servers repeat what they do not understand. */
  readonly hide: (said: string) => string;
}

const defaultPorts: Readonly<Record<string, number>> = { 'redis:': 6379, 'http:': 80, 'https:': 443 };
const schemes: Readonly<Record<StorageKind, readonly string[]>> = { redis: ['redis:'], couchdb: ['http:', 'https:'] };

/** What may be shown of an address that cannot be read: a part of the rest may be a password in the wrong place. */
function beginning(text: string): string {
  return `${/^([a-z]+=)?([a-z]+:\/\/)?/.exec(text)?.[0] ?? ''}…`;
}

type Refuse = (why: string) => FbbError;

/** Throws what `refuse` makes of the reason. */
function split(text: string, refuse: Refuse): { readonly kind: StorageKind; readonly url: URL } {
  const [, kind = 'redis', address = ''] = /^(?:([a-z]+)=)?(.*)$/s.exec(text) ?? [];
  if (kind !== 'redis' && kind !== 'couchdb') throw refuse('there are redis and couchdb');
  if (!URL.canParse(address)) throw refuse('it is no address (special characters of a password are written as in %40)');
  const url = new URL(address);
  if (!schemes[kind].includes(url.protocol)) throw refuse(`an address of ${kind} begins with ${schemes[kind].map((scheme) => `${scheme}//`).join(' or ')}`);
  if (url.hostname === '') throw refuse('it names no host');
  return { kind, url };
}

/** `redis://[user:password@]host[:port]` or `couchdb=http://[user:password@]host[:port]`. Throws FBB_ERR_USAGE, without the password. */
export function parseStorageAddress(text: string): StorageAddress {
  const refuse: Refuse = (why) =>
    new FbbError('FBB_ERR_USAGE', `--storage ${beginning(text)} cannot be used: ${why}.`, { fix: 'Give redis://host:6379, or couchdb=http://user:password@host:5984.' });
  const { kind, url } = split(text, refuse);
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') throw refuse('it goes on after the port');
  return addressOf(kind, url);
}

function addressOf(kind: StorageKind, url: URL): StorageAddress {
  const { protocol, hostname, port, username, password, host } = url;
  const [user, secret] = [username, password].map((part) => (part === '' ? undefined : decoded(part))) as [string | undefined, string | undefined];
  return {
    kind,
    origin: `${protocol}//${host}`,
    // A socket wants an address of version 6 without its brackets.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (defaultPorts[protocol] as number) : Number(port),
    user,
    password: secret,
    hide: secretHider([password, ...writtenForms(user, secret)]),
  };
}

/** A database of result sets, and one of them. */
export interface ResultAddress {
  readonly storage: StorageAddress;
  readonly database: string;
  /** Undefined: no result set is named. */
  readonly id: string | undefined;
  /** `couchdb=http://host:port/database/id`, without user and password. */
  readonly shown: string;
}

const defaultDatabase = 'faasbatch-results';

/** Whether a text is meant for `parseResultAddress`, and not a folder or an id. */
export function isResultAddress(text: string): boolean {
  return /^(couchdb=|https?:\/\/)/.test(text);
}

/** An id of a result set is a name of a folder, too, so it may not lead out of where it is put. */
export function isResultId(text: string): boolean {
  return /^[A-Za-z0-9][\w.+~-]{0,199}$/.test(text);
}

/** `couchdb=http://[user:password@]host[:port][/database[/id]]`; the database is `faasbatch-results` unless it is named. Throws FBB_ERR_USAGE, without the password. */
export function parseResultAddress(text: string): ResultAddress {
  const refuse: Refuse = (why) =>
    new FbbError('FBB_ERR_USAGE', `${beginning(text)} cannot be used: ${why}.`, { fix: 'Give couchdb=http://user:password@host:5984/database, and for one result set /id behind it.' });
  const { kind, url } = split(text.startsWith('couchdb=') ? text : `couchdb=${text}`, refuse);
  if (url.search !== '' || url.hash !== '') throw refuse('it goes on after the id of a result set');
  const [, database = '', id = '', ...rest] = url.pathname.replace(/\/$/, '').split('/').map(decoded);
  if (rest.length > 0) throw refuse('after host and port there may be a database and an id (a slash in the name of a database is written as %2F)');
  if (database !== '' && !/^[a-z][a-z0-9_$()+/-]*$/.test(database)) throw refuse('a database of CouchDB has a name of lower-case letters, digits and _$()+/-, a letter first');
  if (id !== '' && !isResultId(id)) throw refuse('the id of a result set has letters, digits and ._+~-');
  const storage = addressOf(kind, url);
  const named = database === '' ? defaultDatabase : database;
  return { storage, database: named, id: id === '' ? undefined : id, shown: [`couchdb=${storage.origin}`, encodeURIComponent(named), ...(id === '' ? [] : [id])].join('/') };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** An argument of a command line without a user and password that stand in it: `redis://***@host:6379`. */
export function withoutCredentials(argument: string): string {
  return argument.replace(/(:\/\/).*@/s, '$1***@');
}
