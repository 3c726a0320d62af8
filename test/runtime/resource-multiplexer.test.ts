import { expect, it } from 'vitest';
import { ResourceMultiplexer } from '../../src/runtime/resource-multiplexer.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { startRuntime } from './runtime-process.js';

/** Makes clients that are told apart by their number, each after a turn of the loop. */
function clientMaker(): { created: number; create(): Promise<{ number: number }> } {
  const maker = {
    created: 0,
    async create(): Promise<{ number: number }> {
      maker.created += 1;
      const number = maker.created;
      await new Promise((resolve) => setImmediate(resolve));
      return { number };
    },
  };
  return maker;
}

it('makes exactly one instance for a thousand requests at the same time, and gives it to all', async () => {
  const multiplexer = new ResourceMultiplexer(true);
  const maker = clientMaker();
  const clients = await Promise.all(Array.from({ length: 1_000 }, () => multiplexer.get('s3', { bucket: 'b' }, maker.create)));
  expect(maker.created).toBe(1);
  expect(new Set(clients).size).toBe(1);
  expect(multiplexer.misses).toBe(1);
  expect(multiplexer.hits).toBe(999);
});

it('keeps an instance for requests that come later', async () => {
  const multiplexer = new ResourceMultiplexer(true);
  const maker = clientMaker();
  const first = await multiplexer.get('s3', 1, maker.create);
  expect(await multiplexer.get('s3', 1, maker.create)).toBe(first);
  expect(maker.created).toBe(1);
});

it('takes arguments for equal when only the order of their keys differs, at any depth', async () => {
  const multiplexer = new ResourceMultiplexer(true);
  const maker = clientMaker();
  const first = await multiplexer.get('s3', { region: 'eu', auth: { user: 'ada', secret: 's' }, list: [{ a: 1, b: 2 }] }, maker.create);
  const second = await multiplexer.get('s3', { list: [{ b: 2, a: 1 }], auth: { secret: 's', user: 'ada' }, region: 'eu' }, maker.create);
  expect(second).toBe(first);
});

it.each([
  ['another kind', 'sqs', { bucket: 'b', ids: [1, 2] }],
  ['other values', 's3', { bucket: 'c', ids: [1, 2] }],
  ['another key', 's3', { basket: 'b', ids: [1, 2] }],
  ['one key more', 's3', { bucket: 'b', ids: [1, 2], more: null }],
  ['another order of a list', 's3', { bucket: 'b', ids: [2, 1] }],
  ['another type of a value', 's3', { bucket: 'b', ids: ['1', '2'] }],
  ['no arguments', 's3', undefined],
])('does not share with %s', async (_what, kind, args) => {
  const multiplexer = new ResourceMultiplexer(true);
  const maker = clientMaker();
  const first = await multiplexer.get('s3', { bucket: 'b', ids: [1, 2] }, maker.create);
  expect(await multiplexer.get(kind, args, maker.create)).not.toBe(first);
  expect(maker.created).toBe(2);
});

it('fails everybody who waits for a creation that fails, and tries again for the next', async () => {
  const multiplexer = new ResourceMultiplexer(true);
  const maker = clientMaker();
  let attempts = 0;
  const failing = async (): Promise<{ number: number }> => {
    attempts += 1;
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('no connection');
  };
  const waiting = await Promise.allSettled(Array.from({ length: 10 }, () => multiplexer.get('s3', 1, failing)));
  expect(attempts).toBe(1);
  expect(waiting.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'rejected'));
  expect(await multiplexer.get('s3', 1, maker.create)).toEqual({ number: 1 });
});

it('forgets also a creation that throws before it has begun to wait', async () => {
  const multiplexer = new ResourceMultiplexer(true);
  const throwing = (): never => {
    throw new Error('bad arguments');
  };
  await expect(multiplexer.get('s3', 1, throwing)).rejects.toThrow('bad arguments');
  expect(await multiplexer.get('s3', 1, () => 'made')).toBe('made');
});

it('makes one for each request when it is off', async () => {
  const multiplexer = new ResourceMultiplexer(false);
  const maker = clientMaker();
  const clients = await Promise.all(Array.from({ length: 100 }, () => multiplexer.get('s3', 1, maker.create)));
  expect(maker.created).toBe(100);
  expect(new Set(clients).size).toBe(100);
  expect([multiplexer.hits, multiplexer.misses]).toEqual([0, 100]);
});

const asking = Array.from({ length: 30 }, (_item, index) => ({ do: 'asks-resource', args: index % 2 === 0 ? { a: 1, b: 2 } : { b: 2, a: 1 }, ms: 20 }));

it('shares among the invocations of a container when the container is told to', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('io'), multiplexing: true });
  const outcomes = await runtime.batch('expanded', asking);
  expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set([1]));
  expect(await runtime.batch('serial', asking.slice(0, 2))).toMatchObject([{ result: 1 }, { result: 1 }]);
  expect((await runtime.get('/status')).body).toMatchObject({ resources: { hits: 31, misses: 1 } });
});

it('shares nothing in a container that is not told to', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('io') });
  const outcomes = await runtime.batch('expanded', asking);
  expect(new Set(outcomes.map(({ result }) => result)).size).toBe(30);
});

it('shares among the invocations that run on the same thread', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu'), multiplexing: true });
  const first = await runtime.batch('expanded', asking.slice(0, 1));
  expect(await runtime.batch('expanded', asking.slice(0, 1))).toMatchObject([{ result: first[0]?.result }]);
});
