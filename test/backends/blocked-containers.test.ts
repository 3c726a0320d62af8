import { describe, expect, it, vi } from 'vitest';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { LiveCell } from './live-cell.js';
import type { FoundProcess } from './processes.js';

const good = { do: 'sleeps', ms: 5, value: 'good' };
const timeoutMs = 1_000;

// They wait for what takes seconds on purpose (a silent container is given up after timeoutMs and 2 s, twice), so they wait together.
describe.concurrent('what does not answer', () => {
  it.for([
    ['serial', 'cpu'],
    ['expanded', 'io'],
  ] as const)('an invocation that computes for ever on the main thread (%s, kind %s) has its container ended, is tried again alone and times out; the others complete', async ([mode, kind], { onTestFinished: whenOver }) => {
    const cell = await LiveCell.open({ spec: fixtureSpec(kind, { timeoutMs }), mode, whenOver });
    const outcomes = await cell.run([good, { do: 'spins-forever' }, good, good]);
    expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'timedOut', 'completed', 'completed']);
    expect(outcomes[1]).toMatchObject({ errorCode: 'FBB_ERR_FUNCTION_TIMEOUT', attempt: 2 });
    expect(outcomes[1]?.totalMs).toBeGreaterThan(2 * (timeoutMs + 2_000));
    const named = cell.engine.problems.filter((problem) => problem.startsWith('invocation '));
    expect(named).toEqual([expect.stringMatching(/^invocation \d+ of 'f' (failed|timedOut) at attempt 2: FBB_ERR_/)]);
    const lost = cell.engine.problems.filter((problem) => !named.includes(problem));
    expect(lost).toHaveLength(2);
    for (const problem of lost) expect(problem).toMatch(/^container \d+ of 'f' lost: no sign of life for 3000 ms \(FBB_ERR_CONTAINER_UNRESPONSIVE\)$/);
    // Both are gone though they could not be asked to leave.
    await vi.waitFor(() => expect(cell.containersEnded).toBeGreaterThanOrEqual(2), 5_000);
  });

  it('an invocation that computes for ever on a worker thread has its thread ended and times out at once; the others complete beside it', async ({ onTestFinished: whenOver }) => {
    const cell = await LiveCell.open({ spec: fixtureSpec('cpu', { timeoutMs }), mode: 'expanded', whenOver });
    const outcomes = await cell.run([good, { do: 'spins-forever' }, good, good]);
    expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'timedOut', 'completed', 'completed']);
    expect(outcomes[1]).toMatchObject({ errorCode: 'FBB_ERR_FUNCTION_TIMEOUT', attempt: 1, containerId: 0 });
    expect(cell.engine.counts).toMatchObject({ retried: 0, launched: 1 });
    expect(cell.engine.problems).toEqual(["invocation 1 of 'f' timedOut: FBB_ERR_FUNCTION_TIMEOUT (still running after 1000 ms)"]);
  });

  it('a launcher that cannot move any more does not keep the cell from being closed', async ({ onTestFinished: whenOver }) => {
    const cell = await LiveCell.open({ spec: fixtureSpec('cpu'), whenOver });
    const outcomes = await cell.run([good]);
    expect(outcomes).toMatchObject([{ status: 'completed' }]);
    const launcher = cell.processes().find(({ command }) => command.includes('launcher.cjs')) as FoundProcess;
    process.kill(launcher.pid, 'SIGSTOP');
    await cell.close();
    expect(cell.folders()).toEqual([]);
    await vi.waitFor(() => expect(cell.processes()).toEqual([]), 5_000);
  });
});
