import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pack } from 'tar-stream';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { fixtureSpec } from '../fixtures/functions/spec.js';
import { functionsFolder } from '../runtime/built-programs.js';
import { beginRun, createBackend, named, noDocker, openCell, sharedRun } from './daemon.js';

const spec = fixtureSpec('io');

/** The name of the function image of a run. */
async function imageOf(options: Parameters<typeof beginRun>[0]): Promise<{ readonly made: readonly string[] }> {
  const made: string[] = [];
  const { run } = await beginRun({ ...options, tell: (sentence) => made.push(sentence) });
  const { backend } = await createBackend(run, [spec]);
  await backend.close();
  return { made };
}

describe.skipIf(noDocker !== undefined)(named('the function image'), () => {
  it('is made once, found again by what is in it, and another one when a function changes', async () => {
    const { daemon } = await sharedRun();
    const functions = temporaryFolder();
    cpSync(functionsFolder, functions, { recursive: true });
    writeFileSync(join(functions, 'fib', 'handler.cjs'), `// ${process.pid}\n`, { flag: 'a' });
    const { made } = await imageOf({ functionsFolder: functions });
    const [name] = /faasbatch-bench\/functions:[0-9a-f]{16}$/.exec(made[0] ?? '') ?? [];
    expect(made).toEqual([`making image ${String(name)}`]);
    onTestFinished(() => daemon.docker.getImage(name as string).remove({ force: true }) as Promise<void>);
    expect((await imageOf({ functionsFolder: functions })).made).toEqual([]);
    const { Config, RootFS } = await daemon.docker.getImage(name as string).inspect();
    expect(RootFS.Layers).toHaveLength(1);
    expect(Object.keys(Config.Labels).sort()).toEqual(['faasbatch-bench.content', 'faasbatch-bench.run']);
  });

  it('can be built upon another image with Node in it', async () => {
    const { run, daemon } = await sharedRun();
    // With Node of this machine, where an image of Node's makers has it: on the PATH.
    const { backend } = await createBackend(run, [spec]);
    await backend.close();
    const [image] = await daemon.docker.listImages({ filters: { label: ['faasbatch-bench.content'] } });
    const tar = pack();
    tar.entry({ name: 'Dockerfile' }, `FROM ${image?.RepoTags?.[0] ?? ''}\nENV PATH=/fbb\nENTRYPOINT ["/does-not-exist"]\n`);
    tar.finalize();
    const baseImage = `test-base-${process.pid}:1`;
    const told = await daemon.docker.buildImage(Readable.from(tar), { t: baseImage });
    await new Promise((resolve) => daemon.docker.modem.followProgress(told, resolve));
    const made: string[] = [];
    const upon = await beginRun({ baseImage, tell: (sentence) => made.push(sentence) });
    const cell = await openCell(upon.run, { spec });
    onTestFinished(async () => {
      await cell.close();
      for (const name of [/\S+$/.exec(made[0] ?? '')?.[0] ?? '', baseImage]) await daemon.docker.getImage(name).remove({ force: true });
    });
    expect(made).toEqual([expect.stringMatching(/^making image faasbatch-bench\/functions:/)]);
    expect(await cell.run([{ do: 'returns' }])).toMatchObject([{ status: 'completed' }]);
  });

  it('cannot be built upon an image that is not there, and says so', async () => {
    const { run } = await beginRun({ baseImage: 'test-nowhere:1' });
    await expect(createBackend(run, [spec])).rejects.toMatchObject({ code: 'FBB_ERR_DOCKER_IMAGE', message: expect.stringContaining("could not be built upon 'test-nowhere:1'"), fix: expect.stringContaining('--base-image') });
  });
});
