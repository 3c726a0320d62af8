import { AsyncLocalStorage } from 'node:async_hooks';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Hook, type OnRequireFn } from 'require-in-the-middle';
import type { FunctionSpec } from '../core/function.js';
import { bundledClientFile, type SharedClient } from '../core/known-clients.js';
import { madeToBeShared, standingFor, viewOf } from './client-view.js';
import type { Scope } from './invoke.js';
import type { Lease } from './resource-multiplexer.js';

type Key = string | symbol;
type Constructor = (...args: unknown[]) => object;

interface Sharing {
  readonly scope: AsyncLocalStorage<Lease | undefined>;
  readonly shares: boolean;
}

function isBroken(made: object, { broken }: SharedClient): boolean {
  return broken !== undefined && (broken.values as readonly unknown[]).includes((made as Record<string, unknown>)[broken.property]);
}

/** By the first of its methods that works; one that is broken is closed already. */
async function closeClient(made: object, client: SharedClient): Promise<void> {
  if (isBroken(made, client)) return;
  let failure: unknown;
  for (const name of client.close) {
    try {
      await (made as Record<string, () => unknown>)[name]?.();
      return;
    } catch (thrown) {
      failure = thrown;
    }
  }
  if (failure !== undefined) throw failure instanceof Error ? failure : new Error('a client could not be closed');
}

/** Makes a constructor, or a function that makes clients, share what it makes inside of invocations. */
function intercept(original: Constructor, kind: string, client: SharedClient, { scope, shares }: Sharing): Constructor {
  const options = { isBroken: (made: object) => isBroken(made, client), dispose: (made: object) => closeClient(made, client) };
  const make = (args: unknown[], construct: () => object): object => {
    const lease = scope.getStore();
    // What is made while the function is loaded is the function's own, and one for all of its invocations anyway.
    if (lease === undefined || lease.hasEnded) return construct();
    if (!shares) return lease.resourceSync(kind, args, construct);
    return viewOf(lease.resourceSync(kind, args, () => madeToBeShared(construct()), options), client, lease);
  };
  const intercepted: Constructor = new Proxy(original, {
    apply: (target, self, args: unknown[]) => make(['call', ...args], () => target.call(self, ...args)),
    construct: (target, args: unknown[], newTarget) => (newTarget === intercepted ? make(['new', ...args], () => Reflect.construct(target, args) as object) : (Reflect.construct(target, args, newTarget) as object)),
  });
  return intercepted;
}

/** As Node names the files in it. */
function realFolder(path: string): string {
  try {
    return dirname(realpathSync(path));
  } catch {
    return dirname(path);
  }
}

/** What can never change is what a proxy of it must answer. */
function unlessFixed(original: object, get: (target: object, name: Key) => unknown): (target: object, name: Key) => unknown {
  return (target, name) => {
    const descriptor = Reflect.getOwnPropertyDescriptor(original, name);
    return descriptor?.configurable === false && descriptor.writable === false ? (descriptor.value as unknown) : get(target, name);
  };
}

/** The exports of a package, with the constructors of clients replaced. */
function replaceExports(exports: object, client: SharedClient, sharing: Sharing): object {
  const replaced = new Map<unknown, Constructor>();
  const names = new Set<Key>(client.exports);
  for (const name of client.exports) {
    const exported = (exports as Record<string, unknown>)[name] ?? (name === 'default' ? exports : undefined);
    if (typeof exported !== 'function') throw new Error(`the package '${client.module}' exports no '${name}' that makes clients, as the manifest says`);
    // One constructor under several names is one.
    if (!replaced.has(exported)) replaced.set(exported, intercept(exported as Constructor, `${client.module}:${name}`, client, sharing));
  }
  const replacementOf = (value: unknown): unknown => replaced.get(value) ?? value;
  const get = (_target: object, name: Key): unknown => {
    const value: unknown = Reflect.get(exports, name, exports);
    return names.has(name) ? replacementOf(value) : value;
  };
  if (typeof exports !== 'function') return new Proxy(Object.create(Reflect.getPrototypeOf(exports)) as object, { ...standingFor(exports), get });
  if (!names.has('default')) return new Proxy(exports, { get: unlessFixed(exports, get) });
  const constructor = replacementOf(exports) as Constructor;
  const construct = (_target: object, args: unknown[], newTarget: object): object => Reflect.construct(constructor, args, newTarget === replacement ? constructor : (newTarget as Constructor)) as object;
  const replacement: object = new Proxy(constructor, { get: unlessFixed(exports, get), construct });
  return replacement;
}

/**
 * Lets invocations share clients that the function constructs by itself: watches for the packages that its manifest names, which must
 * be loaded after this and by `require`. Returns what tells invocations apart. `shares`: otherwise they are only counted.
 */
export function shareClients({ share = [], handlerPath }: FunctionSpec, shares: boolean): Scope {
  const scope = new AsyncLocalStorage<Lease | undefined>();
  const folder = realFolder(handlerPath);
  const byName = new Map(share.flatMap((client) => [client.module, bundledClientFile(client.module).slice(0, -'.cjs'.length)].map((name) => [name, client] as const)));
  const files = share.map(({ module }) => join(folder, bundledClientFile(module)));
  const onRequire = (exports: unknown, name: string): unknown => {
    const client = byName.get(name);
    return client === undefined ? exports : replaceExports(exports as object, client, { scope, shares });
  };
  new Hook([...share.map(({ module }) => module), ...files], onRequire as OnRequireFn);
  return { enter: (lease, call) => scope.run(lease, call), outside: (call) => scope.run(undefined, call) };
}
