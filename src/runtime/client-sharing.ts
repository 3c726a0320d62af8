import { AsyncLocalStorage } from 'node:async_hooks';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Hook, type OnRequireFn } from 'require-in-the-middle';
import type { FunctionSpec } from '../core/function.js';
import { bundledClientFile, type SharedClient } from '../core/known-clients.js';
import type { Scope } from './invoke.js';
import type { Lease } from './resource-multiplexer.js';

type Key = string | symbol;
type Method = (...args: unknown[]) => unknown;
type Constructor = (...args: unknown[]) => object;

const addsListener = new Set<Key>(['on', 'addListener', 'once', 'prependListener', 'prependOnceListener']);

/** What one invocation has of a shared client. */
interface View {
  readonly client: object;
  readonly closes: ReadonlySet<Key>;
  readonly lease: Lease;
}

/** A listener that an invocation adds is its own and goes with it: others use the client after it. */
function listen({ client, lease }: View, name: Key, args: unknown[]): void {
  const [event, listener] = args as [Key, Method];
  const emitter = client as Record<Key, Method>;
  emitter[name]?.(event, listener);
  lease.atEnd(() => void emitter['removeListener']?.(event, listener));
}

/**
 * A shared client as one invocation sees it: the same in everything, but closing it closes nothing and resolves at once, because others
 * may use it.
 */
function viewOf(view: View): object {
  const { client, closes } = view;
  const methods = new Map<Key, Method>();
  const methodOf = (name: Key, original: Method): Method => {
    if (closes.has(name)) return () => Promise.resolve();
    if (addsListener.has(name)) {
      return (...args) => {
        listen(view, name, args);
        return proxy;
      };
    }
    // Bound: a client with private fields does not know its proxy. What returns itself to be chained returns the view.
    return (...args) => {
      const result = original.apply(client, args);
      return result === client ? proxy : result;
    };
  };
  const proxy: object = new Proxy(client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || name === 'constructor') return value;
      let method = methods.get(name);
      if (method === undefined) {
        method = methodOf(name, value as Method);
        methods.set(name, method);
      }
      return method;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
  return proxy;
}

/** With nobody listening, an error that it tells between two invocations would end the container. */
function survivor(client: object): object {
  const { on, listenerCount } = client as Partial<Record<string, Method>>;
  if (typeof on === 'function' && typeof listenerCount === 'function') on.call(client, 'error', () => undefined);
  return client;
}

interface Sharing {
  readonly scope: AsyncLocalStorage<Lease | undefined>;
  readonly shares: boolean;
}

/** Makes a constructor, or a function that makes clients, share what it makes inside of invocations. */
function intercept(original: Constructor, kind: string, client: SharedClient, { scope, shares }: Sharing): Constructor {
  const { close, broken } = client;
  const closes = new Set<Key>(close);
  const options = {
    isBroken: (made: object) => broken !== undefined && (broken.values as readonly unknown[]).includes((made as Record<string, unknown>)[broken.property]),
    ...(close[0] === undefined ? {} : { dispose: (made: object) => (made as Record<string, () => void | Promise<void>>)[close[0] as string]?.() }),
  };
  const make = (args: unknown[], construct: () => object): object => {
    const lease = scope.getStore();
    // What is made while the function is loaded is the function's own, and one for all of its invocations anyway.
    if (lease === undefined || lease.hasEnded) return construct();
    // What a client constructs in turn, now or later, is its own.
    const create = (): object => scope.run(undefined, construct);
    if (!shares) return lease.resourceSync(kind, args, create);
    const shared = (): object => survivor(create());
    return viewOf({ client: lease.resourceSync(kind, args, shared, options), closes, lease });
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
  if (typeof exports !== 'function' || !names.has('default')) return new Proxy(exports, { get });
  const constructor = replacementOf(exports) as Constructor;
  const construct = (_target: object, args: unknown[], newTarget: object): object => Reflect.construct(constructor, args, newTarget === replacement ? constructor : (newTarget as Constructor)) as object;
  const replacement: object = new Proxy(constructor, { get, construct });
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
