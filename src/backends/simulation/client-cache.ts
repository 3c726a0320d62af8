import { createEvictionPolicy, type EvictionPolicy } from '../../caches/index.js';
import { createRng, type ResourceCache, type ResourceUsage } from '../../core/index.js';

/** An invocation, as far as clients are concerned. */
interface ClientUser<Self> {
  readonly resourceKey: string;
  /** The shared one that it uses, from its request for it to its end. */
  client: Client<Self> | undefined;
  /** Whether it uses one that nobody shares. */
  ownsClient: boolean;
  /** When it began to make one. */
  clientBegunMs: number;
}

/** A client that one invocation makes and others may use; it exists until nobody can. */
export class Client<User> {
  readonly key: string;
  made = false;
  /** Whether another invocation can still get it. */
  cached = true;
  users = 1;
  /** Of the requests that joined while it was made. */
  readonly waiting: User[] = [];
  joined = 0;

  constructor(key: string) {
    this.key = key;
  }
}

/** What became of the requests for clients in a container, all of its threads together. */
export class ClientCounts {
  hits = 0;
  misses = 0;
  evictions = 0;
  creationMs = 0;
  peak = 0;
  #existing = 0;

  begun(): void {
    this.misses += 1;
    this.#existing += 1;
    this.peak = Math.max(this.peak, this.#existing);
  }

  disposed(): void {
    this.#existing -= 1;
  }

  /** A host profile does not say how large a client is: nothing is known of bytes. */
  usage(): ResourceUsage {
    const { hits, misses, evictions, peak, creationMs } = this;
    return { hits, misses, failures: 0, evictions, broken: 0, peak, creationMs, savedBytes: 0 };
  }
}

const nobody: readonly never[] = [];

/** All clients cost the same memory here. */
const sizeBytes = 1;

/** The clients that invocations of one thread share: what the resource multiplexer is to a real container. */
export class ClientCache<User extends ClientUser<User>> {
  readonly #cache: ResourceCache;
  readonly #counts: ClientCounts;
  readonly #seed: number;
  readonly #clients = new Map<string, Client<User>>();
  #policy: EvictionPolicy<string> | undefined;

  constructor(cache: ResourceCache, counts: ClientCounts, seed: number) {
    this.#cache = cache;
    this.#counts = counts;
    this.#seed = seed;
  }

  /** Finds the client that a run asks for, or begins one, which the run is to make. */
  request(run: User, shares: boolean, nowMs: number): 'made' | 'joined' | 'begun' {
    const found = shares ? this.#clients.get(run.resourceKey) : undefined;
    if (found !== undefined) {
      this.#counts.hits += 1;
      found.users += 1;
      run.client = found;
      if (!found.made) {
        found.joined += 1;
        return 'joined';
      }
      this.#policy?.used(found.key);
      return 'made';
    }
    this.#counts.begun();
    run.clientBegunMs = nowMs;
    run.ownsClient = !shares;
    if (shares) this.#add(run);
    return 'begun';
  }

  /** Its client is there; returns who else waited for it. */
  made(run: User, nowMs: number): readonly User[] {
    const { client } = run;
    const costMs = nowMs - run.clientBegunMs;
    this.#counts.creationMs += costMs;
    if (client === undefined) return nobody;
    client.made = true;
    if (client.cached) {
      // Clients that were made at the same time can have been too many.
      this.#makeRoom(0);
      this.#policy?.added(client.key, costMs, sizeBytes);
      for (let i = 0; i < client.joined; i += 1) this.#policy?.used(client.key);
    }
    return client.waiting;
  }

  /** The run uses its client no longer. */
  ended(run: User): void {
    if (run.ownsClient) {
      run.ownsClient = false;
      this.#counts.disposed();
    }
    const { client } = run;
    if (client === undefined) return;
    run.client = undefined;
    client.users -= 1;
    this.#disposeIfUnused(client);
  }

  #add(run: User): void {
    this.#policy ??= createEvictionPolicy(this.#cache, createRng(this.#seed));
    this.#makeRoom(1);
    const client = new Client<User>(run.resourceKey);
    run.client = client;
    this.#clients.set(client.key, client);
  }

  /** Clients that are being made are in nobody's way: they cannot go before they are there. */
  #makeRoom(more: number): void {
    const capacity = this.#cache.capacity ?? Number.POSITIVE_INFINITY;
    while (this.#clients.size + more > capacity) {
      const key = this.#policy?.evict();
      if (key === undefined) return;
      const client = this.#clients.get(key) as Client<User>;
      this.#clients.delete(key);
      this.#counts.evictions += 1;
      client.cached = false;
      this.#disposeIfUnused(client);
    }
  }

  #disposeIfUnused(client: Client<User>): void {
    if (!client.cached && client.users === 0) this.#counts.disposed();
  }
}
