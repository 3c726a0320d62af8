import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCsvObjects } from '../results/read-csv.js';
import { runBin, Workplace, type BinResult } from './run-bin.js';
import { cellFile, stored, writeTinySuite } from './tiny-suite.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

/** Runs where `chrt` is refused, so that no container can be put into another class. */
function runWithoutChrt(...args: string[]): Promise<BinResult> {
  const programs = join(place.folder, 'programs');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'chrt'), '#!/bin/sh\necho "chrt: Operation not permitted" >&2\nexit 1\n', { mode: 0o755 });
  return runBin(args, { cwd: place.folder, env: { TMPDIR: place.temporary, PATH: `${programs}:${process.env['PATH'] ?? ''}` } });
}

describe('a cell whose scheduler learns from another one', () => {
  it('is run after it and is given what it measured, also when the run is resumed', async () => {
    const suite = writeTinySuite(place.folder, { base: 'vanilla', schedulers: '[kraken, vanilla]' });
    const { code, stderr } = await place.run('suite', suite, '--limit', '3', '--out', place.out);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr.match(/^\[\d\/\d\] \S+(?=:)/gm)).toEqual(['[1/2] one.icdcs-io.vanilla.r1', '[2/2] one.icdcs-io.kraken.r1']);
    const { summaries } = stored(place.out);
    expect(summaries.map(({ profile, notes }) => [profile, notes.length <= 100])).toEqual([[undefined, true], ['one.icdcs-io.vanilla.r1', true]]);
  }, 60_000);

  it('fails when that one is not valid, and the suite goes on', async () => {
    const suite = writeTinySuite(place.folder, { base: 'vanilla', maxLagMs: 0.000_001, schedulers: '[vanilla, kraken, baseline]' });
    const { code, stderr } = await place.run('suite', suite, '--limit', '1', '--out', place.out);
    expect(code).toBe(5);
    expect(stderr).toContain('one.icdcs-io.kraken.r1: FAILED, FBB_ERR_PROFILE_MISSING: one.icdcs-io.kraken.r1 needs the measurements of one.icdcs-io.vanilla.r1, which is invalid.');
    const { manifest, summaries } = stored(place.out);
    expect(manifest).toMatchObject({ status: 'complete', cells: [{ status: 'invalid' }, { status: 'failed' }, { status: 'invalid' }] });
    expect(summaries).toHaveLength(2);
  }, 60_000);

  it('is refused before anything runs when that one is not selected', async () => {
    const suite = writeTinySuite(place.folder, { base: 'vanilla', schedulers: '[vanilla, kraken]' });
    const { code, stdout, stderr } = await place.run('suite', suite, '--schedulers', 'kraken', '--out', place.out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^FBB_ERR_PROFILE_MISSING: .*'vanilla'.*\nAdd vanilla to --schedulers/);
  });
});

describe('a cell whose scheduler needs what the backend cannot do', () => {
  it('is skipped, with the reason wherever it is looked for, and does not spoil the run; resuming tries it again', async () => {
    const suite = writeTinySuite(place.folder, { warmupInvocations: 1, schedulers: '[sfs, baseline]' });
    const { code, stdout, stderr } = await runWithoutChrt('suite', suite, '--limit', '1', '--out', place.out);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/^ {2}one\.icdcs-io\.sfs\.r1: skipped, backend 'process' lacks cpu-class \(.+\)$/m);
    expect(stdout).toMatch(/^sfs +skipped/m);
    expect(stdout).not.toContain('have not finished');
    const run = stored(place.out);
    const [sfs, baseline] = run.summaries;
    expect(run.manifest).toMatchObject({ status: 'complete', cells: [{ status: 'skipped', reason: sfs?.skipped }, { status: 'valid' }] });
    expect(sfs).toMatchObject({ valid: false, skipped: expect.stringContaining('cpu-class'), invocations: { arrived: 0 }, latencyMs: { total: { mean: null } } });
    expect(sfs?.problems).toEqual([expect.stringMatching(/^FBB_ERR_CAPABILITY_MISSING: /)]);
    expect(baseline).toMatchObject({ valid: true });
    expect(baseline).not.toHaveProperty('skipped');
    expect(parseCsvObjects(cellFile(run, 'one.icdcs-io.sfs.r1', 'invocations.csv'))).toEqual([]);
    expect((await place.run('show', '--out', place.out)).stdout).toBe(stdout);

    const again = await runWithoutChrt('suite', suite, '--resume', '--out', place.out);
    expect(again.stderr).toContain('1 of 2 cells to run');
    expect(again.code).toBe(0);
  }, 60_000);

  it('ends the run with 6 when there is no other', async () => {
    const suite = writeTinySuite(place.folder, { schedulers: '[baseline, sfs]' });
    const { code, stdout } = await runWithoutChrt('suite', suite, '--schedulers', 'sfs', '--out', place.out, '--json', '--limit', '1');
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'complete', cells: [{ valid: false, skipped: expect.stringContaining('cpu-class') }] });
  }, 60_000);
});
