import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { containerIsUp, leftOver, processesOf } from './left-over.js';
import { Workplace, type BinResult } from './run-bin.js';
import { cellFile, stored, writeTinySuite, type Stored } from './tiny-suite.js';

const [finished, cut] = ['one.icdcs-io.batching-expanding.r1', 'one.icdcs-io.batching.r1'] as const;

const place = new Workplace();
let suite: string;
let result: BinResult;
let run: Stored;

/** Interrupts the second of two cells, which have arrivals for more than two seconds. */
beforeAll(async () => {
  suite = writeTinySuite(place.folder, { schedulers: '[batching-expanding, batching]' });
  const bin = place.start(['suite', suite, '--limit', '12', '--out', place.out]);
  await vi.waitUntil(() => bin.stderr().includes('[2/2]'), { timeout: 30_000, interval: 20 });
  await containerIsUp(place.temporary);
  bin.process.kill('SIGINT');
  result = await bin.ended;
  run = stored(place.out);
}, 60_000);
afterAll(() => place.remove());

describe('a run that is interrupted in mid-cell', () => {
  it('ends with 130 and says that finished cells are kept', () => {
    expect({ code: result.code, signal: result.signal }).toEqual({ code: 130, signal: null });
    expect(result.stderr).toContain('finished cells are kept');
    expect(result.stderr).not.toContain('    at ');
  });

  it('leaves no process and no temporary file', async () => {
    expect(await leftOver(place.temporary)).toEqual([]);
  });

  it('keeps the finished cell and nothing of the other', () => {
    expect(run.manifest.status).toBe('interrupted');
    expect(run.manifest.cells.map(({ id, status }) => [id, status])).toEqual([[finished, 'valid'], [cut, 'interrupted']]);
    expect(run.summaries.map(({ cell, invocations }) => [cell.id, invocations.completed])).toEqual([[finished, 12]]);
    expect(run.files.filter((path) => !path.startsWith(finished))).toEqual([]);
  });

  it('prints what it has and how to go on', () => {
    expect(result.stdout).toMatch(/^batching-expanding +\d/m);
    expect(result.stdout).toContain('1 of 2 cells have not finished');
    expect(result.stdout).toContain(`--resume ${run.manifest.id}`);
  });
});

describe('resuming it', () => {
  it('is refused for another suite', async () => {
    const other = writeTinySuite(place.folder, { name: 'other' });
    const { code, stdout, stderr } = await place.run('suite', other, '--resume', 'latest', '--out', place.out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`FBB_ERR_RESULTS_RESUME: ${run.manifest.id} is of suite 'tiny'.`);
    expect(stored(place.out).manifest).toEqual(run.manifest);
  });

  it('is refused when the suite has changed since', async () => {
    const before = readFileSync(suite, 'utf8');
    appendFileSync(suite, '# another thought\n');
    const { code, stderr } = await place.run('suite', suite, '--resume', '--out', place.out);
    writeFileSync(suite, before);
    expect(code).toBe(2);
    expect(stderr).toMatch(/FBB_ERR_RESULTS_RESUME: .*changed/);
  });

  it('is refused for a result that does not exist', async () => {
    const { code, stderr } = await place.run('suite', suite, '--resume', 'nope', '--out', place.out);
    expect(code).toBe(2);
    expect(stderr).toContain('FBB_ERR_RESULTS_UNKNOWN');
    expect(stderr).toContain(run.manifest.id);
  });

  it('runs only what is missing, with what was selected at first, and ends complete', async () => {
    const before = cellFile(run, finished, 'invocations.csv');
    const { code, stdout, stderr } = await place.run('suite', suite, '--resume', run.manifest.id, '--out', place.out);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('1 of 2 cells to run');
    expect(stderr.match(/^\[\d\/\d\] \S+(?=:)/gm)).toEqual([`[1/1] ${cut}`]);
    const resumed = stored(place.out);
    expect(resumed.folder).toBe(run.folder);
    expect(resumed.manifest).toMatchObject({ status: 'complete', cells: [{ status: 'valid' }, { status: 'valid' }] });
    expect(resumed.summaries.map(({ cell, invocations }) => [cell.id, invocations.completed])).toEqual([[finished, 12], [cut, 12]]);
    expect(cellFile(resumed, finished, 'invocations.csv')).toBe(before);
    expect(stdout).not.toContain('have not finished');
    expect(await leftOver(place.temporary)).toEqual([]);
  }, 60_000);

  it('of a complete run runs nothing and shows it', async () => {
    const { code, stdout, stderr } = await place.run('suite', suite, '--resume', '--out', place.out);
    expect(code).toBe(0);
    expect(stderr).toContain('0 of 2 cells to run');
    expect(stdout).toMatch(/^batching +\d/m);
  });
});

describe('a run that is killed', () => {
  it.skipIf(process.platform !== 'linux')('leaves no process and no temporary file, and can be resumed', async () => {
    const out = join(place.folder, 'killed');
    const bin = place.start(['suite', suite, '--schedulers', 'batching', '--limit', '12', '--out', out]);
    await containerIsUp(place.temporary);
    // Only what can be seen now can be missed later.
    const seen = processesOf(place.temporary);
    for (const program of ['main.cjs', 'launcher.cjs', 'sampler.cjs', 'storage.cjs', 'bin.js']) expect(seen.map(({ command }) => command).join('\n')).toContain(program);
    expect(seen.filter(({ marked }) => marked).length).toBeGreaterThan(0);

    bin.process.kill('SIGKILL');
    expect(await bin.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(await leftOver(place.temporary)).toEqual([]);
    expect(stored(out)).toMatchObject({ summaries: [], manifest: { cells: [{ status: 'pending' }] } });

    const { code } = await place.run('suite', suite, '--resume', '--out', out);
    expect(code).toBe(0);
    const resumed = stored(out);
    expect(resumed).toMatchObject({ summaries: [{ valid: true, invocations: { completed: 12 } }], manifest: { status: 'complete' } });
    expect(resumed.files.filter((path) => path.startsWith('.'))).toEqual([]);
  }, 60_000);

  it('by a second interruption ends at once with 130 and leaves nothing', async () => {
    const bin = place.start(['suite', suite, '--schedulers', 'batching', '--limit', '12', '--out', join(place.folder, 'twice')]);
    await containerIsUp(place.temporary);
    bin.process.kill('SIGINT');
    await vi.waitUntil(() => bin.stderr().includes('Stopping'), { timeout: 10_000, interval: 5 });
    bin.process.kill('SIGINT');
    expect(await bin.ended).toMatchObject({ code: 130, signal: null });
    expect(await leftOver(place.temporary)).toEqual([]);
  }, 60_000);
});
