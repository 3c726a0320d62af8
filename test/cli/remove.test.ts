import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { measure } from '../result-store/measured.js';
import { Workplace } from './run-bin.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

it('results rm says with --dry-run what it would remove, and without removes it', async () => {
  const { folder } = measure(place.out, 2, { id: 'tiny-1' });
  measure(place.out, 1, { id: 'tiny-2' });
  const trial = await place.run('results', 'rm', 'tiny-1', '--out', place.out, '--dry-run');
  expect(trial).toMatchObject({ code: 0, stderr: '' });
  expect(trial.stdout).toMatch(new RegExp(`^would remove ${folder}: tiny, 3 cells, interrupted, [\\d.]+ kB\n$`));
  expect(existsSync(folder)).toBe(true);
  expect((await place.run('results', 'rm', 'tiny-1', '--out', place.out)).stdout).toBe(trial.stdout.replace('would remove', 'removed'));
  const json = await place.run('results', 'rm', 'latest', '--out', place.out, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ dryRun: false, removed: [{ id: 'tiny-2', suite: 'tiny', cells: 3 }] });
  expect(readdirSync(place.out)).toEqual([]);
});

it('results rm removes nothing when one of the names is wrong, and one whose run is going on', async () => {
  const { folder } = measure(place.out, 1, { id: 'tiny-1' });
  expect(await place.run('results', 'rm', 'tiny-1', 'nope', '--out', place.out)).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr: `FBB_ERR_RESULTS_UNKNOWN: There is no result set 'nope' here or in ${place.out}.\nNothing was removed. There are: tiny-1.\n`,
  });
  measure(place.out, 1, { id: 'tiny-2' }).setStatus('running');
  const { code, stderr } = await place.run('results', 'rm', 'tiny-1', 'tiny-2', '--out', place.out);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^FBB_ERR_RESULTS_KEPT: the run of \S+tiny-2 is going on\.\n/);
  expect(existsSync(folder)).toBe(true);
});
