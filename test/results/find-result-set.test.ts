import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRemovable, findResultSet, listResultSets, readResultSet, ResultSet } from '../../src/results/index.js';
import { manifestOf } from './stored-run.js';
import { temporaryFolder } from './temporary-folder.js';
import { thrownBy } from './thrown-by.js';

/** Stores a result set that was last changed so many seconds after the epoch. */
function stored(out: string, id: string, changedAt: number): string {
  const { folder } = ResultSet.create(out, manifestOf({ id }));
  utimesSync(join(folder, 'manifest.json'), changedAt, changedAt);
  return folder;
}

describe('findResultSet', () => {
  it('finds by folder, also one that lies elsewhere', () => {
    const folder = stored(temporaryFolder(), 'a', 1_000);
    expect(findResultSet(folder, temporaryFolder()).manifest.id).toBe('a');
  });

  it('finds by id', () => {
    const out = temporaryFolder();
    stored(out, 'a', 1_000);
    stored(out, 'b', 2_000);
    expect(findResultSet('a', out).folder).toBe(join(out, 'a'));
  });

  it('takes the one that changed last for the latest, whatever its name', () => {
    const out = temporaryFolder();
    stored(out, 'b', 3_000);
    stored(out, 'c', 1_000);
    stored(out, 'a', 2_000);
    expect(findResultSet('latest', out).manifest.id).toBe('b');
  });

  it('finds what ships with the package by its name when there is nothing of that name here, and nothing else of the package', () => {
    const [out, shipped] = [temporaryFolder(), temporaryFolder()];
    const folder = stored(join(shipped, 'published'), 'paper', 1_000);
    stored(shipped, 'run', 2_000);
    expect(findResultSet('published/paper', out, shipped).folder).toBe(folder);
    expect(readResultSet('published/paper', out, shipped).folder).toBe(folder);
    const own = stored(join(out, 'published'), 'paper', 1_000);
    expect(findResultSet('published/paper', out, shipped).folder).toBe(own);
    for (const name of ['run', 'paper', 'latest', 'published/other']) expect(thrownBy(() => findResultSet(name, join(out, 'empty'), shipped)).code).toBe('FBB_ERR_RESULTS_UNKNOWN');
  });

  it('lists the names there are when there is no such one', () => {
    const out = temporaryFolder();
    stored(out, 'b', 1_000);
    stored(out, 'a', 2_000);
    const error = thrownBy(() => findResultSet('c', out));
    expect(error).toMatchObject({ code: 'FBB_ERR_RESULTS_UNKNOWN', exitCode: 2, message: `There is no result set 'c' here or in ${out}.`, fix: 'Use "latest" or one of: b, a.' });
  });

  it.each([
    ['redis://user:sekret@host:6379', 'redis://***@host:6379'], ['CouchDB=http://user:sekret@host/db/id', 'CouchDB=http://***@host/db/id'], ['couchdb=http://user:se@kre:t@host', 'couchdb=http://***@host'], ['user:sekret@host', '***@host'],
    ['a@b', 'a@b'], ['C:/runs/a', 'C:/runs/a'],
  ])('shows no password of an address that was given for a name: %s', (name, shown) => {
    const out = temporaryFolder();
    expect(thrownBy(() => findResultSet(name, out)).message).toBe(`There is no result set '${shown}' here or in ${out}.`);
    expect(thrownBy(() => findRemovable([name], out)).message).toBe(`There is no result set '${shown}' here or in ${out}.`);
  });

  it('lists the ten newest when there are more', () => {
    const out = temporaryFolder();
    for (let i = 0; i < 12; i += 1) stored(out, `run${i}`, 1_000 + i);
    const { fix } = thrownBy(() => findResultSet('no', out));
    expect(fix).toBe(`Use "latest" or one of: ${Array.from({ length: 10 }, (_name, i) => `run${i + 2}`).join(', ')}.`);
  });

  it.each(['latest', 'a'])('says so when there is none at all (%s)', (name) => {
    const out = join(temporaryFolder(), 'not-there');
    const error = thrownBy(() => findResultSet(name, out));
    expect(error.code).toBe('FBB_ERR_RESULTS_UNKNOWN');
    expect(error.message).toContain(out);
    expect(error.fix).not.toContain('one of');
  });
});

describe('listResultSets', () => {
  it('lists oldest first, and only folders with a manifest', () => {
    const out = temporaryFolder();
    stored(out, 'b', 1_000);
    stored(out, 'a', 2_000);
    mkdirSync(join(out, 'published'));
    // Of a pull that was cut.
    stored(out, '.c.partial', 3_000);
    writeFileSync(join(out, '.calibration.json'), '{}');
    expect(listResultSets(out).map((folder) => basename(folder))).toEqual(['b', 'a']);
  });

  it('orders those of the same moment by name', () => {
    const out = temporaryFolder();
    for (const id of ['c', 'a', 'b']) stored(out, id, 1_000);
    expect(listResultSets(out).map((folder) => basename(folder))).toEqual(['a', 'b', 'c']);
  });
});
