import { expect, it } from 'vitest';
import type { ResourceCache } from '../../src/core/index.js';
import { ResourceMultiplexer, type Lease } from '../../src/runtime/resource-multiplexer.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { startRuntime } from './runtime-process.js';

const unbounded: ResourceCache = { policy: 'unbounded' };

class Client {
  readonly number: number;
  disposed = 0;
  broken = false;

  constructor(number: number) {
    this.number = number;
  }
}

/** Makes clients that are told apart by their number, each after a turn of the loop. */
class ClientMaker {
  readonly made: Client[] = [];
  readonly create = async (): Promise<Client> => {
    const client = new Client(this.made.length + 1);
    this.made.push(client);
    await new Promise((resolve) => setImmediate(resolve));
    return client;
  };
}

const options = {
  dispose: (client: Client) => {
    client.disposed += 1;
  },
  isBroken: (client: Client) => client.broken,
};

function ask(lease: Lease, maker: ClientMaker, args: unknown = 'a'): Promise<Client> {
  return lease.resource('client', args, maker.create, options);
}

/** As one invocation after another does. */
async function askOnce(multiplexer: ResourceMultiplexer, maker: ClientMaker, args: unknown = 'a'): Promise<Client> {
  const lease = multiplexer.lease();
  const client = await ask(lease, maker, args);
  lease.end();
  return client;
}

it('makes exactly one instance for a thousand requests at the same time, and gives it to all', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const maker = new ClientMaker();
  const clients = await Promise.all(Array.from({ length: 1_000 }, () => ask(multiplexer.lease(), maker)));
  expect(maker.made).toHaveLength(1);
  expect(new Set(clients)).toEqual(new Set(maker.made));
  expect(multiplexer.usage).toMatchObject({ hits: 999, misses: 1, peak: 1 });
});

it('keeps an instance for requests that come later', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const maker = new ClientMaker();
  const first = await askOnce(multiplexer, maker);
  expect(await askOnce(multiplexer, maker)).toBe(first);
  expect(first.disposed).toBe(0);
});

it('shares what is made at once in the same way', () => {
  const multiplexer = new ResourceMultiplexer({ policy: 'lru', capacity: 1 });
  const lease = multiplexer.lease();
  const first = lease.resourceSync('sync', 1, () => new Client(1), options);
  expect(multiplexer.lease().resourceSync('sync', 1, () => new Client(2), options)).toBe(first);
  multiplexer.lease().resourceSync('sync', 2, () => new Client(3), options);
  expect([multiplexer.usage.hits, multiplexer.usage.misses, multiplexer.usage.evictions]).toEqual([1, 2, 1]);
  expect(() => lease.resourceSync('sync', 3, () => { throw new Error('bad arguments'); })).toThrow('bad arguments');
  expect(lease.resourceSync('sync', 3, () => 'made')).toBe('made');
});

it('fails everybody who waits for a creation that fails, and tries again for the next', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  let attempts = 0;
  const failing = async (): Promise<never> => {
    attempts += 1;
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('no connection');
  };
  const waiting = await Promise.allSettled(Array.from({ length: 10 }, () => multiplexer.lease().resource('client', 'a', failing)));
  expect(attempts).toBe(1);
  expect(waiting.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'rejected'));
  expect((await askOnce(multiplexer, new ClientMaker())).number).toBe(1);
  expect(multiplexer.usage).toMatchObject({ hits: 9, misses: 2, failures: 1, peak: 1 });
});

it('forgets also a creation that throws before it has begun to wait', async () => {
  const lease = new ResourceMultiplexer(unbounded).lease();
  await expect(lease.resource('client', 1, () => { throw new Error('bad arguments'); })).rejects.toThrow('bad arguments');
  expect(await lease.resource('client', 1, () => 'made')).toBe('made');
});

it('makes one for each request when it is off, and disposes of it at the end of the invocation', async () => {
  const multiplexer = new ResourceMultiplexer({ policy: 'off' });
  const maker = new ClientMaker();
  const leases = Array.from({ length: 100 }, () => multiplexer.lease());
  await Promise.all(leases.map((lease) => ask(lease, maker)));
  expect(maker.made).toHaveLength(100);
  expect(maker.made.every(({ disposed }) => disposed === 0)).toBe(true);
  for (const lease of leases) lease.end();
  expect(maker.made.every(({ disposed }) => disposed === 1)).toBe(true);
  expect(multiplexer.usage).toMatchObject({ hits: 0, misses: 100, peak: 100, savedBytes: 0 });
});

it('disposes of what it evicts when the last invocation that got it has ended, and not before', async () => {
  const multiplexer = new ResourceMultiplexer({ policy: 'lru', capacity: 1 });
  const maker = new ClientMaker();
  const [one, two] = [multiplexer.lease(), multiplexer.lease()];
  const first = await ask(one, maker, 'a');
  await ask(two, maker, 'a');
  const second = await askOnce(multiplexer, maker, 'b');
  expect([first.disposed, second.disposed]).toEqual([0, 0]);
  one.end();
  one.end();
  expect(first.disposed).toBe(0);
  two.end();
  expect([first.disposed, second.disposed]).toEqual([1, 0]);
  expect(multiplexer.usage).toMatchObject({ evictions: 1, peak: 2 });
});

