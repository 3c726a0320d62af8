import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResultSet, type CellSummary, type Manifest } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';
import { rowOf } from '../report/plain-style.js';
import { Workplace } from './run-bin.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

/** Stores a result set with these finished cells. */
function store(summaries: readonly CellSummary[], manifest: Partial<Manifest> = {}): ResultSet {
  const cells = summaries.map(({ cell, valid }) => manifestCellOf({ ...cell, status: valid ? 'valid' : 'invalid' }));
  const results = ResultSet.create(place.out, manifestOf({ cells, ...manifest }));
  for (const summary of summaries) results.cellWriter(summary.cell.id).finish(summary, '');
  return results;
}

const baseline = summaryOf({ cell: { scheduler: 'baseline' }, total: { mean: 400 }, containers: 8 });
const batching = summaryOf({ cell: { scheduler: 'batching' }, total: { mean: 100 }, containers: 2 });

describe('show', () => {
  it.each([[[]], [['latest']], [['nope']]])('of nothing ends with 2 and says what to give (%j)', async (args) => {
    const { code, stdout, stderr } = await place.run('show', ...args, '--out', place.out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('FBB_ERR_RESULTS_UNKNOWN: ');
    expect(stderr).toContain('latest');
  });

  it('lists the ids there are when the one given is not among them', async () => {
    store([baseline], { id: 'tiny-1' });
    const { code, stderr } = await place.run('show', 'tiny-2', '--out', place.out);
    expect(code).toBe(2);
    expect(stderr).toContain("'tiny-2'");
    expect(stderr).toContain('tiny-1');
  });

  it('of the latest, of an id and of a folder print the same table', async () => {
    const { folder } = store([baseline, batching], { id: 'tiny-1' });
    const latest = await place.run('show', '--out', place.out);
    expect(latest).toMatchObject({ code: 0, stderr: '' });
    expect(rowOf(latest.stdout, 'batching').slice(-2)).toEqual(['−75.0 %', '−75.0 %']);
    expect(latest.stdout).toContain(`stored in ${folder}\n`);
    expect(await place.run('show', 'tiny-1', '--out', place.out)).toEqual(latest);
    expect(await place.run('show', folder)).toEqual(latest);
  });

  it('finds results in the folder "results" when none is named', async () => {
    ResultSet.create(join(place.folder, 'results'), manifestOf({ id: 'tiny-1' }));
    expect((await place.run('show')).stdout).toContain('stored in results/tiny-1\n');
  });

  it('--json prints the summaries as they are stored, and nothing else', async () => {
    const results = store([baseline, batching]);
    const { code, stdout, stderr } = await place.run('show', '--json', '--out', place.out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ id: results.manifest.id, folder: results.folder, status: 'complete', cells: [baseline, batching] });
  });

  it('tells problems and cells that have not finished', async () => {
    const invalid = summaryOf({ cell: { scheduler: 'baseline' }, valid: false, problems: ['FBB_ERR_CELL_LATE_LOAD: late'] });
    store([invalid], { id: 'tiny-1', status: 'interrupted', cells: [manifestCellOf({ ...invalid.cell, status: 'invalid' }), manifestCellOf({ scheduler: 'batching', status: 'interrupted' })] });
    const { code, stdout } = await place.run('show', '--out', place.out);
    expect(code).toBe(0);
    expect(stdout).toContain(`! ${invalid.cell.id}: FBB_ERR_CELL_LATE_LOAD: late\n`);
    expect(stdout).toMatch(/^! 2 of 2 cells have not finished or are invalid; .*--resume tiny-1\b/m);
    expect(stdout).toMatch(/^baseline invalid /m);
  });

  it('names the file of a suite that is not built in, so that the advice to resume can be followed', async () => {
    store([], { id: 'mine-1', suite: { name: 'mine', hash: 'h', source: '/home/me/mine.yaml' }, status: 'interrupted', cells: [manifestCellOf({ status: 'interrupted' })] });
    expect((await place.run('show', '--out', place.out)).stdout).toContain(`suite /home/me/mine.yaml --out ${place.out} --resume mine-1`);
  });

  it('says so when no cell has finished', async () => {
    store([], { status: 'running', cells: [manifestCellOf()] });
    const { code, stdout } = await place.run('show', '--out', place.out);
    expect(code).toBe(0);
    expect(stdout).toContain('No cell has finished.\n');
  });

  it('of files that were changed ends with 2 and the path', async () => {
    const { folder } = store([baseline]);
    const path = join(folder, 'cells', baseline.cell.id, 'summary.json');
    writeFileSync(path, '{"schema": 1, "val');
    const { code, stdout, stderr } = await place.run('show', '--out', place.out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`FBB_ERR_RESULTS_INVALID: ${path} `);
  });

  it('prints no escape codes into a pipe', async () => {
    store([summaryOf({ cell: { scheduler: 'baseline' }, problems: ['a problem'] })]);
    expect((await place.run('show', '--out', place.out)).stdout).not.toContain('\u001b');
  });
});
