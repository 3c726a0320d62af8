import { expect, it } from 'vitest';
import { cachePolicies, createRng, isLimited, type ResourceCache, type Rng } from '../../src/core/index.js';
import { ResourceMultiplexer, type Lease } from '../../src/runtime/resource-multiplexer.js';
import { runs } from '../support/property-runs.js';

interface Client {
  readonly key: number;
  readonly users: Set<number>;
  broken: boolean;
  disposed: number;
}

interface Creation {
  readonly key: number;
  end(fails: boolean): void;
}

/** A container in which anything happens at any time, and everything that must hold is checked at every step. */
class RandomContainer {
  readonly #rng: Rng;
  readonly #multiplexer: ResourceMultiplexer;
  readonly #cache: ResourceCache;
  readonly #leases = new Map<number, Lease>();
  readonly #creations: Creation[] = [];
  readonly #clients: Client[] = [];
  readonly #faults: string[] = [];
  #nextLease = 0;
  #requests = 0;
  #failed = 0;

  constructor(cache: ResourceCache, rng: Rng) {
    this.#rng = rng;
    this.#cache = cache;
    this.#multiplexer = new ResourceMultiplexer(cache, { seed: rng.integer(1_000) });
  }

  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      this.#act();
      if (this.#rng.integer(3) === 0) await Promise.resolve();
    }
    while (this.#creations.length > 0) this.#endCreation();
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#leases.size > 0) this.#endLease();
    this.#checkCounts();
    await this.#multiplexer.close(1_000);
    for (const client of this.#clients) if (client.disposed !== 1) this.#faults.push(`disposed ${client.disposed} times`);
    expect(this.#faults.slice(0, 3)).toEqual([]);
  }

  #act(): void {
    const { length: open } = [...this.#leases];
    const what = this.#rng.integer(10);
    if (what < 2 || open === 0) this.#leases.set(this.#nextLease++, this.#multiplexer.lease());
    else if (what < 6) this.#ask();
    else if (what < 7) this.#endLease();
    else if (what < 9) this.#endCreation();
    else this.#break();
  }

  #ask(): void {
    const [id, lease] = [...this.#leases][this.#rng.integer(this.#leases.size)] as [number, Lease];
    const key = this.#rng.integer(12);
    this.#requests += 1;
    const dispose = (client: Client): void => {
      client.disposed += 1;
      if (client.users.size > 0) this.#faults.push(`client of ${key} was disposed under a running invocation`);
    };
    const handedOut = (client: Client): void => {
      // An invocation that has ended meanwhile does not use it any more.
      if (this.#leases.get(id) !== lease) return;
      if (client.key !== key) this.#faults.push(`client of ${client.key} was given for ${key}`);
      if (client.disposed > 0) this.#faults.push(`a disposed client of ${key} was handed out`);
      client.users.add(id);
    };
    lease.resource('client', { key }, () => this.#create(key), { dispose, isBroken: ({ broken }) => broken, sizeBytes: 100 + key }).then(handedOut, () => undefined);
  }

  #create(key: number): Client | Promise<Client> {
    const made = (): Client => {
      const client = { key, users: new Set<number>(), broken: false, disposed: 0 };
      this.#clients.push(client);
      return client;
    };
    if (this.#rng.integer(4) === 0) return made();
    return new Promise((resolve, reject) => {
      this.#creations.push({
        key,
        end: (fails) => {
          if (fails) {
            this.#failed += 1;
            reject(new Error('no connection'));
          } else resolve(made());
        },
      });
    });
  }

  #endCreation(): void {
    const [creation] = this.#creations.splice(this.#rng.integer(Math.max(1, this.#creations.length)), 1);
    creation?.end(this.#rng.integer(5) === 0);
  }

  #endLease(): void {
    const [id, lease] = [...this.#leases][this.#rng.integer(this.#leases.size)] as [number, Lease];
    this.#leases.delete(id);
    for (const client of this.#clients) client.users.delete(id);
    lease.end();
  }

  #break(): void {
    const client = this.#clients[this.#rng.integer(Math.max(1, this.#clients.length))];
    if (client !== undefined) client.broken = true;
  }

  #checkCounts(): void {
    const { hits, misses, failures, evictions, broken, peak } = this.#multiplexer.usage;
    const existing = this.#clients.filter(({ disposed }) => disposed === 0).length;
    expect(hits + misses).toBe(this.#requests);
    expect(failures).toBe(this.#failed);
    expect(misses - failures).toBe(this.#clients.length);
    expect(peak).toBeGreaterThanOrEqual(existing);
    if (this.#cache.policy === 'off') expect([hits, evictions, broken, existing]).toEqual([0, 0, 0, 0]);
    else expect(existing).toBe(misses - failures - evictions - broken);
    if (this.#cache.capacity !== undefined) expect(existing).toBeLessThanOrEqual(this.#cache.capacity);
  }
}

/** Of each policy, so that there are ten thousand operations and more in all. */
const steps = 700;

it.each(cachePolicies)('%s: whatever happens in whatever order, no disposed client is handed out and none is disposed under an invocation', async (policy) => {
  const { numRuns, seed } = runs(5);
  for (let run = 0; run < numRuns; run += 1) {
    const rng = createRng(seed).derive(`${policy} ${run}`);
    await new RandomContainer(isLimited(policy) ? { policy, capacity: 1 + (run % 5) } : { policy }, rng).run(steps);
  }
});
