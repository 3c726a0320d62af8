import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownClients, type FunctionSpec, type ResourceCache, type WireOutcome } from '../../src/core/index.js';
import { functionsFolder } from './built-programs.js';
import { startRuntime, type RuntimeProcess } from './runtime-process.js';

const spec: FunctionSpec = {
  functionId: 'f',
  name: 'constructs',
  kind: 'io',
  handlerPath: join(import.meta.dirname, '../fixtures/functions/constructs.cjs'),
  timeoutMs: 20_000,
  needs: [],
  share: [{ module: 'fake-client', exports: ['FakeClient', 'createClient'], open: ['connect'], close: ['close'], broken: { property: 'status', values: ['closed'] } }],
};

function start(resourceCache: ResourceCache, of: FunctionSpec = spec): Promise<RuntimeProcess> {
  return startRuntime({ spec: of, resourceCache });
}

async function results(runtime: RuntimeProcess, ...inputs: object[]): Promise<unknown[]> {
  return (await runtime.batch('expanded', inputs)).map(({ result, message }: WireOutcome) => result ?? message);
}

const equal = Array.from({ length: 20 }, () => ({ do: 'number', options: { host: 'h', port: 1 } }));

describe('a client that a function constructs by itself', () => {
  it('is the same for all invocations that construct it with equal arguments, and stays open when they close it', async () => {
    const runtime = await start({ policy: 'unbounded' });
    const numbers = await results(runtime, ...equal, { do: 'number', options: { port: 1, host: 'h' } }, { do: 'number', options: { host: 'g' } });
    // The first one was made while the function was loaded.
    expect(numbers).toEqual([...Array.from({ length: 21 }, () => 2), 3]);
    expect(await results(runtime, { do: 'counts' }, ...equal.slice(0, 1))).toEqual([{ made: 3, closed: 0 }, 2]);
    expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 21, misses: 2 } });
  });

  it('is one for each invocation, closed by it and only counted, where nothing is shared', async () => {
    const runtime = await start({ policy: 'off' });
    expect(new Set(await results(runtime, ...equal)).size).toBe(20);
    expect(await results(runtime, { do: 'counts' })).toEqual([{ made: 21, closed: 20 }]);
    expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 0, misses: 20 } });
  });

  it('is closed when it has left the cache and nobody uses it', async () => {
    const runtime = await start({ policy: 'lru', capacity: 1 });
    await results(runtime, { do: 'number', options: 'a' });
    await results(runtime, { do: 'number', options: 'b' });
    expect(await results(runtime, { do: 'counts' })).toEqual([{ made: 3, closed: 1 }]);
  });

  it('is made anew when it is broken, and when making it has failed', async () => {
    const runtime = await start({ policy: 'unbounded' });
    expect(await results(runtime, { do: 'breaks' })).toEqual([2]);
    expect(await results(runtime, { do: 'breaks' })).toEqual([3]);
    expect(await results(runtime, { do: 'fails' })).toEqual(['bad arguments']);
    expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 0, misses: 3, broken: 1, failures: 1 } });
  });

  it('is shared also where a function makes it, without new', async () => {
    expect(await results(await start({ policy: 'unbounded' }), { do: 'called', options: 1 }, { do: 'called', options: 1 })).toEqual([2, 2]);
  });

  it('looks to its invocation as if it were its own', async () => {
    const [looks] = await results(await start({ policy: 'unbounded' }), { do: 'looks' });
    expect(looks).toEqual({ tells: 'private', chained: true, instance: true, port: 7, note: 'written', name: 'FakeClient' });
  });

  it('loses the listeners that an invocation added at its end', async () => {
    const runtime = await start({ policy: 'unbounded' });
    const listens = { before: 0, now: 1, same: true };
    expect(await results(runtime, { do: 'listens' })).toEqual([listens]);
    expect(await results(runtime, { do: 'listens' })).toEqual([listens]);
  });

  it('is opened once for all, closed with a callback, and has what can never change', async () => {
    const runtime = await start({ policy: 'unbounded' });
    expect(await results(runtime, { do: 'connects' }, { do: 'connects' })).toEqual([['connected', 'fixed', true, true], ['connected', 'fixed', true, true]]);
    expect(await results(runtime, { do: 'callsBack' })).toEqual(['closed']);
  });

  it('keeps the listeners of others when an invocation removes all', async () => {
    const runtime = await start({ policy: 'unbounded' });
    expect(await results(runtime, { do: 'removes', wait: true }, { do: 'removes' })).toEqual([true, false]);
    expect(await results(runtime, { do: 'errs' }, { do: 'counts' })).toEqual([undefined, { made: 3, closed: 0 }]);
  });

  it('ends nothing with an error that comes when nobody uses it', async () => {
    const runtime = await start({ policy: 'unbounded' });
    await results(runtime, { do: 'errs' });
    expect(await results(runtime, { do: 'errs' }, { do: 'counts' })).toEqual([undefined, { made: 2, closed: 0 }]);
  });

  it('is the resource itself where a resource of the container is made of it', async () => {
    const runtime = await start({ policy: 'unbounded' });
    expect(await results(runtime, { do: 'resource' }, { do: 'resource' })).toEqual([2, 2]);
    expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 1, misses: 1 } });
  });

  it('that the package does not export is told', async () => {
    const wrong = { ...spec, share: [{ module: 'fake-client', exports: ['Client'], close: [] }] };
    await expect(start({ policy: 'unbounded' }, wrong)).rejects.toThrow("the package 'fake-client' exports no 'Client' that makes clients, as the manifest says");
  });

  it('is left alone where a class extends it, and where it is made while the function is loaded', async () => {
    const runtime = await start({ policy: 'unbounded' });
    expect(await results(runtime, { do: 'subclass' }, { do: 'atLoad' })).toEqual([{ own: true, tells: 'private', instance: true }, 1]);
    expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 0, misses: 0 } });
  });

  it('is shared by the invocations of a thread', async () => {
    const runtime = await start({ policy: 'unbounded' }, { ...spec, kind: 'cpu' });
    await results(runtime, { do: 'number', options: 'a' });
    await results(runtime, { do: 'number', options: 'a' });
    expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 1, misses: 1 } });
  });
});

it('the real clients of ioredis are intercepted where the build has put them beside a handler', async () => {
  // Nothing listens on port 1: the client is made all the same, and its first operation fails.
  const handlerPath = join(functionsFolder, 'kv-redis-plain/handler.cjs');
  const runtime = await startRuntime({ spec: { ...spec, handlerPath, share: knownClients.filter(({ module }) => module === 'ioredis') }, resourceCache: { policy: 'unbounded' }, env: { FBB_REDIS_URL: 'redis://127.0.0.1:1' } });
  const outcomes = await runtime.batch('expanded', [{ key: 'a', bytes: 1 }, { key: 'b', bytes: 1 }]);
  expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'failed']);
  expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 1, misses: 1 } });
});
