import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignsOne, pluginText } from '../plugins/plugin-file.js';
import { leftOver } from './left-over.js';
import { startBin, Workplace, type BinResult } from './run-bin.js';
import { stored, writeTinySuite, type Stored } from './tiny-suite.js';

const place = new Workplace();
let result: BinResult;
let run: Stored;

function write(name: string, text: string): void {
  writeFileSync(join(place.folder, `${name}.ts`), text);
}

function summaryOf(scheduler: string): Stored['summaries'][number] | undefined {
  return run.summaries.find(({ cell }) => cell.scheduler === scheduler);
}

/** Of one suite: a scheduler without fault among those that have one each, the first of them in the warm-up as well. */
beforeAll(async () => {
  write('unmade', pluginText('unmade').replace('create: () => ({', "create: () => { throw new Error('no way'); return {").replace(/\}\),\n\}\);\n$/, '}; },\n});\n'));
  write('rejects', pluginText('rejects').replace('onArrival(', 'async onArrival(').replace(assignsOne, `${assignsOne} await null; throw new Error('too late');`));
  write('throws', pluginText('throws', `if (invocation.id === 0) setTimeout(() => { throw new Error('in a timer of mine'); }, 0); ${assignsOne}`));
  write('forgets', pluginText('forgets', `if (invocation.id === 0) void Promise.reject('nobody waits'); ${assignsOne}`));
  write('slices', pluginText('slices').replace('create:', "serviceSliceMs: () => 'abc',\n  create:"));
  const suite = writeTinySuite(place.folder, { warmupInvocations: 1, schedulers: '[./unmade.ts, ./rejects.ts, ./throws.ts, ./forgets.ts, ./slices.ts, baseline]' });
  result = await place.run('suite', suite, '--limit', '2', '--out', place.out);
  run = stored(place.out);
}, 60_000);
afterAll(() => place.remove());

describe('a suite with schedulers that are at fault', () => {
  it('runs to its end, and says nothing of a bug', () => {
    expect({ code: result.code, signal: result.signal, stderr: result.stderr }).toMatchObject({ code: 5, signal: null });
    expect(result.stderr).not.toMatch(/\n {4}at |This is a bug/);
    expect(run.manifest.status).toBe('complete');
  });

  it('has bad cells of those alone', () => {
    expect(run.manifest.cells.map(({ scheduler, status }) => [scheduler, status])).toEqual([
      ['unmade', 'failed'],
      ['rejects', 'invalid'],
      ['throws', 'invalid'],
      ['forgets', 'invalid'],
      ['slices', 'failed'],
      ['baseline', 'valid'],
    ]);
  });

  it('goes on after a warm-up whose scheduler cannot be created, and its cell tells', () => {
    expect(result.stderr).toContain("one.icdcs-io.unmade.r1: FAILED, FBB_ERR_SCHEDULER_THREW: Scheduler 'unmade' threw while it was created: no way.");
  });

  it('says what each of the others did', () => {
    expect(result.stderr).toContain('FAILED, FBB_ERR_PLUGIN_INVALID: Scheduler \'slices\' cannot be used: serviceSliceMs returned "abc"');
    expect(summaryOf('rejects')?.problems[0]).toBe("FBB_ERR_SCHEDULER_THREW: Scheduler 'rejects' returned a promise from onArrival: hooks are synchronous.");
    expect(summaryOf('throws')?.problems[0]).toMatch(/^FBB_ERR_SCHEDULER_THREW: Scheduler 'throws' \(plug-in \.\/throws\.ts\) threw outside of its hooks: in a timer of mine \(\/.*throws\.ts:\d+:\d+\)\.$/);
    expect(summaryOf('forgets')?.problems[0]).toBe("FBB_ERR_SCHEDULER_THREW: Scheduler 'forgets' (plug-in ./forgets.ts) threw outside of its hooks: nobody waits.");
  });

  it('leaves no process and no temporary file', async () => {
    expect(await leftOver(place.temporary)).toEqual([]);
  });
});

