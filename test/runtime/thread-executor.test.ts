import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { WireOutcome } from '../../src/core/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { startRuntime, type RuntimeProcess } from './runtime-process.js';

const short = { do: 'tells-thread' };
const cpu = fixtureSpec('cpu');

function statuses(outcomes: readonly WireOutcome[]): string[] {
  return outcomes.map(({ status }) => status);
}

/** Inputs that hold as many threads as there are of them, until all do. */
function threadsNeeded(runtime: RuntimeProcess, count: number): unknown[] {
  const folder = join(runtime.folder, 'meeting');
  mkdirSync(folder);
  return Array.from({ length: count }, (_item, index) => ({ do: 'meets-blocking', folder, name: String(index), party: count }));
}

it('lets short invocations share a thread, off the main one', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const outcomes = await runtime.batch('expanded', Array.from({ length: 200 }, () => short));
  const threads = new Set(outcomes.map(({ result }) => result));
  expect(threads).not.toContain(0);
  // One, but for a machine that stands still for longer than a thread takes to start.
  expect(threads.size).toBeLessThanOrEqual(4);
});

it('keeps a thread for the batches that follow', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const [first] = await runtime.batch('expanded', [short]);
  for (let round = 0; round < 3; round += 1) expect(await runtime.batch('expanded', [short])).toMatchObject([{ result: first?.result }]);
});

it('gives long invocations a thread each, so that they overlap in time', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const outcomes = await runtime.batch('expanded', threadsNeeded(runtime, 6));
  expect(statuses(outcomes)).toEqual(Array.from({ length: 6 }, () => 'completed'));
  const lastStartMs = Math.max(...outcomes.map(({ started_ms: startedMs }) => startedMs));
  const firstEndMs = Math.min(...outcomes.map(({ ended_ms: endedMs }) => endedMs));
  expect(lastStartMs).toBeLessThan(firstEndMs);
});

it('passes short invocations by a long one', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const gate = join(runtime.folder, 'gate');
  const lines = runtime.stream('expanded', [{ do: 'waits-for-file', path: gate }, short, short]);
  expect((await lines.next()).value).toMatchObject({ function_id: 'i1' });
  expect((await lines.next()).value).toMatchObject({ function_id: 'i2' });
  writeFileSync(gate, '');
  expect((await lines.next()).value).toMatchObject({ function_id: 'i0', status: 'completed' });
});

it('fails only the invocation whose thread exits', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const outcomes = await runtime.batch('expanded', [short, { do: 'exits', code: 3 }, short, short]);
  expect(statuses(outcomes)).toEqual(['completed', 'failed', 'completed', 'completed']);
  expect(outcomes[1]).toMatchObject({ error_code: 'FBB_ERR_FUNCTION_EXITED', message: 'its thread ended with code 3' });
});

it('fails only the invocation that throws where nobody catches', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const outcomes = await runtime.batch('expanded', [short, { do: 'throws-uncaught' }, short, short]);
  expect(statuses(outcomes)).toEqual(['completed', 'failed', 'completed', 'completed']);
  expect(outcomes[1]).toMatchObject({ error_code: 'FBB_ERR_FUNCTION_THREW', message: 'uncaught on purpose' });
});

it.each(['never-resolves', 'spins-forever'])('ends only the invocation that runs over its time (%s)', async (behaviour) => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu', { timeoutMs: 1_000 }) });
  const outcomes = await runtime.batch('expanded', [short, { do: behaviour }, { do: 'blocks', ms: 100 }, short]);
  expect(statuses(outcomes)).toEqual(['completed', 'timedOut', 'completed', 'completed']);
  expect(outcomes[1]).toMatchObject({ error_code: 'FBB_ERR_FUNCTION_TIMEOUT', message: 'still running after 1000 ms' });
  expect(outcomes[1]?.exec_time).toBeGreaterThanOrEqual(999);
});

it.runIf(process.platform === 'linux')('ends the thread of an invocation that runs over its time', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu', { timeoutMs: 1_000 }) });
  const threads = (): number => readdirSync(`/proc/${runtime.process.pid as number}/task`).length;
  await runtime.batch('expanded', [short]);
  const withOne = threads();
  expect(statuses(await runtime.batch('expanded', [{ do: 'spins-forever' }]))).toEqual(['timedOut']);
  await vi.waitFor(() => expect(threads()).toBe(withOne - 1), 5_000);
});

it('counts the time of an invocation from its start on a thread, not from the start of its batch', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu', { timeoutMs: 1_000 }) });
  // So short that they share a thread, so many that the last wait for longer than they may run.
  const outcomes = await runtime.batch('expanded', Array.from({ length: 100 }, () => ({ do: 'blocks', ms: 14 })));
  expect(new Set(statuses(outcomes))).toEqual(new Set(['completed']));
});

it('serves on after threads have been lost in every way', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu', { timeoutMs: 1_000 }) });
  const bad = [{ do: 'exits', code: 0 }, { do: 'throws-uncaught' }, { do: 'never-resolves' }, { do: 'exits', code: 1 }];
  const lost = await runtime.batch('expanded', [...bad, ...bad]);
  expect(statuses(lost)).toEqual(['failed', 'failed', 'timedOut', 'failed', 'failed', 'failed', 'timedOut', 'failed']);
  expect(statuses(await runtime.batch('expanded', Array.from({ length: 10 }, () => short)))).toEqual(Array.from({ length: 10 }, () => 'completed'));
});

it('answers for each invocation when threads cannot load the function', async () => {
  const runtime = await startRuntime({ spec: fixtureSpec('cpu', { file: 'loads-on-main-only.cjs' }) });
  const outcomes = await runtime.batch('expanded', [short, short, short]);
  expect(statuses(outcomes)).toEqual(['failed', 'failed', 'failed']);
  expect(outcomes[0]?.message).toBe('this module is for main threads');
  expect(statuses(await runtime.batch('serial', [short]))).toEqual(['completed']);
});
