import { createHash } from 'node:crypto';

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/** For what has no content that could be compared: one is equal to itself only. */
function identityOf(item: object): string {
  let identity = identities.get(item);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(item, identity);
  }
  return `@${identity}`;
}

const symbols = new Map<symbol, number>();

function symbolText(item: symbol): string {
  const registered = Symbol.keyFor(item);
  if (registered !== undefined) return `y${JSON.stringify(registered)}`;
  if (!symbols.has(item)) symbols.set(item, symbols.size);
  return `y${symbols.get(item) as number}`;
}

function isPlain(item: object): item is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(item);
  return (prototype === Object.prototype || prototype === null) && Object.getOwnPropertySymbols(item).length === 0;
}

/** Of the objects around the one that is written, so that a cycle ends. */
type Around = readonly object[];

function bytesText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Content of the built-in classes that have some; undefined for all others. */
function builtinText(item: object, around: Around): string | undefined {
  if (item instanceof Date) return `D${item.getTime()}`;
  if (item instanceof RegExp) return `R${JSON.stringify([item.source, item.flags, item.lastIndex])}`;
  if (item instanceof URL) return `U${JSON.stringify(item.href)}`;
  if (ArrayBuffer.isView(item)) return `${item.constructor.name}${bytesText(new Uint8Array(item.buffer, item.byteOffset, item.byteLength))}`;
  if (item instanceof ArrayBuffer) return `A${bytesText(new Uint8Array(item))}`;
  if (item instanceof Set) return `S{${[...item].map((each) => textOf(each, around)).sort().join()}}`;
  if (item instanceof Map) return `M{${[...item].map(([key, value]) => `${textOf(key, around)}>${textOf(value, around)}`).sort().join()}}`;
  return undefined;
}

function objectText(item: object, outer: Around): string {
  const depth = outer.lastIndexOf(item);
  if (depth >= 0) return `^${outer.length - depth}`;
  const around = [...outer, item];
  // Holes are no undefined.
  if (Array.isArray(item)) return `[${Array.from(item, (each: unknown, index) => (index in item ? textOf(each, around) : '')).join()}]`;
  const builtin = builtinText(item, around);
  if (builtin !== undefined) return builtin;
  if (!isPlain(item)) return identityOf(item);
  return `{${Object.keys(item).sort().map((key) => `${JSON.stringify(key)}:${textOf(item[key], around)}`).join()}}`;
}

/** Text that is equal for equal values only: every type has a mark of its own. */
function textOf(item: unknown, around: Around): string {
  switch (typeof item) {
    case 'string':
      return JSON.stringify(item);
    case 'number':
      return Object.is(item, -0) ? 'n-0' : `n${item}`;
    case 'bigint':
      return `b${item}`;
    case 'boolean':
      return item ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'symbol':
      return symbolText(item);
    case 'function':
      return identityOf(item);
    case 'object':
      return item === null ? '0' : objectText(item, around);
  }
}

/**
 * What tells one resource from another: a hash of its kind and of all arguments with which it is made, so that no secret is kept as a
 * key. The order of the keys of an object does not matter, types do (`1` is not `'1'`), functions and instances of classes are equal to
 * themselves only.
 */
export function resourceKey(kind: string, args: unknown): string {
  return createHash('sha256').update(textOf([kind, args], [])).digest('base64');
}
