import { FbbError } from '../core/index.js';

/** A storage service that runs somewhere already. */
export interface StorageAddress {
  readonly kind: 'redis' | 'couchdb';
  /** Without user and password. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** What somebody said, with whatever is secret of this address made unreadable: servers repeat what they do not understand. */
  readonly hide: (said: string) => string;
}

const defaultPorts = { redis: 6379, couchdb: 5984 };
const schemes: Readonly<Record<StorageAddress['kind'], readonly string[]>> = { redis: ['redis:'], couchdb: ['http:', 'https:'] };
const hidden = '***';

/** What may be shown of an address that cannot be read: a part of the rest may be a password in the wrong place. */
function beginning(text: string): string {
  return `${/^([a-z]+=)?([a-z]+:\/\/)?/.exec(text)?.[0] ?? ''}…`;
}

function hider(secrets: readonly (string | undefined)[]): (said: string) => string {
  // The longest first: one may be a part of another.
  const known = secrets.filter((secret) => secret !== undefined && secret !== '').sort((a, b) => (b as string).length - (a as string).length) as string[];
  return (said) => known.reduce((text, secret) => text.replaceAll(secret, hidden), said);
}

/** Throws FBB_ERR_USAGE. */
function split(text: string): { readonly kind: StorageAddress['kind']; readonly url: URL } {
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
    port: port === '' ? (protocol === 'https:' ? 443 : defaultPorts[kind]) : Number(port),
    user,
    password: secret,
    hide: hider([secret, password, Buffer.from(`${user ?? ''}:${secret ?? ''}`).toString('base64')]),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
