import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { monotonicNowMs } from '../../src/core/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { startRuntime, type RuntimeProcess } from './runtime-process.js';

const io = fixtureSpec('io');
const cpu = fixtureSpec('cpu');

/** Inputs of invocations that end only when all of them run at the same time. */
function meeting(runtime: RuntimeProcess, behaviour: 'meets' | 'meets-blocking', party: number): unknown[] {
  const folder = join(runtime.folder, 'meeting');
  mkdirSync(folder);
  return Array.from({ length: party }, (_item, index) => ({ do: behaviour, folder, name: String(index), party }));
}

it('streams the outcome of an invocation while a slower one still runs', async () => {
  const runtime = await startRuntime({ spec: io });
  const gate = join(runtime.folder, 'gate');
  const lines = runtime.stream('expanded', [{ do: 'waits-for-file', path: gate }, { do: 'returns', value: 1 }]);
  expect((await lines.next()).value).toMatchObject({ function_id: 'i1', status: 'completed' });
  writeFileSync(gate, '');
  expect((await lines.next()).value).toMatchObject({ function_id: 'i0', status: 'completed' });
  expect((await lines.next()).done).toBe(true);
});

it('streams the outcomes of a serial batch one by one', async () => {
  const runtime = await startRuntime({ spec: io });
  const gate = join(runtime.folder, 'gate');
  const lines = runtime.stream('serial', [{ do: 'returns', value: 1 }, { do: 'waits-for-file', path: gate }, { do: 'returns', value: 3 }]);
  expect((await lines.next()).value).toMatchObject({ function_id: 'i0' });
  writeFileSync(gate, '');
  expect((await lines.next()).value).toMatchObject({ function_id: 'i1' });
  expect((await lines.next()).value).toMatchObject({ function_id: 'i2' });
});

it('leaves results out of a stream', async () => {
  const runtime = await startRuntime({ spec: io });
  const { value } = await runtime.stream('expanded', [{ do: 'returns', value: 1 }]).next();
  expect(value).not.toHaveProperty('result');
});

it.each(['cpu', 'io'] as const)('runs a serial batch of a function of kind %s in order, one at a time', async (kind) => {
  const runtime = await startRuntime({ spec: fixtureSpec(kind) });
  const outcomes = await runtime.batch('serial', [{ do: 'sleeps', ms: 30 }, { do: 'blocks', ms: 20 }, { do: 'sleeps', ms: 1 }, { do: 'returns' }]);
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'completed']);
  for (const [index, outcome] of outcomes.entries()) {
    expect(outcome.ended_ms).toBeGreaterThanOrEqual(outcome.started_ms);
    if (index > 0) expect(outcome.started_ms).toBeGreaterThanOrEqual(outcomes[index - 1]?.ended_ms as number);
  }
});

it('counts what an invocation waits for those before it as queue time', async () => {
  const runtime = await startRuntime({ spec: io });
  const sentMs = monotonicNowMs();
  const [first, second, third] = await runtime.batch('serial', [{ do: 'sleeps', ms: 60 }, { do: 'blocks', ms: 60 }, { do: 'returns' }]);
  // A timer of Node may fire up to a millisecond early.
  expect(second?.queue_time).toBeGreaterThanOrEqual((first?.queue_time as number) + 59);
  expect(third?.queue_time).toBeGreaterThanOrEqual((second?.queue_time as number) + 59);
  // All of them were received together, on the clock that this process has too.
  for (const outcome of [first, second, third]) expect((outcome?.started_ms as number) - (outcome?.queue_time as number)).toBeCloseTo((first?.started_ms as number) - (first?.queue_time as number), 6);
  expect((first?.started_ms as number) - (first?.queue_time as number)).toBeGreaterThanOrEqual(sentMs);
  expect(third?.ended_ms).toBeLessThanOrEqual(monotonicNowMs());
});

it('runs serial batches that come together one after the other', async () => {
  const runtime = await startRuntime({ spec: io });
  const batch = Array.from({ length: 3 }, () => ({ do: 'counts-neighbours', ms: 15 }));
  const outcomes = (await Promise.all([runtime.batch('serial', batch), runtime.batch('serial', batch)])).flat();
  expect(outcomes.map(({ result }) => result)).toEqual([1, 1, 1, 1, 1, 1]);
});

it('runs an expanded batch of an I/O function all at once on the event loop', async () => {
  const runtime = await startRuntime({ spec: io });
  const outcomes = await runtime.batch('expanded', meeting(runtime, 'meets', 20));
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['completed']));
  expect(await runtime.batch('expanded', [{ do: 'tells-thread' }])).toMatchObject([{ result: 0 }]);
});

it('runs an expanded batch of a CPU function all at once on threads', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const outcomes = await runtime.batch('expanded', meeting(runtime, 'meets-blocking', 4));
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'completed']);
});

