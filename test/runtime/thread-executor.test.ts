import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { WireOutcome } from '../../src/core/index.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
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

it('tells how many invocations its container had when one ended, and what CPU time it had used', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const [alone] = await runtime.batch('expanded', [{ do: 'computes', ms: 60 }]);
  expect(alone).toMatchObject({ concurrency: 1 });
  expect(alone?.container_cpu_ms).toBeGreaterThanOrEqual(alone?.cpu_ms as number);
  const outcomes = await runtime.batch('expanded', threadsNeeded(runtime, 3));
  expect(outcomes.map(({ concurrency }) => concurrency as number).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  for (const { container_cpu_ms: cpuMs } of outcomes) expect(cpuMs).toBeGreaterThan(alone?.container_cpu_ms as number);
});

it('counts the CPU time of all threads of the container', async () => {
  const runtime = await startRuntime({ spec: cpu });
  const [before] = await runtime.batch('expanded', [short]);
  const outcomes = await runtime.batch('expanded', Array.from({ length: 3 }, () => ({ do: 'computes', ms: 80 })));
  const usedMs = outcomes.reduce((sum, { cpu_ms: cpuMs }) => sum + (cpuMs ?? 0), 0);
  const addedMs = Math.max(...outcomes.map(({ container_cpu_ms: cpuMs }) => cpuMs as number)) - (before?.container_cpu_ms as number);
  // The kernel brings the two accounts up to date at different moments.
  expect(addedMs).toBeGreaterThanOrEqual(usedMs * 0.8);
});

