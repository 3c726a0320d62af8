/** JSON with object keys in order, so that equal arguments have equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * The resource multiplexer (FaaSBatch section III-D): invocations that ask for the same kind of resource with equal arguments share one
 * instance. Concurrent first requests wait for one creation; a creation that fails is forgotten.
 */
export class ResourceMultiplexer {
  readonly #shared: boolean;
  readonly #instances = new Map<string, Promise<unknown>>();
  hits = 0;
  misses = 0;

  constructor(shared: boolean) {
    this.#shared = shared;
  }

  async get<T>(kind: string, args: unknown, create: () => T | Promise<T>): Promise<T> {
    if (!this.#shared) {
      this.misses += 1;
      return create();
    }
    const key = `${kind}\n${canonicalJson(args)}`;
    const present = this.#instances.get(key);
    if (present !== undefined) {
      this.hits += 1;
      return present as Promise<T>;
    }
    this.misses += 1;
    const created = Promise.resolve().then(create);
    this.#instances.set(key, created);
    created.catch(() => this.#instances.delete(key));
    return created;
  }
}