it('expands when nobody says how to run a batch', async () => {
  const runtime = await startRuntime({ spec: io });
  const party = meeting(runtime, 'meets', 3).map((input, index) => ({ function_id: String(index), input }));
  expect((await runtime.post('/batch_run', party)).body).toMatchObject({ 0: { status: 'completed' }, 1: { status: 'completed' }, 2: { status: 'completed' } });
});

it('starts an expanded batch beside a serial one that is under way', async () => {
  const runtime = await startRuntime({ spec: io });
  const gate = join(runtime.folder, 'gate');
  const serial = runtime.batch('serial', [{ do: 'waits-for-file', path: gate, mark: join(runtime.folder, 'begun') }]);
  await vi.waitFor(() => expect(existsSync(join(runtime.folder, 'begun'))).toBe(true), 5_000);
  expect(await runtime.batch('expanded', [{ do: 'returns', value: 1 }])).toMatchObject([{ status: 'completed' }]);
  writeFileSync(gate, '');
  expect(await serial).toMatchObject([{ status: 'completed' }]);
});

const modes = [
  ['serial', 'cpu'],
  ['expanded', 'io'],
  ['expanded', 'cpu'],
] as const;

it.each(modes)('tells the CPU time of an invocation whose thread is its own (%s, %s)', async (mode, kind) => {
  const runtime = await startRuntime({ spec: fixtureSpec(kind) });
  const [computing, blocked] = await runtime.batch(mode, [{ do: 'computes', ms: 60 }, { do: 'blocks', ms: 60 }]);
  const shared = mode === 'expanded' && kind === 'io';
  if (shared || process.platform !== 'linux') {
    expect(computing).not.toHaveProperty('cpu_ms');
    return;
  }
  expect(computing?.cpu_ms).toBeGreaterThan(1);
  expect(computing?.cpu_ms).toBeLessThanOrEqual((computing?.exec_time as number) + 1);
  expect(blocked?.cpu_ms).toBeLessThan(computing?.cpu_ms as number);
});

const bad = [
  ['throws', 'failed', 'FBB_ERR_FUNCTION_THREW', 'thrown on purpose'],
  ['throws-async', 'failed', 'FBB_ERR_FUNCTION_THREW', 'rejected on purpose'],
  ['throws-nothing', 'failed', 'FBB_ERR_FUNCTION_THREW', 'undefined'],
  ['returns-wrong', 'failed', 'FBB_ERR_FUNCTION_OUTPUT', 'expected 7, got not 7'],
  ['does-what', 'failed', 'FBB_ERR_FUNCTION_INPUT', "nothing is known of 'does-what'"],
  ['never-resolves', 'timedOut', 'FBB_ERR_FUNCTION_TIMEOUT', 'still running after 1000 ms'],
] as const;

it.each(modes)('names what is wrong with each bad invocation of a batch and completes the others (%s, %s)', async (mode, kind) => {
  const runtime = await startRuntime({ spec: fixtureSpec(kind, { timeoutMs: 1_000 }) });
  const inputs = bad.flatMap(([behaviour]) => [{ do: behaviour, value: 7 }, { do: 'returns', value: 'good' }]);
  const outcomes = await runtime.batch(mode, inputs);
  for (const [index, [, status, code, message]] of bad.entries()) {
    expect(outcomes[2 * index]).toMatchObject({ status, error_code: code, message });
    expect(outcomes[2 * index + 1]).toMatchObject({ status: 'completed', result: 'good' });
  }
});

it.each(modes)('fails only the invocation whose own check is broken (%s, %s)', async (mode, kind) => {
  const runtime = await startRuntime({ spec: fixtureSpec(kind) });
  const outcomes = await runtime.batch(mode, [{ do: 'returns' }, { do: 'returns', checkThrows: true }, { do: 'returns' }]);
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed']);
  expect(outcomes[1]?.message).toContain('the check itself is broken');
});

it.each(modes)('judges a result alike in every mode, also one that cannot be copied between threads (%s, %s)', async (mode, kind) => {
  const runtime = await startRuntime({ spec: fixtureSpec(kind) });
  const lines: string[] = [];
  for await (const { status } of runtime.stream(mode, [{ do: 'returns-unclonable' }])) lines.push(status);
  expect(lines).toEqual(['completed']);
});

it.each([
  ['serial', 'io'],
  ['expanded', 'io'],
  ['serial', 'cpu'],
] as const)('tells a handler that its time is over (%s, %s)', async (mode, kind) => {
  const runtime = await startRuntime({ spec: fixtureSpec(kind, { timeoutMs: 100 }) });
  const path = join(runtime.folder, 'aborted');
  expect(await runtime.batch(mode, [{ do: 'heeds-abort', path }])).toMatchObject([{ status: 'timedOut' }]);
  expect(existsSync(path)).toBe(true);
});
