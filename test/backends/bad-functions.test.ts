import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Invocation } from '../../src/core/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { LiveCell } from './live-cell.js';
import { isRunning } from './processes.js';

const modes = [
  ['serial', 'cpu'],
  ['expanded', 'io'],
  ['expanded', 'cpu'],
] as const;

const good = { do: 'sleeps', ms: 5, value: 'good' };

function statusesOf(ended: readonly { readonly status: string }[]): string[] {
  return ended.map(({ status }) => status);
}

describe.each(modes)('of the bad ones in a batch that runs %s, kind %s,', (mode, kind) => {
  it('each that throws, returns a wrong result, refuses its input or never ends fails with its code, and the others complete beside it', async () => {
    const bad = [
      ['throws', 'failed', 'FBB_ERR_FUNCTION_THREW', 'thrown on purpose'],
      ['throws-async', 'failed', 'FBB_ERR_FUNCTION_THREW', 'rejected on purpose'],
      ['returns-wrong', 'failed', 'FBB_ERR_FUNCTION_OUTPUT', 'expected 7, got not 7'],
      ['does-what', 'failed', 'FBB_ERR_FUNCTION_INPUT', "nothing is known of 'does-what'"],
      ['never-resolves', 'timedOut', 'FBB_ERR_FUNCTION_TIMEOUT', 'still running after 1000 ms'],
    ] as const;
    const cell = await LiveCell.open({ spec: fixtureSpec(kind, { timeoutMs: 1_000 }), mode });
    const outcomes = await cell.run([good, ...bad.flatMap(([behaviour]) => [{ do: behaviour, value: 7 }, good])]);
    bad.forEach(([, status, errorCode], index) => expect(outcomes[2 * index + 1]).toMatchObject({ status, errorCode, attempt: 1 }));
    expect(statusesOf(outcomes.filter((_outcome, index) => index % 2 === 0))).toEqual([...bad, good].map(() => 'completed'));
    expect(new Set(outcomes.map(({ containerId }) => containerId))).toEqual(new Set([0]));
    const lines = bad.map(([, status, code, message], index) => `invocation ${2 * index + 1} of 'f' ${status}: ${code} (${message})`);
    expect(cell.engine.problems.toSorted()).toEqual(lines.toSorted());
  });

  // `process.exit` and uncaught errors end only a worker thread; see below.
  const killers = [{ do: 'kills-itself' }, ...(mode === 'expanded' && kind === 'cpu' ? [] : [{ do: 'exits', code: 3 }, { do: 'throws-uncaught' }])];
  const how: Readonly<Record<string, string>> = { exits: 'exited with code 3', 'kills-itself': 'ended by SIGKILL', 'throws-uncaught': 'uncaught on purpose' };

  it.each(killers)('one that ends its process ($do) fails after a second try alone, and the others complete elsewhere', async (bad) => {
    const cell = await LiveCell.open({ spec: fixtureSpec(kind), mode });
    const outcomes = await cell.run([good, good, bad, good, good]);
    expect(statusesOf(outcomes)).toEqual(['completed', 'completed', 'failed', 'completed', 'completed']);
    expect(outcomes[2]).toMatchObject({ errorCode: 'FBB_ERR_CONTAINER_LOST', attempt: 2 });
    // Alone on its second try: no other invocation is lost twice, and only its two containers are lost.
    for (const { attempt } of outcomes) expect(attempt).toBeLessThanOrEqual(2);
    const named = cell.engine.problems.filter((problem) => problem.startsWith('invocation '));
    expect(named).toEqual([expect.stringMatching(/^invocation \d+ of 'f' (failed|timedOut) at attempt 2: FBB_ERR_/)]);
    const lost = cell.engine.problems.filter((problem) => !named.includes(problem));
    expect(lost).toHaveLength(2);
    for (const problem of lost) {
      expect(problem).toMatch(/^container \d+ of 'f' lost: /);
      expect(problem).toContain(how[bad.do]);
      expect(problem).toContain('FBB_ERR_CONTAINER_LOST');
    }
  });

  it('none leaves an invocation without its end when there are many of all kinds', async () => {
    const cell = await LiveCell.open({ spec: fixtureSpec(kind, { timeoutMs: 1_000 }), mode });
    const bad = [{ do: 'kills-itself' }, { do: 'throws' }, { do: 'exits', code: 1 }, { do: 'never-resolves' }, { do: 'kills-itself' }, { do: 'returns-wrong', value: 1 }];
    const outcomes = await cell.run(bad.flatMap((one) => [one, good]));
    const [killed, threw, exited, hung, killedToo, wrong] = outcomes.filter((_outcome, index) => index % 2 === 0);
    expect(killed).toMatchObject({ status: 'failed', errorCode: 'FBB_ERR_CONTAINER_LOST' });
    expect(killedToo).toMatchObject({ status: 'failed', errorCode: 'FBB_ERR_CONTAINER_LOST' });
    expect(threw).toMatchObject({ status: 'failed', errorCode: 'FBB_ERR_FUNCTION_THREW' });
    expect(exited).toMatchObject({ status: 'failed', errorCode: mode === 'expanded' && kind === 'cpu' ? 'FBB_ERR_FUNCTION_EXITED' : 'FBB_ERR_CONTAINER_LOST' });
    expect(hung).toMatchObject({ status: 'timedOut', errorCode: 'FBB_ERR_FUNCTION_TIMEOUT' });
    expect(wrong).toMatchObject({ status: 'failed', errorCode: 'FBB_ERR_FUNCTION_OUTPUT' });
    expect(statusesOf(outcomes.filter((_outcome, index) => index % 2 === 1))).toEqual(bad.map(() => 'completed'));
  });
});