describe.runIf(process.platform === 'linux')('least attained service', () => {
  const lowest = 19;
  const mine = getPriority();
  const mayRaise = process.getuid?.() === 0;

  /** A container whose invocations yield after 50 ms, unless told otherwise. */
  async function yieldingRuntime(spec = cpu, serviceSliceMs = 50): Promise<RuntimeProcess> {
    const runtime = await startRuntime();
    expect(await runtime.post('/init', { function: spec.functionId, spec, serviceSliceMs })).toMatchObject({ statusCode: 200 });
    return runtime;
  }

  /** The niceness of each thread, by its id. */
  function nicenesses(runtime: RuntimeProcess): Map<number, number> {
    const folder = `/proc/${runtime.process.pid as number}/task`;
    const found = new Map<number, number>();
    for (const name of readdirSync(folder)) {
      try {
        const stat = readFileSync(join(folder, name, 'stat'), 'latin1');
        found.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
      } catch {
        // It ended meanwhile.
      }
    }
    return found;
  }

  function yielding(runtime: RuntimeProcess): number[] {
    return [...nicenesses(runtime)].filter(([, niceness]) => niceness === lowest).map(([thread]) => thread);
  }

  it('lets a thread that has run for longer yield while it runs, and only that one', async () => {
    const runtime = await yieldingRuntime();
    const gate = join(runtime.folder, 'gate');
    const long = runtime.batch('expanded', [{ do: 'waits-for-file', path: gate }]);
    await vi.waitFor(() => expect(yielding(runtime)).toHaveLength(1), 5_000);
    const [thread] = yielding(runtime);
    expect(thread).not.toBe(runtime.process.pid);
    // Others come and go beside it.
    expect(statuses(await runtime.batch('expanded', [short, short]))).toEqual(['completed', 'completed']);
    expect(yielding(runtime)).toEqual([thread]);
    writeFileSync(gate, '');
    expect(statuses(await long)).toEqual(['completed']);
  });

  it.runIf(mayRaise)('gives it back the niceness it had, before the next one is taken up', async () => {
    const runtime = await yieldingRuntime();
    const [long] = await runtime.batch('expanded', [{ do: 'computes', ms: 120 }]);
    expect(long).toMatchObject({ status: 'completed' });
    await vi.waitFor(() => expect(new Set(nicenesses(runtime).values())).toEqual(new Set([mine])), 5_000);
    const threads = nicenesses(runtime).size;
    const gate = join(runtime.folder, 'gate');
    const mark = join(runtime.folder, 'mark');
    const next = runtime.batch('expanded', [{ do: 'waits-for-file', path: gate, mark }]);
    await vi.waitFor(() => expect(existsSync(mark)).toBe(true), { timeout: 5_000, interval: 1 });
    // The same thread, and not yielding yet.
    expect(nicenesses(runtime).size).toBe(threads);
    writeFileSync(gate, '');
    expect(statuses(await next)).toEqual(['completed']);
  });

  it('yields anew with each long invocation', async () => {
    const runtime = await yieldingRuntime();
    for (let round = 0; round < 3; round += 1) {
      const gate = join(runtime.folder, `gate ${round}`);
      const long = runtime.batch('expanded', [{ do: 'waits-for-file', path: gate }]);
      if (round === 0 || mayRaise) await vi.waitFor(() => expect(yielding(runtime)).toHaveLength(1), 5_000);
      writeFileSync(gate, '');
      expect(statuses(await long)).toEqual(['completed']);
    }
  });

  it.runIf(mayRaise && spawnSync('setpriv', ['--version']).status === 0)('ends the thread that yielded where the niceness cannot be taken back, and lets no other one yield', async () => {
    const folder = temporaryFolder();
    const node = process.execPath;
    writeFileSync(join(folder, 'node'), `#!/bin/sh\nexec setpriv --bounding-set=-sys_nice '${node}' "$@"\n`, { mode: 0o755 });
    process.execPath = join(folder, 'node');
    let runtime: RuntimeProcess;
    try {
      runtime = await yieldingRuntime();
    } finally {
      process.execPath = node;
    }
    const [first] = await runtime.batch('expanded', [{ do: 'computes', ms: 120 }]);
    expect(first).toMatchObject({ status: 'completed' });
    await vi.waitFor(() => expect(yielding(runtime)).toEqual([]), 5_000);

    let seen = 0;
    const watching = setInterval(() => (seen += yielding(runtime).length), 2);
    const outcomes = await runtime.batch('expanded', [{ do: 'computes', ms: 200 }, short]);
    clearInterval(watching);
    expect(statuses(outcomes)).toEqual(['completed', 'completed']);
    expect(seen).toBe(0);
  });

  it('leaves short invocations alone', async () => {
    // So much more than they take that a busy machine does not make them long.
    const runtime = await yieldingRuntime(cpu, 1_000);
    let seen = 0;
    const watching = setInterval(() => (seen += yielding(runtime).length), 1);
    for (let round = 0; round < 10; round += 1) await runtime.batch('expanded', [{ do: 'blocks', ms: 10 }, short]);
    clearInterval(watching);
    expect(seen).toBe(0);
  });

  it('survives the end of a thread that yields', async () => {
    const runtime = await yieldingRuntime(fixtureSpec('cpu', { timeoutMs: 500 }));
    const outcomes = await runtime.batch('expanded', [{ do: 'spins-forever' }, { do: 'never-resolves' }]);
    expect(statuses(outcomes)).toEqual(['timedOut', 'timedOut']);
    expect(statuses(await runtime.batch('expanded', [short, { do: 'blocks', ms: 100 }, short]))).toEqual(['completed', 'completed', 'completed']);
    if (mayRaise) await vi.waitFor(() => expect(yielding(runtime)).toEqual([]), 5_000);
  });

  it('is off unless it is asked for: no thread is ever moved', async () => {
    const runtime = await startRuntime({ spec: cpu });
    const seen = new Set<number>();
    const watching = setInterval(() => nicenesses(runtime).forEach((niceness) => seen.add(niceness)), 2);
    await runtime.batch('expanded', [{ do: 'computes', ms: 200 }, short]);
    clearInterval(watching);
    expect([...seen]).toEqual([mine]);
  });
});
