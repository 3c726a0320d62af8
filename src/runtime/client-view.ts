import type { SharedClient } from '../core/known-clients.js';
import type { Lease } from './resource-multiplexer.js';

type Key = string | symbol;
type Method = (...args: unknown[]) => unknown;
type Methods = Partial<Record<Key, Method>>;

const addsListener = new Set<Key>(['on', 'addListener', 'once', 'prependListener', 'prependOnceListener']);

/** Handlers of a proxy that stands for `original` on a target of its own, so that no property of the original binds what it may answer. */
export function standingFor(original: object): Required<Pick<ProxyHandler<object>, 'get' | 'set' | 'has' | 'deleteProperty' | 'ownKeys' | 'getOwnPropertyDescriptor' | 'getPrototypeOf' | 'defineProperty'>> {
  return {
    get: (_target, name) => Reflect.get(original, name, original) as unknown,
    set: (_target, name, value) => Reflect.set(original, name, value, original),
    has: (_target, name) => Reflect.has(original, name),
    deleteProperty: (_target, name) => Reflect.deleteProperty(original, name),
    ownKeys: () => Reflect.ownKeys(original),
    getOwnPropertyDescriptor: (_target, name) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(original, name);
      return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(original),
    defineProperty: (_target, name, descriptor) => Reflect.defineProperty(original, name, descriptor),
  };
}

/** What the first call of a method that opens a client returned, by client and method: the others get the same. */
const opened = new WeakMap<object, Map<Key, unknown>>();

function openOnce(client: object, name: Key, open: () => unknown): unknown {
  const known = opened.get(client) ?? new Map<Key, unknown>();
  opened.set(client, known);
  if (known.has(name)) return known.get(name);
  const opening = open();
  known.set(name, opening);
  if (opening instanceof Promise) opening.catch(() => known.delete(name));
  return opening;
}

/** A shared client as one invocation sees it. */
class ClientView {
  readonly proxy: object;
  readonly #client: object;
  readonly #lease: Lease;
  readonly #closes: ReadonlySet<Key>;
  readonly #opens: ReadonlySet<Key>;
  readonly #methods = new Map<Key, Method>();
  /** Listeners that the invocation added. */
  readonly #listeners: (readonly [event: Key, listener: Method])[] = [];

  constructor(client: object, { close, open = [] }: SharedClient, lease: Lease) {
    this.#client = client;
    this.#lease = lease;
    this.#closes = new Set(close);
    this.#opens = new Set(open);
    const handlers = standingFor(client);
    const get = (target: object, name: Key): unknown => {
      const value: unknown = handlers.get(target, name, client);
      return typeof value === 'function' && name !== 'constructor' ? this.#method(name, value as Method) : value;
    };
    this.proxy = new Proxy(Object.create(Reflect.getPrototypeOf(client)) as object, { ...handlers, get });
    lease.atEnd(() => this.#forget(undefined));
  }

  #method(name: Key, original: Method): Method {
    let method = this.#methods.get(name);
    if (method === undefined) {
      method = this.#methodFor(name, original);
      this.#methods.set(name, method);
    }
    return method;
  }

  #methodFor(name: Key, original: Method): Method {
    if (this.#closes.has(name)) return closesNothing;
    if (this.#opens.has(name)) return (...args) => openOnce(this.#client, name, () => original.apply(this.#client, args));
    if (addsListener.has(name)) return (...args) => this.#listen(original, args);
    if (name === 'removeAllListeners') return (event) => this.#forget(event as Key | undefined);
    // Bound: a client with private fields does not know its proxy. What returns itself to be chained returns the view.
    return (...args) => {
      const result = original.apply(this.#client, args);
      return result === this.#client ? this.proxy : result;
    };
  }

  /** A listener is the invocation's own and goes with it: others use the client after it. */
  #listen(add: Method, args: unknown[]): object {
    const [event, listener] = args as [Key, Method];
    if (this.#lease.hasEnded) return this.proxy;
    add.call(this.#client, event, listener);
    this.#listeners.push([event, listener]);
    return this.proxy;
  }

  /** Removes the listeners that the invocation added, all or those of an event. */
  #forget(event: Key | undefined): object {
    const leaving = this.#listeners.filter(([each]) => event === undefined || each === event);
    for (const [each, listener] of leaving) (this.#client as Methods)['removeListener']?.(each, listener);
    this.#listeners.splice(0, Infinity, ...this.#listeners.filter((entry) => !leaving.includes(entry)));
    return this.proxy;
  }
}

/** Others may use the client; who closes it is told at once that it is closed. */
function closesNothing(...args: unknown[]): Promise<void> {
  const callback = args.at(-1);
  if (typeof callback === 'function') setImmediate(callback as () => void);
  return Promise.resolve();
}

/**
 * A shared client as one invocation sees it: closing it closes nothing and resolves at once, opening it happens once for all, and listeners go
 * with the invocation.
 */
export function viewOf(client: object, description: SharedClient, lease: Lease): object {
  return new ClientView(client, description, lease).proxy;
}

/** With nobody listening, an error that it tells between two invocations would end the container; and many may listen at once. */
export function madeToBeShared(client: object): object {
  const { on, setMaxListeners } = client as Methods;
  if (typeof on !== 'function' || typeof setMaxListeners !== 'function') return client;
  on.call(client, 'error', () => undefined);
  setMaxListeners.call(client, 0);
  return client;
}
