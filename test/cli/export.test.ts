import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcomeOf, storeCells } from '../export/stored-cells.js';
import { summaryOf } from '../results/stored-run.js';
import { Workplace } from './run-bin.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

const baseline = summaryOf({ cell: { scheduler: 'baseline' } });
const batching = summaryOf({ cell: { scheduler: 'batching' }, valid: false });

describe('export', () => {
  it('writes beside the result set, prints what it wrote, and tells what is not as one may think', async () => {
    const { manifest } = storeCells(join(place.folder, 'results'), [{ summary: baseline, outcomes: [outcomeOf()] }, { summary: batching, rows: false }], ['later']);
    const { code, stdout, stderr } = await place.run('export', '--to', 'csv');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `left out, not finished (pending): later\nleft out, without rows, in summary.csv alone: ${batching.cell.id}\ninvalid, and exported all the same: ${batching.cell.id}\n`,
    });
    const folder = `results/${manifest.id}-csv`;
    expect(stdout).toMatch(new RegExp(`^${folder}/invocations\\.csv  0\\.\\d kB\n${folder}/summary\\.csv  \\d\\.\\d kB\n$`));
    expect(readdirSync(join(place.folder, folder)).sort()).toEqual(['invocations.csv', 'summary.csv']);
    expect(readdirSync(join(place.folder, 'results', manifest.id)).sort()).toEqual(['cells', 'manifest.json']);
  });

  it('takes a folder, some of the cells, and a folder to write into', async () => {
    const { folder } = storeCells(place.out, [{ summary: baseline, outcomes: [outcomeOf()] }, { summary: batching }]);
    const into = join(place.folder, 'deep/er');
    const { code, stdout } = await place.run('export', folder, '--to', 'hgrm', '--cells', 'batching', '--into', into);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(into, `${batching.cell.id}.hgrm`)}  0.0 kB\n` });
  });

  it('finds a result set that ships with the package from everywhere, and writes nothing into the package', async () => {
    const { code, stdout } = await place.run('export', 'published/icdcs2023', '--to', 'openmetrics');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^results\/icdcs2023-openmetrics\/openmetrics\.txt {2}\d/) as string });
    expect(existsSync(join(place.folder, 'results/icdcs2023-openmetrics/openmetrics.txt'))).toBe(true);
  });

  it('overwrites nothing', async () => {
    const { manifest } = storeCells(place.out, [{ summary: baseline }]);
    const args = ['export', manifest.id, '--to', 'openmetrics', '--out', place.out];
    expect((await place.run(...args, '--force')).code).toBe(0);
    const path = join(place.out, `${manifest.id}-openmetrics`, 'openmetrics.txt');
    expect(readFileSync(path, 'utf8')).toContain('# EOF');
    const { code, stdout, stderr } = await place.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^FBB_ERR_EXPORT_EXISTS: .*openmetrics\.txt is there already\.\n.*--force/);
  });

  it('of an address says to pull it first, without the password', async () => {
    const { code, stdout, stderr } = await place.run('export', 'couchdb=http://ada:secret@lab:5984/faasbatch-results/tiny-1', '--to', 'csv');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Pull it first: faasbatch-bench results pull couchdb=http://lab:5984/faasbatch-results/tiny-1');
    expect(stderr).not.toContain('secret');
  });

  it.each([
    ['no format', ['export'], "'--to <format>'"],
    ['a result set that there is not', ['export', 'nope', '--to', 'csv'], "FBB_ERR_RESULTS_UNKNOWN: There is no result set 'nope'"],
  ])('with %s ends with 2', async (_what, args, why) => {
    mkdirSync(join(place.folder, 'results'));
    const { code, stdout, stderr } = await place.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(existsSync(join(place.folder, 'results/nope-csv'))).toBe(false);
  });

  it('with nothing to export ends with 2 and says why', async () => {
    storeCells(place.out, [{ summary: baseline, rows: false }]);
    const { code, stdout, stderr } = await place.run('export', '--to', 'perfetto', '--out', place.out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('FBB_ERR_EXPORT_EMPTY: There is nothing to export to perfetto: 1 cell without rows.');
  });
});