it.each([
  ['exits', 'FBB_ERR_FUNCTION_EXITED', 'its thread ended with code 3'],
  ['throws-uncaught', 'FBB_ERR_FUNCTION_THREW', 'uncaught on purpose'],
])('one that ends its worker thread (%s) fails at once, and the others complete beside it', async (behaviour, code, message) => {
  const cell = await LiveCell.open({ spec: fixtureSpec('cpu'), mode: 'expanded' });
  const outcomes = await cell.run([good, good, { do: behaviour, code: 3 }, good, good]);
  expect(statusesOf(outcomes)).toEqual(['completed', 'completed', 'failed', 'completed', 'completed']);
  expect(outcomes[2]).toMatchObject({ errorCode: code, attempt: 1 });
  expect(new Set(outcomes.map(({ containerId }) => containerId))).toEqual(new Set([0]));
  expect(cell.engine.problems).toEqual([`invocation 2 of 'f' failed: ${code} (${message})`]);
});

it('outcomes that a container told before it was killed count: serial', async () => {
  const cell = await LiveCell.open({ spec: fixtureSpec('cpu'), mode: 'serial' });
  const outcomes = await cell.run([{ do: 'returns' }, { do: 'returns' }, { do: 'kills-itself' }, { do: 'returns' }]);
  expect(outcomes).toMatchObject([
    { status: 'completed', attempt: 1, containerId: 0 },
    { status: 'completed', attempt: 1, containerId: 0 },
    { status: 'failed', attempt: 2 },
    { status: 'completed', attempt: 1 },
  ]);
  expect(outcomes[3]?.containerId).toBeGreaterThan(0);
  expect(cell.engine.counts.retried).toBe(1);
});

it.each(['io', 'cpu'] as const)('outcomes that a container told before it was killed count: expanded, kind %s', async (kind) => {
  const cell = await LiveCell.open({ spec: fixtureSpec(kind), mode: 'expanded' });
  const gate = join(cell.folder, 'gate');
  cell.submit([...Array.from({ length: 20 }, () => ({ do: 'returns' })), { do: 'kills-itself', after: gate }]);
  await expect.poll(() => cell.outcomes.length, { timeout: 10_000 }).toBe(20);
  writeFileSync(gate, '');
  expect(await cell.finished).toBeUndefined();
  expect(cell.outcomes.pop()).toMatchObject({ id: 20, status: 'failed', errorCode: 'FBB_ERR_CONTAINER_LOST', attempt: 2 });
  for (const outcome of cell.outcomes) expect(outcome).toMatchObject({ status: 'completed', attempt: 1, containerId: 0 });
  expect(cell.engine.counts.retried).toBe(1);
});

it('outcomes count also when the harness reads them only after it could have read of the end of the container', async () => {
  const cell = await LiveCell.open({ spec: fixtureSpec('cpu'), mode: 'serial' });
  const [gate, mark] = [join(cell.folder, 'gate'), join(cell.folder, 'mark')];
  cell.submit([{ do: 'waits-for-file', path: gate, mark }, ...Array.from({ length: 20 }, () => ({ do: 'returns' })), { do: 'kills-itself' }]);
  await expect.poll(() => existsSync(mark), { timeout: 10_000 }).toBe(true);
  const pid = cell.pids.get(0) as number;
  writeFileSync(gate, '');
  // Nothing is read while this thread is held: until the container is dead, and its launcher has had the time to say so.
  while (isRunning(pid)) hold(1);
  hold(100);
  expect(await cell.finished).toBeUndefined();
  const killer = cell.outcomes.pop();
  expect(killer).toMatchObject({ id: 21, status: 'failed', attempt: 2 });
  expect(cell.outcomes).toHaveLength(21);
  for (const outcome of cell.outcomes) expect(outcome).toMatchObject({ status: 'completed', attempt: 1, containerId: 0 });
});

function hold(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it('the last outcome of a serial batch counts though the next batch kills the container at once', async () => {
  const early: Invocation[] = [];
  const cell = await LiveCell.open({
    spec: fixtureSpec('cpu'),
    scheduler: {
      onArrival(invocation, ctx) {
        if (invocation.attempt > 1) {
          ctx.assign(ctx.launch('f'), [invocation], 'serial');
          return;
        }
        early.push(invocation);
        if (early.length < 3) return;
        const container = ctx.launch('f');
        ctx.assign(container, early.slice(0, 2), 'serial');
        ctx.assign(container, early.slice(2), 'serial');
      },
    },
  });
  const outcomes = await cell.run([{ do: 'returns' }, { do: 'returns' }, { do: 'kills-itself' }]);
  expect(outcomes).toMatchObject([
    { status: 'completed', attempt: 1, containerId: 0 },
    { status: 'completed', attempt: 1, containerId: 0 },
    { status: 'failed', attempt: 2, containerId: 1 },
  ]);
});

it('a container that is killed from outside costs its invocations a second try, not their results', async () => {
  const cell = await LiveCell.open({ spec: fixtureSpec('io'), mode: 'expanded' });
  const [gate, mark] = [join(cell.folder, 'gate'), join(cell.folder, 'mark')];
  cell.submit([{ do: 'waits-for-file', path: gate, mark }, { do: 'waits-for-file', path: gate }]);
  await expect.poll(() => existsSync(mark), { timeout: 10_000 }).toBe(true);
  process.kill(Number(readFileSync(mark, 'utf8')), 'SIGKILL');
  writeFileSync(gate, '');
  expect(await cell.finished).toBeUndefined();
  expect(cell.outcomes).toMatchObject([{ status: 'completed', attempt: 2 }, { status: 'completed', attempt: 2 }]);
  expect(cell.engine.problems).toEqual([expect.stringContaining('ended by SIGKILL')]);
});
