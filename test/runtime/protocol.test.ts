import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { WireOutcome } from '../../src/core/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { startRuntime } from './runtime-process.js';

const io = fixtureSpec('io');

it('says in its status whether it holds a function, and which', async () => {
  const runtime = await startRuntime();
  expect(await runtime.get('/status')).toMatchObject({ statusCode: 200, contentType: 'application/json', body: { status: 'new' } });
  expect(await runtime.init({ ...io, functionId: 'greet' })).toMatchObject({ statusCode: 200, body: { status: 'ok' } });
  expect((await runtime.get('/status')).body).toMatchObject({ status: 'ok', function: 'greet' });
});

it('loads the function it was started with before it says that it is ready', async () => {
  const runtime = await startRuntime({ spec: io });
  expect((await runtime.get('/status')).body).toMatchObject({ status: 'ok', function: 'f' });
});

it('refuses a second function and keeps the first', async () => {
  const runtime = await startRuntime();
  await runtime.init({ ...io, functionId: 'first' });
  expect(await runtime.init({ ...io, functionId: 'second' })).toMatchObject({ statusCode: 500, body: { error: "already holds 'first'" } });
  expect((await runtime.get('/status')).body).toMatchObject({ function: 'first' });
  expect(await runtime.batch('serial', [{ do: 'returns', value: 1 }])).toMatchObject([{ status: 'completed', result: 1 }]);
});

it.each([
  ['fails-to-load.cjs', 'this module is broken on purpose'],
  ['no-handler.cjs', 'exports no function named handler'],
  ['missing.cjs', 'Cannot find module'],
] as const)('says why it cannot load %s, and takes another function then', async (file, why) => {
  const runtime = await startRuntime();
  const refused = await runtime.init(fixtureSpec('io', { file }));
  expect(refused.statusCode).toBe(500);
  expect(refused.body).toEqual({ error: expect.stringContaining(why) });
  expect((await runtime.get('/status')).body).toMatchObject({ status: 'new' });
  expect((await runtime.init(io)).statusCode).toBe(200);
});

it('says what /init lacks', async () => {
  const runtime = await startRuntime();
  expect(await runtime.post('/init', { function: 'f' })).toMatchObject({ statusCode: 500, body: { error: 'the body of /init must hold a spec' } });
});

it('loads functions that are ES modules', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('io', { file: 'es-module.mjs' }) });
  expect(await runtime.batch('serial', [{ value: 'esm' }])).toMatchObject([{ status: 'completed', result: 'esm' }]);
});

it('answers /run with one outcome', async () => {
  const runtime = await startRuntime({ spec: io });
  const { statusCode, body } = await runtime.post('/run', { function_id: 'a', input: { do: 'sleeps', ms: 30, value: 'done' } });
  const outcome = body as WireOutcome;
  expect(statusCode).toBe(200);
  expect(outcome).toMatchObject({ function_id: 'a', status: 'completed', result: 'done' });
  expect(outcome.exec_time).toBeGreaterThanOrEqual(29);
  expect(outcome.exec_time).toBeCloseTo(outcome.ended_ms - outcome.started_ms, 6);
  expect(outcome).not.toHaveProperty('error_code');
});

it('answers /batch_run with one object keyed by function_id', async () => {
  const runtime = await startRuntime({ spec: io });
  const { contentType, body } = await runtime.post('/batch_run', [
    { function_id: 'b', input: { do: 'returns', value: 2 } },
    { function_id: 'a', input: { do: 'throws' } },
  ]);
  expect(contentType).toBe('application/json');
  expect(Object.keys(body as object).sort()).toEqual(['a', 'b']);
  expect(body).toMatchObject({
    a: { function_id: 'a', status: 'failed', error_code: 'FBB_ERR_FUNCTION_THREW', message: 'thrown on purpose' },
    b: { function_id: 'b', status: 'completed', result: 2 },
  });
});

it('answers an empty batch at once, as an object and as a stream', async () => {
  const runtime = await startRuntime({ spec: io });
  expect(await runtime.post('/batch_run', [])).toMatchObject({ statusCode: 200, contentType: 'application/json', body: {} });
  expect(await runtime.post('/batch_run', [], { accept: 'application/x-ndjson' })).toMatchObject({ statusCode: 200, contentType: 'application/x-ndjson', body: undefined });
});

it('answers bad JSON and bad bodies with 400 and what is wrong, and goes on', async () => {
  const runtime = await startRuntime();
  const refusal = async (path: string, body: string): Promise<unknown> => {
    const { statusCode, body: answer } = await runtime.post(path, body);
    return [statusCode, typeof (answer as { error: unknown }).error];
  };
  for (const body of ['{"function": ', '', 'null']) expect(await refusal('/init', body), body).toEqual([400, 'string']);
  await runtime.init(io);
  for (const body of ['', 'nonsense', '[]', 'null', '7', '{"input": 1}']) expect(await refusal('/run', body), body).toEqual([400, 'string']);
  const batches = ['', '[{"function_id": "a"', '{"function_id": "a"}', '[{"function_id": "a"}, {"function_id": 7}]', '[null]', '[[]]', '"a"'];
  for (const body of batches) expect(await refusal('/batch_run', body), body).toEqual([400, 'string']);
  expect(await runtime.batch('serial', [{ do: 'returns', value: 1 }])).toMatchObject([{ result: 1 }]);
});

it('answers 404 where it serves nothing', async () => {
  const runtime = await startRuntime({ spec: io });
  expect(await runtime.get('/')).toMatchObject({ statusCode: 404 });
  expect(await runtime.get('/batch_run')).toMatchObject({ statusCode: 404 });
  expect(await runtime.post('/status', {})).toMatchObject({ statusCode: 404, body: { error: 'no such route: POST /status' } });
});

it('answers 409 to work that comes before a function', async () => {
  const runtime = await startRuntime();
  const work = { function_id: 'a', input: { do: 'returns' } };
  expect((await runtime.post('/run', work)).statusCode).toBe(409);
  expect((await runtime.post('/batch_run', [work])).statusCode).toBe(409);
  expect((await runtime.post('/batch_run', [work], { 'x-fbb-mode': 'serial' })).statusCode).toBe(409);
  await runtime.init(io);
  expect((await runtime.post('/run', work)).statusCode).toBe(200);
});

it('listens on a TCP port when it is given one', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const runtime = await startRuntime({ spec: io, port });
  expect(await runtime.batch('expanded', [{ do: 'returns', value: 'over TCP' }])).toMatchObject([{ result: 'over TCP' }]);
});

it('goes on when a client leaves in the middle of an answer', async () => {
  const runtime = await startRuntime({ spec: io });
  const leaving = new AbortController();
  const lines = runtime.stream('expanded', [{ do: 'returns', value: 1 }, { do: 'sleeps', ms: 50 }, { do: 'sleeps', ms: 60_000 }], leaving.signal);
  expect((await lines.next()).value).toMatchObject({ function_id: 'i0' });
  leaving.abort();
  await lines.next().catch(() => undefined);
  const [outcome] = await runtime.batch('expanded', [{ do: 'sleeps', ms: 100, value: 'still there' }]);
  expect(outcome).toMatchObject({ status: 'completed', result: 'still there' });
});
