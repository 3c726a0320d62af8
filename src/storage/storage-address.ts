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

/** Throws FBB_ERR_USAGE. */
function split(text: string): { readonly kind: StorageKind; readonly url: URL } {
  const [, kind = 'redis', address = ''] = /^(?:([a-z]+)=)?(.*)$/s.exec(text) ?? [];
  const refuse = (why: string): FbbError =>
    new FbbError('FBB_ERR_USAGE', `--storage ${beginning(text)} cannot be used: ${why}.`, { fix: 'Give redis://host:6379, or couchdb=http://user:password@host:5984.' });
  if (kind !== 'redis' && kind !== 'couchdb') throw refuse('there are redis and couchdb');
  if (!URL.canParse(address)) throw refuse('it is no address (special characters of a password are written as in %40)');
  const url = new URL(address);
  if (!schemes[kind].includes(url.protocol)) throw refuse(`an address of ${kind} begins with ${schemes[kind].map((scheme) => `${scheme}//`).join(' or ')}`);
  if (url.hostname === '') throw refuse('it names no host');
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') throw refuse('it goes on after the port');
  return { kind, url };
}

/** `redis://[user:password@]host[:port]` or `couchdb=http://[user:password@]host[:port]`. Throws FBB_ERR_USAGE, without the password. */
export function parseStorageAddress(text: string): StorageAddress {
  const { kind, url } = split(text);
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
