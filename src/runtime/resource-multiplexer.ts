import { createEvictionPolicy } from '../caches/create-eviction-policy.js';
import type { EvictionPolicy } from '../caches/eviction-policy.js';
import type { ResourceOptions } from '../core/function.js';
import { monotonicNowMs } from '../core/monotonic-clock.js';
import type { ResourceCache, ResourceUsage } from '../core/resource-cache.js';
import { createRng } from '../core/rng.js';
import { resourceKey } from './resource-key.js';
import { ResourceSizes } from './resource-sizes.js';

/** One resource, from the moment in which somebody begins to make it. */
interface Entry {
  readonly key: string;
  readonly kind: string;
  readonly options: ResourceOptions<unknown>;
  state: 'creating' | 'made' | 'failed' | 'disposed';
  promise: Promise<unknown> | undefined;
  value: unknown;
  /** Whether others can still get it. */
  cached: boolean;
  /** Open leases that got it, or wait for it. */
  users: number;
  /** Requests that joined while it was made. */
  joined: number;
  sizeBytes: number;
}

/** What one invocation holds. Nothing that it got is disposed before its end. */
export interface Lease {
  resource<T>(kind: string, args: unknown, create: () => T | Promise<T>, options?: ResourceOptions<T>): Promise<T>;
  /** The same for what is made at once. */
  resourceSync<T>(kind: string, args: unknown, create: () => T, options?: ResourceOptions<T>): T;
  /** Calls back at the end; for what the invocation has put into a resource that others use too. */
  atEnd(callback: () => void): void;
  readonly hasEnded: boolean;
  /** The invocation has ended. May be called again. */
  end(): void;
}

type MutableUsage = { -readonly [Key in keyof ResourceUsage]: ResourceUsage[Key] };

interface MultiplexerOptions {
  /** Of the policy that is random. */
  readonly seed?: number;
  /** Calls what makes a resource, so that what that constructs in turn, now or later, is its own; see `Scope`. */
  readonly outside?: (<T>(create: () => T) => T) | undefined;
  /** Told that the usage has changed. */
  readonly onUsage?: () => void;
}

/**
 * The resource multiplexer (FaaSBatch section III-D; caches: IEEE TC 2024): invocations that ask for the same kind of resource with equal
 * arguments share one instance. Concurrent first requests wait for one creation; a creation that fails is forgotten; what is closed or
 * broken is made anew. A cache that is full gives one up before it takes another; resources that are being made cannot go, so for as
 * long as that takes there may be more. What left the cache is disposed when the last invocation that got it has ended.
 */
export class ResourceMultiplexer {
  readonly #capacity: number;
  readonly #shares: boolean;
  readonly #policy: EvictionPolicy<string> | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #sizes = new ResourceSizes();
  readonly #disposals = new Set<Promise<void>>();
  readonly #onUsage: () => void;
  readonly #outside: <T>(create: () => T) => T;
  readonly #complainedOf = new Set<string>();
  readonly #usage: MutableUsage = { hits: 0, misses: 0, failures: 0, evictions: 0, broken: 0, peak: 0, creationMs: 0, savedBytes: 0 };
  #existing = 0;

  constructor(cache: ResourceCache, { seed = 1, outside = (create) => create(), onUsage = () => undefined }: MultiplexerOptions = {}) {
    this.#outside = outside;
    this.#onUsage = onUsage;
    this.#shares = cache.policy !== 'off';
    this.#capacity = cache.capacity ?? Number.POSITIVE_INFINITY;
    this.#policy = createEvictionPolicy(cache, createRng(seed));
  }

  get wasAsked(): boolean {
    return this.#usage.hits + this.#usage.misses > 0;
  }

  get usage(): ResourceUsage {
    return { ...this.#usage };
  }

  lease(): Lease {
    const held: Entry[] = [];
    const callbacks: (() => void)[] = [];
    let open = true;
    this.#sizes.leaseOpened();
    const find = (kind: string, args: unknown, options: ResourceOptions<unknown> | undefined): { readonly entry: Entry; readonly isNew: boolean } => {
      if (!open) throw new Error(`a resource of kind '${kind}' was asked for after the invocation had ended`);
      const found = this.#find(kind, args, options);
      found.entry.users += 1;
      held.push(found.entry);
      return found;
    };
    return {
      resource: async <T>(kind: string, args: unknown, create: () => T | Promise<T>, options?: ResourceOptions<T>): Promise<T> => {
        const { entry, isNew } = find(kind, args, options as ResourceOptions<unknown>);
        if (isNew) entry.promise = this.#create(entry, create);
        return (entry.promise ?? entry.value) as T;
      },
      resourceSync: <T>(kind: string, args: unknown, create: () => T, options?: ResourceOptions<T>): T => {
        const { entry, isNew } = find(kind, args, options as ResourceOptions<unknown>);
        if (isNew) this.#createSync(entry, create);
        if (entry.state !== 'made') throw new Error(`a resource of kind '${kind}' is being made and cannot be had at once`);
        return entry.value as T;
      },
      get hasEnded() {
        return !open;
      },
      atEnd: (callback) => void callbacks.push(callback),
      end: () => {
        if (!open) return;
        open = false;
        this.#sizes.leaseEnded();
        for (const callback of callbacks) quietly(callback);
        for (const entry of held) {
          entry.users -= 1;
          this.#disposeIfUnused(entry);
        }
      },
    };
  }

  /** Gives up everything that nobody uses; resolves when all disposals under way have ended, or after `limitMs`. */
  async close(limitMs: number): Promise<void> {
    for (const entry of this.#entries.values()) {
      entry.cached = false;
      this.#disposeIfUnused(entry);
    }
    this.#entries.clear();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([Promise.all(this.#disposals), limit]);
    clearTimeout(timer);
  }

  /** The entry of a request: one that is there or being made, or a new one, whose resource the caller is to make. */
  #find(kind: string, args: unknown, options: ResourceOptions<unknown> = {}): { readonly entry: Entry; readonly isNew: boolean } {
    const key = this.#shares ? resourceKey(kind, args) : '';
    const found = this.#shares ? this.#usable(key) : undefined;
    if (found !== undefined) {
      this.#usage.hits += 1;
      if (found.state === 'made') {
        this.#usage.savedBytes += found.sizeBytes;
        this.#policy?.used(key);
      } else found.joined += 1;
      this.#onUsage();
      return { entry: found, isNew: false };
    }
    const entry: Entry = { key, kind, options, state: 'creating', promise: undefined, value: undefined, cached: this.#shares, users: 0, joined: 0, sizeBytes: 0 };
    this.#usage.misses += 1;
    this.#existing += 1;
    this.#usage.peak = Math.max(this.#usage.peak, this.#existing);
    if (this.#shares) {
      this.#makeRoom(1);
      this.#entries.set(key, entry);
    }
    this.#onUsage();
    return { entry, isNew: true };
  }

  /** What is in the cache and not broken. */
  #usable(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.state !== 'made' || !isBroken(entry)) return entry;
    this.#usage.broken += 1;
    this.#policy?.removed(key);
    this.#leave(entry);
    return undefined;
  }

