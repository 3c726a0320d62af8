import { expect, it } from 'vitest';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { LiveCell } from './live-cell.js';

const good = { do: 'sleeps', ms: 5, value: 'good' };

it.each([
  ['serial', 'cpu'],
  ['expanded', 'io'],
  ['expanded', 'cpu'],
] as const)('an invocation that takes more memory than its container may have fails as such, and the others complete (%s, kind %s)', async (mode, kind) => {
  const cell = await LiveCell.open({ spec: fixtureSpec(kind), mode, memoryLimitMb: 200 });
  const outcomes = await cell.run([good, { do: 'eats-memory' }, good, good]);
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed', 'completed']);
  expect(outcomes[1]).toMatchObject({ errorCode: 'FBB_ERR_CONTAINER_MEMORY', attempt: 2 });
  const named = cell.engine.problems.filter((problem) => problem.startsWith('invocation '));
  expect(named).toEqual([expect.stringMatching(/^invocation \d+ of 'f' (failed|timedOut) at attempt 2: FBB_ERR_/)]);
  const lost = cell.engine.problems.filter((problem) => !named.includes(problem));
  expect(lost).toHaveLength(2);
  for (const problem of lost) expect(problem).toMatch(/^container \d+ of 'f' lost: it used more than 200 MB \(.*\) \(FBB_ERR_CONTAINER_MEMORY\)$/);
});

it('running out of heap counts as taking too much memory, however fast it is', async () => {
  const cell = await LiveCell.open({ spec: fixtureSpec('cpu'), mode: 'serial', memoryLimitMb: 100 });
  const outcomes = await cell.run([good, { do: 'fills-heap' }, good]);
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed']);
  expect(outcomes[1]?.errorCode).toBe('FBB_ERR_CONTAINER_MEMORY');
});

it('an invocation that stays below the limit is left alone', async () => {
  const cell = await LiveCell.open({ spec: fixtureSpec('io'), mode: 'expanded', memoryLimitMb: 200 });
  const outcomes = await cell.run([{ do: 'sleeps', ms: 600 }]);
  expect(outcomes).toMatchObject([{ status: 'completed', attempt: 1 }]);
});