it('makes anew what is broken when it is asked for, and disposes of it', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const maker = new ClientMaker();
  const first = await askOnce(multiplexer, maker);
  first.broken = true;
  expect((await askOnce(multiplexer, maker)).number).toBe(2);
  expect(first.disposed).toBe(1);
  expect(multiplexer.usage).toMatchObject({ broken: 1, evictions: 0, misses: 2 });
});

it('takes what cannot even be asked for broken', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const unspeakable = { isBroken: () => { throw new Error('gone'); } };
  await multiplexer.lease().resource('client', 1, () => 'first', unspeakable);
  expect(await multiplexer.lease().resource('client', 1, () => 'second', unspeakable)).toBe('second');
});

it('disposes of what an invocation began to make and did not wait for', async () => {
  const multiplexer = new ResourceMultiplexer({ policy: 'off' });
  const maker = new ClientMaker();
  const lease = multiplexer.lease();
  const late = ask(lease, maker);
  lease.end();
  await late;
  expect(maker.made.map(({ disposed }) => disposed)).toEqual([1]);
});

it('gives nothing to an invocation that has ended', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const lease = multiplexer.lease();
  lease.end();
  await expect(ask(lease, new ClientMaker())).rejects.toThrow("a resource of kind 'client' was asked for after the invocation had ended");
});

it('goes on when a disposal fails', async () => {
  const multiplexer = new ResourceMultiplexer({ policy: 'off' });
  const lease = multiplexer.lease();
  await lease.resource('sad', 1, () => 'a', { dispose: async () => { throw new Error('redis://user:secret@host'); } });
  await lease.resource('sad', 1, () => 'b', { dispose: () => { throw new Error('redis://user:secret@host'); } });
  lease.end();
  await multiplexer.close(1_000);
});

it('disposes of all that nobody uses at its close, and waits for it', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const ended: string[] = [];
  const dispose = async (name: string): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push(name);
  };
  const lease = multiplexer.lease();
  await lease.resource('client', 1, () => 'one', { dispose });
  await lease.resource('client', 2, () => 'two', { dispose });
  lease.end();
  await multiplexer.lease().resource('client', 2, () => 'never', { dispose });
  await multiplexer.close(5_000);
  expect(ended).toEqual(['one']);
});

it('does not wait at its close for a disposal that does not end', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const lease = multiplexer.lease();
  await lease.resource('client', 1, () => 'one', { dispose: () => new Promise<never>(() => undefined) });
  lease.end();
  await multiplexer.close(10);
});

it('counts the sizes of what was shared, as the function states them', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const stated = { sizeBytes: (text: string) => text.length * 100 };
  await Promise.all([1, 2, 3].map(() => multiplexer.lease().resource('client', 1, async () => 'abc', stated)));
  await multiplexer.lease().resource('client', 1, () => 'never', stated);
  expect(multiplexer.usage.savedBytes).toBe(900);
});

it('estimates the size of what nobody states one of by how much the heap grows', async () => {
  const multiplexer = new ResourceMultiplexer(unbounded);
  const large = (): number[] => Array.from({ length: 1_000_000 }, (_item, index) => index + 0.5);
  const lease = multiplexer.lease();
  await lease.resource('array', 1, large);
  await lease.resource('array', 1, large);
  expect(multiplexer.usage.savedBytes).toBeGreaterThan(4_000_000);
  expect(multiplexer.usage.savedBytes).toBeLessThan(100_000_000);
});

const asking = Array.from({ length: 30 }, (_item, index) => ({ do: 'asks-resource', args: index % 2 === 0 ? { a: 1, b: 2 } : { b: 2, a: 1 }, ms: 20 }));

it('shares among the invocations of a container when the container is told to', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('io'), multiplexing: true });
  const outcomes = await runtime.batch('expanded', asking);
  expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set([1]));
  expect(await runtime.batch('serial', asking.slice(0, 2))).toMatchObject([{ result: 1 }, { result: 1, resources: { hits: 31, misses: 1 } }]);
  expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 31, misses: 1 } });
});

it('shares nothing in a container that is not told to', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('io') });
  const outcomes = await runtime.batch('expanded', asking);
  expect(new Set(outcomes.map(({ result }) => result)).size).toBe(30);
});

it('counts also the requests of an invocation whose thread is ended', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu', { timeoutMs: 300 }), multiplexing: true });
  expect(await runtime.batch('expanded', [{ do: 'asks-resource', args: 1, ms: 60_000 }])).toMatchObject([{ status: 'timedOut' }]);
  expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 0, misses: 1 } });
});

it('shares among the invocations that run on the same thread, and counts those of all threads together', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu'), multiplexing: true });
  const first = await runtime.batch('expanded', asking.slice(0, 1));
  expect(await runtime.batch('expanded', asking.slice(0, 1))).toMatchObject([{ result: first[0]?.result }]);
  await runtime.batch('serial', asking.slice(0, 1));
  expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 1, misses: 2 } });
});