  async #create<T>(entry: Entry, create: () => T | Promise<T>): Promise<T> {
    const creation = this.#begin(entry);
    try {
      return creation.made(await this.#outside(create));
    } catch (thrown) {
      creation.failed();
      throw thrown;
    }
  }

  #createSync(entry: Entry, create: () => unknown): void {
    const creation = this.#begin(entry);
    try {
      creation.made(this.#outside(create));
    } catch (thrown) {
      creation.failed();
      throw thrown;
    }
  }

  /** Times and measures a creation; one of the two is to be called at its end. */
  #begin(entry: Entry): { made<T>(value: T): T; failed(): void } {
    const size = this.#sizes.begin(entry.kind);
    const begunMs = monotonicNowMs();
    return {
      made: (value) => {
        this.#made(entry, value, { costMs: monotonicNowMs() - begunMs, measuredBytes: size.end() });
        return value;
      },
      failed: () => {
        size.end();
        this.#failed(entry);
      },
    };
  }

  #made(entry: Entry, value: unknown, { costMs, measuredBytes }: { readonly costMs: number; readonly measuredBytes: number }): void {
    entry.value = value;
    entry.state = 'made';
    entry.sizeBytes = statedSize(entry) ?? measuredBytes;
    this.#usage.creationMs += costMs;
    this.#usage.savedBytes += entry.joined * entry.sizeBytes;
    if (entry.cached) {
      this.#makeRoom(0);
      this.#policy?.added(entry.key, costMs, entry.sizeBytes);
      for (let i = 0; i < entry.joined; i += 1) this.#policy?.used(entry.key);
    } else this.#disposeIfUnused(entry);
    this.#onUsage();
  }

  /** Forgotten: who waited gets the error, the next one tries again. */
  #failed(entry: Entry): void {
    entry.state = 'failed';
    this.#usage.failures += 1;
    this.#existing -= 1;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    this.#onUsage();
  }

  #makeRoom(more: number): void {
    while (this.#entries.size + more > this.#capacity) {
      const key = this.#policy?.evict();
      if (key === undefined) return;
      this.#usage.evictions += 1;
      this.#leave(this.#entries.get(key) as Entry);
    }
  }

  #leave(entry: Entry): void {
    this.#entries.delete(entry.key);
    entry.cached = false;
    this.#disposeIfUnused(entry);
  }

  #disposeIfUnused(entry: Entry): void {
    if (entry.cached || entry.users > 0 || entry.state !== 'made') return;
    entry.state = 'disposed';
    this.#existing -= 1;
    const { options, value } = entry;
    if (options.dispose === undefined) return;
    const disposal: Promise<void> = (async () => options.dispose?.(value))()
      .catch(() => this.#complain(entry.kind))
      .finally(() => this.#disposals.delete(disposal));
    this.#disposals.add(disposal);
  }

  /** Once a kind, and without what was thrown: it may hold an address with its password. */
  #complain(kind: string): void {
    if (this.#complainedOf.has(kind)) return;
    this.#complainedOf.add(kind);
    process.stderr.write(`a resource of kind '${kind}' could not be disposed of\n`);
  }
}

/** A resource that is broken may refuse what an invocation leaves behind; the others are given back all the same. */
function quietly(callback: () => void): void {
  try {
    callback();
  } catch {
    // Nobody is there to be told.
  }
}

/** What cannot even be asked is broken. */
function isBroken({ options, value }: Entry): boolean {
  try {
    return options.isBroken?.(value) === true;
  } catch {
    return true;
  }
}

/** What the function says of the size, if it says anything that can be one. */
function statedSize({ options, value }: Entry): number | undefined {
  try {
    const stated = typeof options.sizeBytes === 'function' ? options.sizeBytes(value) : options.sizeBytes;
    return stated !== undefined && Number.isFinite(stated) && stated > 0 ? stated : undefined;
  } catch {
    return undefined;
  }
}