it.skipIf(process.platform !== 'linux')('what is thrown in the cell of a built-in scheduler is a bug of ours, and is told as one', async () => {
  writeFileSync(
    join(place.folder, 'bug.mjs'),
    `import { readdirSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
const look = () => {
  if (!readdirSync(process.env.TMPDIR, { recursive: true }).some((name) => name.endsWith('.sock'))) return;
  clearInterval(timer);
  throw new Error('nobody caught this');
};
const timer = isMainThread ? setInterval(look, 20).unref() : undefined;\n`,
  );
  const suite = writeTinySuite(place.folder, { name: 'bug', schedulers: '[baseline]' });
  const out = join(place.folder, 'bug');
  const bin = startBin(['suite', suite, '--limit', '12', '--out', out], { cwd: place.folder, env: { TMPDIR: place.temporary }, nodeOptions: ['--import', './bug.mjs'] });
  const { code, signal, stderr } = await bin.ended;
  expect({ code, signal, stderr }).toMatchObject({ code: 1, signal: null });
  expect(stderr).toMatch(/\nThis is a bug in faasbatch-bench; please report it\.\nError: nobody caught this\n +at .*bug\.mjs/);
  expect(stored(out).manifest).toMatchObject({ status: 'interrupted', cells: [{ status: 'failed' }] });
  expect(await leftOver(place.temporary)).toEqual([]);
}, 60_000);

describe('a scheduler whose hook never returns', () => {
  const out = join(place.folder, 'stuck');
  let suite: string;

  /** Loops until a file is there that tells it to be good. */
  beforeAll(() => {
    write('loops', `import { existsSync } from 'node:fs';\nconst good = existsSync(${JSON.stringify(join(place.folder, 'good'))});\n${pluginText('loops', `if (!good) ctx.setTimer(10, () => { for (;;); }); ${assignsOne}`)}`);
    suite = writeTinySuite(place.folder, { name: 'stuck', schedulers: '[baseline, ./loops.ts, batching]' });
  });

  it('ends the run after some CPU time with a sentence, the table of what has finished, and the exit code of an invalid cell', async () => {
    const { code, signal, stdout, stderr } = await place.run('suite', suite, '--limit', '2', '--out', out);
    expect({ code, signal, stderr }).toMatchObject({ code: 5, signal: null });
    expect(stderr).toMatch(/\nFBB_ERR_SCHEDULER_STUCK: Scheduler 'loops' \(plug-in \.\/loops\.ts\) did not return from a timer within \d+ s of CPU time; is there an endless loop\?\n[^\n]+\n$/);
    expect(stdout).toMatch(/^baseline +\d/m);
    expect(stdout).toContain('2 of 3 cells have not finished');
    expect(await leftOver(place.temporary)).toEqual([]);
  }, 60_000);

  it('keeps the cells that have finished and nothing of its own', () => {
    const { manifest, summaries, folder } = stored(out);
    expect(manifest.status).toBe('interrupted');
    expect(manifest.cells.map(({ scheduler, status }) => [scheduler, status])).toEqual([['baseline', 'valid'], ['loops', 'failed'], ['batching', 'pending']]);
    expect(summaries.map(({ cell }) => cell.scheduler)).toEqual(['baseline']);
    expect(readdirSync(join(folder, 'cells'))).toEqual(['one.icdcs-io.baseline.r1']);
  });

  it('leaves a result that can be resumed', async () => {
    writeFileSync(join(place.folder, 'good'), '');
    const { code, stderr } = await place.run('suite', suite, '--resume', '--out', out);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('2 of 3 cells to run');
    expect(stored(out).manifest).toMatchObject({ status: 'complete', cells: [{ status: 'valid' }, { status: 'valid' }, { status: 'valid' }] });
  }, 60_000);
});
