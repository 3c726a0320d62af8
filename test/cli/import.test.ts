import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostHeader, newRows } from '../import/artifact-folder.js';
import { rowOf } from '../report/plain-style.js';
import { Workplace } from './run-bin.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

/** Files of the artifact in the folder `artifact` of the workplace. */
function artifact(files: Readonly<Record<string, readonly string[]>>): void {
  mkdirSync(join(place.folder, 'artifact'));
  for (const [name, lines] of Object.entries(files)) writeFileSync(join(place.folder, 'artifact', name), `${lines.join('\n')}\n`);
}

const run = (...args: string[]): ReturnType<Workplace['run']> => place.run('import', 'artifact', 'artifact', '--expected', '6', ...args);

describe('import artifact', () => {
  it('stores a set that show prints, and that is no run to go on with', async () => {
    artifact({ 'latency_amplification_BaseBatching_cpu.csv': newRows, 'latency_amplification_Kraken_cpu.csv': newRows, 'utilization_Magic.csv': [], 'utilization_SFS_cpu.csv': [hostHeader] });
    const refused = await run('--id', 'paper');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^FBB_ERR_IMPORT_INVALID: artifact cannot be imported, and nothing was stored:\n {2}.*utilization_Magic\.csv: there is no strategy 'Magic'.*\nMend the files listed/);
    expect(existsSync(join(place.folder, 'results'))).toBe(false);

    const folder = join(place.folder, 'artifact');
    rmSync(join(folder, 'utilization_Magic.csv'));
    const { code, stdout, stderr } = await run('--id', 'paper');
    expect(code).toBe(0);
    expect(stderr).toBe(`results/paper: 2 cells from 2 files\nleft out, for there are no rows beside them: ${join(folder, 'utilization_SFS_cpu.csv')}\n`);
    expect(rowOf(stdout, 'kraken').slice(0, 4)).toEqual(['kraken', '494', '260', '–']);
    expect(await place.run('show')).toEqual({ code: 0, signal: null, stdout, stderr: '' });
    expect(stdout).not.toContain('clairvoyant');
    expect(await place.run('suite', 'icdcs', '--resume')).toMatchObject({ code: 2, stderr: expect.stringContaining('FBB_ERR_RESULTS_RESUME: paper was imported, not run here.') });
  });

  it('ends with 5 when so many rows are missing that a cell is invalid, and offers no way to run it', async () => {
    artifact({ 'latency_amplification_BaseBatching_cpu.csv': newRows.slice(0, 4) });
    const { code, stdout } = await run();
    expect(code).toBe(5);
    expect(stdout).toContain('! 1 of 1 cells have not finished or are invalid; they were imported and cannot be run again\n');
    expect(readdirSync(join(place.folder, 'results'))).toEqual([expect.stringMatching(/^artifact-\d{8}T\d{6}Z-[0-9a-f]{4}$/)]);
  });

  it('refuses an id that would not be found again', async () => {
    expect(await run('--id', '.hidden')).toMatchObject({ code: 2, stderr: expect.stringContaining('FBB_ERR_USAGE: ') });
  });
});

it("show prints the paper's own results by their name, wherever it runs", async () => {
  const { code, stdout } = await place.run('show', 'published/icdcs2023');
  expect(code).toBe(0);
  expect(rowOf(stdout, 'batching-expanding')).toEqual(['batching-expanding', '1137', '225', '7025', '–', '113', '328', '0.00', '696', '–', '45', '–', '–', '−87.8 %', '−84.6 %']);
  expect(stdout).toMatch(/^! e2e\.icdcs-cpu\.batching-expanding\.r1: FBB_ERR_IMPORT_LOST: 9 of 800 invocations have no row/m);
});
