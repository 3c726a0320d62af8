import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../src/core/index.js';
import { findRemovable, removeResultSet, ResultSet, type Manifest } from '../../src/results/index.js';
import { manifestOf, summaryOf } from './stored-run.js';
import { temporaryFolder } from './temporary-folder.js';
import { thrownBy } from './thrown-by.js';

/** Stores a result set with one finished cell. */
function store(out: string, id: string, status: Manifest['status'] = 'complete'): ResultSet {
  const results = ResultSet.create(out, manifestOf({ id, status }));
  results.cellWriter(summaryOf().cell.id).finish(summaryOf(), '');
  return results;
}

/** Nothing was written to it for a while. */
function makeOld({ folder }: ResultSet): void {
  for (const path of [join(folder, 'manifest.json'), join(folder, 'cells')]) utimesSync(path, 1_000, 1_000);
}

const gone = { ...thisProcess(), boot: 'an earlier one' };

describe('what may be removed', () => {
  it('is found by id, folder and latest, each once', () => {
    const out = temporaryFolder();
    const { folder } = store(out, 'tiny-1');
    makeOld(store(out, 'tiny-2'));
    const link = join(temporaryFolder(), 'link');
    symlinkSync(dirname(folder), link);
    const found = findRemovable(['latest', 'tiny-1', folder, 'tiny-2', join(link, 'tiny-1')], out);
    expect(found.map(({ id, suite, cells, status }) => ({ id, suite, cells, status }))).toEqual(['tiny-1', 'tiny-2'].map((id) => ({ id, suite: 'tiny', cells: 1, status: 'complete' })));
    expect(found[0]!.bytes).toBeGreaterThan(readFileSync(join(folder, 'manifest.json')).length);
  });

  it('is nothing when names are not there: all of them are told, with those that are', () => {
    const out = temporaryFolder();
    store(out, 'tiny-1');
    const error = thrownBy(() => findRemovable(['tiny-1', 'nope', 'neither', ''], out));
    expect(error).toMatchObject({ code: 'FBB_ERR_RESULTS_UNKNOWN', exitCode: 2, message: `There is no result set 'nope', 'neither', '' here or in ${out}.`, fix: 'Nothing was removed. There are: tiny-1.' });
    expect(thrownBy(() => findRemovable(['latest'], join(out, 'none'))).fix).toBe(`Nothing was removed. There is none in ${join(out, 'none')}.`);
  });

  it('is no folder that has a manifest of something else, nothing published, no link, all told at once', () => {
    const out = temporaryFolder();
    const foreign = join(out, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'manifest.json'), '{"name": "a web page"}');
    const { folder } = store(join(out, 'results/published'), 'tiny-1');
    const linked = join(out, 'linked');
    symlinkSync(store(out, 'tiny-2').folder, linked);
    expect(thrownBy(() => findRemovable(['foreign', folder, 'linked'], out))).toMatchObject({
      code: 'FBB_ERR_RESULTS_KEPT',
      exitCode: 2,
      message: `${foreign} is no result set, or a damaged one: its manifest.json cannot be read as one; ${folder} belongs to the result sets that are published with faasbatch-bench; ${linked} is a link to ${join(out, 'tiny-2')}.`,
    });
  });

  it('may be of a newer version', () => {
    const out = temporaryFolder();
    const { folder, manifest } = store(out, 'tiny-1');
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, schema: 99, settings: 'else' }));
    expect(findRemovable(['tiny-1'], out)).toHaveLength(1);
  });
});

describe('a result set that calls itself running', () => {
  function isKept(results: ResultSet, out: string): boolean {
    try {
      findRemovable([results.manifest.id], out);
      return false;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'FBB_ERR_RESULTS_KEPT', message: `the run of ${results.folder} is going on.` });
      return true;
    }
  }

  it('is kept while its process is there, however old its files are, and not when it has ended', () => {
    const out = temporaryFolder();
    const results = store(out, 'tiny-1');
    results.setStatus('running');
    makeOld(results);
    expect(isKept(results, out)).toBe(true);
    results.setStatus('interrupted');
    expect(isKept(results, out)).toBe(false);
    expect(readdirSync(results.folder).sort()).toEqual(['cells', 'manifest.json']);
  });

  it('is not kept when its process is gone, however new its files are', () => {
    const out = temporaryFolder();
    const results = store(out, 'tiny-1', 'running');
    writeFileSync(join(results.folder, '.running'), JSON.stringify(gone));
    expect(isKept(results, out)).toBe(false);
  });

  it.each([['of an earlier version', undefined], ['of another machine', { ...thisProcess(), machine: 'another' }]])('is kept for as long as something is written to it when nobody here can tell: %s', (_, owner) => {
    const out = temporaryFolder();
    const results = store(out, 'tiny-1', 'running');
    if (owner !== undefined) writeFileSync(join(results.folder, '.running'), JSON.stringify(owner));
    expect(isKept(results, out)).toBe(true);
    makeOld(results);
    expect(isKept(results, out)).toBe(false);
    const writer = results.cellWriter('another');
    makeOld(results);
    expect(isKept(results, out)).toBe(true);
    writer.discard();
  });
});

describe('a removal', () => {
  it('leaves nothing of the set, and everything else', () => {
    const out = temporaryFolder();
    store(out, 'tiny-1');
    store(out, 'tiny-2');
    writeFileSync(join(out, 'notes.txt'), '');
    for (const found of findRemovable(['tiny-1'], out)) removeResultSet(found);
    expect(readdirSync(out).sort()).toEqual(['notes.txt', 'tiny-2']);
  });

  it('ends what an earlier one was kept from ending, of the same set and of others', () => {
    const out = temporaryFolder();
    for (const id of ['tiny-1', 'tiny-9']) renameSync(store(out, id).folder, join(out, `.${id}.fbb-removed`));
    store(out, 'tiny-1');
    for (const found of findRemovable(['tiny-1'], out)) removeResultSet(found);
    expect(readdirSync(out)).toEqual([]);
  });

  it('leaves hidden folders of others', () => {
    const out = temporaryFolder();
    const others = ['.notes.fbb-removed', '.notes.removed'];
    for (const name of others) mkdirSync(join(out, name, 'cells'), { recursive: true });
    store(out, 'tiny-1');
    for (const found of findRemovable(['tiny-1'], out)) removeResultSet(found);
    expect(readdirSync(out).sort()).toEqual(others);
  });

  it('that cannot be says why', () => {
    const out = temporaryFolder();
    const error = thrownBy(() => removeResultSet({ folder: join(out, 'gone') }));
    expect(error).toMatchObject({ code: 'FBB_ERR_RESULTS_NOT_WRITABLE', message: expect.stringContaining(`${join(out, 'gone')} cannot be removed: ENOENT`), fix: expect.stringContaining(out) });
  });
});
