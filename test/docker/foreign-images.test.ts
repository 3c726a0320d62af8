import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDaemon, type Daemon } from '../../src/backends/docker/index.js';
import type { ExecutionMode } from '../../src/core/index.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { beginRun, named, noDocker, ofRun, openCell } from './daemon.js';
import { makePerlImage } from './perl-image.js';

const spec = fixtureSpec('io');

describe.skipIf(noDocker !== undefined)(named('an image in Perl that only speaks the protocol of the artifact'), () => {
  let daemon: Daemon;
  let image: string;
  let refusing: string;
  beforeAll(async () => {
    daemon = await connectDaemon();
    image = await makePerlImage(daemon.docker, `test-perl-${process.pid}`);
    refusing = await makePerlImage(daemon.docker, `test-perl-refusing-${process.pid}`, 'init');
  });
  afterAll(async () => {
    for (const one of [image, refusing]) await daemon.docker.getImage(one).remove({ force: true });
  });

  it.each(['serial', 'expanded'] as const)('runs a whole cell of %s batches', async (mode: ExecutionMode) => {
    const { run, runId } = await beginRun({ images: new Map([['io', image]]) });
    const cell = await openCell(run, { spec, mode });
    const inputs = [5, 18, 16, 3].map((n) => ({ n }));
    const outcomes = await cell.run(inputs);
    expect(outcomes.map(({ status, attempt }) => [status, attempt])).toEqual(inputs.map(() => ['completed', 1]));
    expect(cell.engine.problems).toEqual([]);
    // The container's own times: fib(18) takes longer than fib(3).
    expect(outcomes[1]?.executionMs).toBeGreaterThan(outcomes[3]?.executionMs as number);
    await cell.close();
    expect(await ofRun(daemon, runId)).toEqual([]);
  });

  it.each([
    ['answers with 500', 'breaks', /answered \/batch_run with 500: \{"error":"broken on purpose"\}/],
    ['answers with something other than JSON', 'babbles', /answered \/batch_run with something other than a JSON object: no JSON at all/],
    ['leaves an invocation out', 'forgets', /its answer to \/batch_run lacks invocation 1/],
  ])('fails only who is left without an answer when it %s', async (_what, how, reason) => {
    const { run } = await beginRun({ images: new Map([['io', image]]) });
    const cell = await openCell(run, { spec, mode: 'expanded' });
    const outcomes = await cell.run([{ n: 3 }, { n: 3, [how]: true }]);
    expect(outcomes.map(({ status, errorCode }) => [status, errorCode])).toEqual([
      ['completed', undefined],
      ['failed', 'FBB_ERR_CONTAINER_LOST'],
    ]);
    expect(cell.engine.problems.join('\n')).toMatch(reason);
  });

  it('is not taken into service when it refuses to be initialized', async () => {
    const { run } = await beginRun({ images: new Map([['io', refusing]]) });
    const cell = await openCell(run, { spec });
    cell.submit([{ n: 3 }]);
    expect(await cell.finished).toMatchObject({ code: 'FBB_ERR_CONTAINER_LAUNCH', message: expect.stringContaining('answered POST /init with 500') });
  });

  it('is looked for before the first cell', async () => {
    await expect(beginRun({ images: new Map([['io', 'test-nowhere:1']]) })).rejects.toMatchObject({ code: 'FBB_ERR_DOCKER_IMAGE', message: "This daemon has no image 'test-nowhere:1'." });
  });
});
