import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BackendCell, BackendListener } from '../../src/core/index.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { createBackend, expectNextCellWorks, named, noDocker, ofRun, oneEach, openCell, sharedRun } from './daemon.js';

const patience = { timeout: 20_000, interval: 20 };
const spec = fixtureSpec('io', { timeoutMs: 60_000 });

describe.skipIf(noDocker !== undefined)(named('a container of Docker'), () => {
  it('that takes too much memory is told apart from one that crashes; the next cell works', async () => {
    const shared = await sharedRun();
    const cell = await openCell(shared.run, { spec, scheduler: oneEach });
    const outcomes = await cell.run([{ do: 'returns' }, { do: 'eats-memory' }, { do: 'fills-heap' }, { do: 'exits', code: 7 }, { do: 'returns' }]);
    expect(outcomes.map(({ status, errorCode, attempt }) => [status, errorCode, attempt])).toEqual([
      ['completed', undefined, 1],
      ['failed', 'FBB_ERR_CONTAINER_MEMORY', 2],
      ['failed', 'FBB_ERR_CONTAINER_MEMORY', 2],
      ['failed', 'FBB_ERR_CONTAINER_LOST', 2],
      ['completed', undefined, 1],
    ]);
    const reasons = cell.engine.problems.flatMap((problem) => / lost: (.*?) \(/.exec(problem)?.[1] ?? []);
    expect(reasons.sort()).toEqual([...Array<string>(2).fill('exited with code 7'), ...Array<string>(4).fill('it used more than 128 MB')]);
    await cell.close();
    await expectNextCellWorks(shared);
  });

  it('that somebody kills takes with it only what it was doing; the next cell works', async () => {
    const shared = await sharedRun();
    const { run, daemon, runId } = shared;
    const cell = await openCell(run, { spec });
    cell.submit([{ do: 'returns' }, { do: 'sleeps', ms: 60_000 }, { do: 'returns' }]);
    await expect.poll(() => cell.outcomes, patience).toHaveLength(1);
    const [first] = (await ofRun(daemon, runId)) as [string];
    await daemon.docker.getContainer(first).kill();
    await expect.poll(async () => (await ofRun(daemon, runId)).includes(first), patience).toBe(false);
    await expect.poll(() => cell.engine.pool('f').busy, patience).toHaveLength(1);
    await Promise.all((await ofRun(daemon, runId)).map((id) => daemon.docker.getContainer(id).kill()));
    expect(await cell.finished).toBeUndefined();
    expect(cell.outcomes.toSorted((a, b) => a.id - b.id)).toMatchObject([
      { status: 'completed', attempt: 1 },
      { status: 'failed', attempt: 2, errorCode: 'FBB_ERR_CONTAINER_LOST' },
      { status: 'completed', attempt: 1 },
    ]);
    expect(cell.engine.counts).toMatchObject({ arrived: 3, ended: 3 });
    expect(cell.engine.problems[0]).toBe("container 0 of 'f' lost: ended by signal 9 (other side closed) (FBB_ERR_CONTAINER_LOST)");
    await cell.close();
    await expectNextCellWorks(shared);
  });

  it('whose sockets would have too long a path ends the cell before it begins, and leaves nothing', async () => {
    const { run, daemon, runId } = await sharedRun();
    const { backend } = await createBackend(run, [{ ...spec, needs: ['couchdb'] }]);
    onTestFinished(() => backend.close());
    const long = join(temporaryFolder(), 'a'.repeat(100));
    mkdirSync(long);
    vi.stubEnv('TMPDIR', long);
    onTestFinished(() => void vi.unstubAllEnvs());
    const cell: BackendCell = { listener: {} as BackendListener, functions: new Map(), inputOf: () => undefined, resourceCache: { policy: 'off' } };
    await expect(backend.open(cell)).rejects.toMatchObject({ code: 'FBB_ERR_BACKEND_SOCKET_PATH', exitCode: 6 });
    await backend.close();
    expect(readdirSync(long)).toEqual([]);
    expect(await ofRun(daemon, runId)).toEqual([]);
  });
});
