import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Workplace } from './run-bin.js';
import { stored } from './tiny-suite.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

it('results verify finds a simulated run whole, and names all that was changed in it', async () => {
  expect((await place.run('suite', 'icdcs', '--backend', 'simulation', '--limit', '20', '--workloads', 'icdcs-io', '--schedulers', 'baseline,vanilla', '--out', place.out)).code).toBe(0);
  const { folder, manifest } = stored(place.out);
  const whole = await place.run('results', 'verify', '--out', place.out);
  expect(whole).toEqual({ code: 0, signal: null, stderr: '', stdout: `${folder}: 2 of 2 cells, 10 checksums, 40 rows of invocations\nAll that is there is whole.\n` });

  const [one, other] = manifest.cells.map(({ id }) => join('cells', id)) as [string, string];
  const rows = join(folder, one, 'invocations.csv');
  writeFileSync(rows, readFileSync(rows, 'utf8').replace(',completed,', ',failed,'));
  const summary = join(folder, other, 'summary.json');
  writeFileSync(summary, '{"schema": 2}');
  const damaged = await place.run('results', 'verify', manifest.id, '--out', place.out);
  expect(damaged.code).toBe(2);
  expect(damaged.stderr).toMatch(new RegExp(`^FBB_ERR_RESULTS_INVALID: ${folder} has \\d+ problems\\.\n`));
  for (const line of [
    `! ${one}/invocations.csv: was changed since it was written (SHA256SUMS has another checksum)\n`,
    `! ${one}/summary.json, invocations.completed: 20, and invocations.csv has 19\n`,
    `! ${other}/summary.json: has schema 2; this version reads up to 1\n`,
  ]) expect(damaged.stdout).toContain(line);

  const json = await place.run('results', 'verify', '--out', place.out, '--json');
  expect(json.code).toBe(2);
  expect(JSON.parse(json.stdout)).toMatchObject({ id: manifest.id, folder, ok: false, checked: 2, cells: 2, problems: expect.arrayContaining([{ file: `${other}/summary.json`, place: null, what: 'has schema 2; this version reads up to 1' }]) });
});

it('results verify finds what ships with the package from any folder', async () => {
  const { code, stdout } = await place.run('results', 'verify', 'published/icdcs2023');
  expect(code).toBe(0);
  expect(stdout).toContain('published/icdcs2023: 43 of 43 cells');
});

it('results verify of nothing ends with 2 and says what to give', async () => {
  const { code, stdout, stderr } = await place.run('results', 'verify', 'nope', '--out', place.out);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('FBB_ERR_RESULTS_UNKNOWN');
});
