import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openResults, pullResults, pushResults } from '../../src/result-store/index.js';
import { ResultSet } from '../../src/results/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrown } from './thrown.js';
import { addressText, ask, couchServers, storeAt, watch, type CouchOfTest } from './couch-servers.js';
import { cellId, filesOf, finishCell, id, measure } from './measured.js';

describe.each(Object.entries(couchServers))('on %s, a result set', (_, start) => {
  let couch: CouchOfTest;
  let count = 0;
  beforeAll(async () => {
    couch = await start();
  });
  afterAll(() => couch.close());
  /** A database that no other test uses. */
  const fresh = (): string => `results-${(count += 1)}`;

  it('comes back byte for byte, whatever there was before in the folder of results', async () => {
    const [here, there, database] = [temporaryFolder(), temporaryFolder(), fresh()];
    const { folder } = measure(here);
    const told: string[] = [];
    const pushed = await pushResults(ResultSet.open(folder), storeAt(couch.origin, database), ({ cell, number, of, files }) => told.push(`${number}/${of} ${cell} ${files}`));
    expect(pushed).toMatchObject({ id, outcome: 'created', cells: 3, files: 18 });
    expect(told).toEqual(['baseline', 'batching', 'batching-expanding'].map((name, i) => `${i + 1}/3 ${cellId(name)} 6`));
    const pulled = await pullResults(storeAt(couch.origin, database), id, there);
    expect(pulled).toMatchObject({ outcome: 'created', cells: 3, files: 18, bytes: pushed.bytes, folder: join(there, id) });
    expect(filesOf(there)).toEqual(Object.fromEntries(Object.entries(filesOf(folder)).map(([name, bytes]) => [join(id, name), bytes])));
    const documents = JSON.stringify(await ask(couch.origin, 'GET', `/${database}/_all_docs?include_docs=true`));
    expect(documents).toContain('faasbatch-bench suite tiny');
    expect(documents + readFileSync(join(there, id, 'manifest.json'), 'utf8')).not.toMatch(/correct.horse|Basic /);
  });

  it('pushed twice is sent once, and pulled twice is asked for once', async () => {
    const [here, there, database] = [temporaryFolder(), temporaryFolder(), fresh()];
    const results = measure(here, 1);
    await pushResults(results, storeAt(couch.origin, database));
    await pullResults(storeAt(couch.origin, database), id, there);
    const { origin, requests } = await watch(couch.origin);
    expect(await pushResults(results, storeAt(origin, database))).toMatchObject({ outcome: 'unchanged', files: 0, bytes: 0 });
    expect(await pullResults(storeAt(origin, database), id, there)).toMatchObject({ outcome: 'unchanged', files: 0 });
    expect(requests.filter((line) => !/^GET \/[\w-]+(\/result:\S+)?$/.test(line))).toEqual(Array.from({ length: 2 }, () => `POST /${database}/_all_docs`));
  });

  it('of an id that is taken by another is refused with the documents that differ, and nothing is written', async () => {
    const database = fresh();
    await pushResults(measure(temporaryFolder(), 2), storeAt(couch.origin, database));
    const other = measure(temporaryFolder(), 2, { command: 'faasbatch-bench suite other' });
    finishCell(other, 'batching', { mean: 5 });
    const { origin, requests } = await watch(couch.origin);
    const error = await thrown(pushResults(other, storeAt(origin, database)));
    expect(error).toMatchObject({ code: 'FBB_ERR_RESULTS_CONFLICT', exitCode: 2 });
    expect(error.message).toMatch(new RegExp(`: result:${id}, cell:${id}:${cellId('batching')}\\.$`));
    expect(requests.filter((line) => line.startsWith('PUT'))).toEqual([]);
  });

  it('that has gone on since is brought up to date: what had ended stays, the rest follows', async () => {
    const [here, database] = [temporaryFolder(), fresh()];
    const results = measure(here, 1);
    finishCell(results, 'batching', { valid: false });
    results.setCellStatus(cellId('batching'), 'invalid');
    await pushResults(results, storeAt(couch.origin, database));
    const older = ResultSet.open(results.folder);
    for (const name of ['batching', 'batching-expanding']) {
      finishCell(results, name, { mean: 7 });
      results.setCellStatus(cellId(name), 'valid');
    }
    results.setStatus('complete');
    const { origin, requests } = await watch(couch.origin);
    expect(await pushResults(results, storeAt(origin, database))).toMatchObject({ outcome: 'updated', cells: 3, files: 8 });
    // Of the cell that ran again, its summary and the checksums alone are other files.
    expect(requests.filter((line) => line.startsWith('PUT')).slice(0, 3)).toEqual([`PUT /${database}/cell:${id}:${cellId('batching')}`, `PUT /${database}/cell:${id}:${cellId('batching')}/SHA256SUMS`, `PUT /${database}/cell:${id}:${cellId('batching')}/summary.json`]);
    const { folder } = await pullResults(storeAt(couch.origin, database), id, temporaryFolder());
    expect(filesOf(folder)).toEqual(filesOf(results.folder));
    writeFileSync(join(results.folder, 'manifest.json'), JSON.stringify(older.manifest));
    expect(await thrown(pushResults(ResultSet.open(results.folder), storeAt(couch.origin, database)))).toMatchObject({ code: 'FBB_ERR_RESULTS_CONFLICT' });
  });

  it('whose push was cut is not there yet, and the next push sends what is missing and nothing twice', async () => {
    const [results, database] = [measure(temporaryFolder(), 2), fresh()];
    const cut = await watch(couch.origin, (line, writes) => (line.startsWith('PUT') && writes === 9 ? 'cut' : undefined));
    expect(await thrown(pushResults(results, storeAt(cut.origin, database)))).toMatchObject({ code: 'FBB_ERR_STORAGE_LOST', exitCode: 6, fix: expect.stringContaining('Run the same command again') });
    const partial = await thrown(pullResults(storeAt(couch.origin, database), id, temporaryFolder()));
    expect(partial).toMatchObject({ code: 'FBB_ERR_RESULTS_UNKNOWN', message: expect.stringContaining(`${id} was not pushed to the end`) });
    const rest = await watch(couch.origin);
    expect(await pushResults(results, storeAt(rest.origin, database))).toMatchObject({ outcome: 'created', cells: 2 });
    const puts = [...cut.requests, ...rest.requests].filter((line) => line.startsWith('PUT'));
    // The database, two cells with six files each, and the result set, which is the last.
    expect(puts).toHaveLength(1 + 2 * 7 + 1);
    expect(new Set(puts).size).toBe(puts.length);
    expect(puts.at(-1)).toBe(`PUT /${database}/result:${id}`);
  });

  it('whose pull was cut leaves nothing that looks whole, and the next pull asks for what is missing', async () => {
    const [here, there, database] = [temporaryFolder(), temporaryFolder(), fresh()];
    const results = measure(here, 2);
    await pushResults(results, storeAt(couch.origin, database));
    const cut = await watch(couch.origin, (line) => (line.includes(`${cellId('batching')}/`) ? 'cut' : undefined));
    expect(await thrown(pullResults(storeAt(cut.origin, database), id, there))).toMatchObject({ code: 'FBB_ERR_STORAGE_LOST' });
    expect(existsSync(join(there, id))).toBe(false);
    writeFileSync(join(there, `.${id}.partial/cells`, cellId('baseline'), 'samples.csv'), 'half of it');
    writeFileSync(join(there, `.${id}.partial/cells`, cellId('baseline'), 'foreign.txt'), 'of another');
    expect(await pullResults(storeAt(couch.origin, database), id, there)).toMatchObject({ outcome: 'created', files: 7 });
    expect(filesOf(join(there, id))).toEqual(filesOf(results.folder));
    expect(existsSync(join(there, `.${id}.partial`))).toBe(false);
  });

  it('pushed by several at once is there once', async () => {
    const database = fresh();
    const pushes = Array.from({ length: 3 }, () => pushResults(measure(temporaryFolder(), 1), storeAt(couch.origin, database)));
    const done = await Promise.all(pushes);
    expect(done.reduce((files, transfer) => files + transfer.files, 0)).toBe(6);
    expect((await pullResults(storeAt(couch.origin, database), id, temporaryFolder())).files).toBe(6);
  });

  it('is pulled over no other of its id', async () => {
    const [there, database] = [temporaryFolder(), fresh()];
    await pushResults(measure(temporaryFolder(), 2), storeAt(couch.origin, database));
    const { folder } = measure(there, 1);
    const before = filesOf(folder);
    const error = await thrown(pullResults(storeAt(couch.origin, database), id, there));
    expect(error).toMatchObject({ code: 'FBB_ERR_RESULTS_CONFLICT', message: `${folder} is there already, with other content: manifest.json, cells/${cellId('batching')}.` });
    expect(filesOf(folder)).toEqual(before);
  });

  it('is opened for its numbers without its files, as one in a folder is', async () => {
    const [here, database] = [temporaryFolder(), fresh()];
    const results = measure(here, 1);
    await pushResults(results, storeAt(couch.origin, database));
    const { origin, requests } = await watch(couch.origin);
    const { manifest, summaries } = await openResults(id, here);
    expect(await openResults(addressText(origin, `/${database}/${id}`), here)).toEqual({ folder: undefined, address: `couchdb=${origin}/${database}/${id}`, manifest, summaries });
    expect(requests).toEqual([`GET /${database}/result:${id}`, `POST /${database}/_all_docs`]);
  });

  it('that there is none of is unknown, with the newest ten', async () => {
    const database = fresh();
    expect(await thrown(openResults(addressText(couch.origin, `/${database}/nope`), ''))).toMatchObject({ code: 'FBB_ERR_RESULTS_UNKNOWN', fix: expect.stringContaining('There is none in this database') });
    const ids = Array.from({ length: 12 }, (__, i) => `${i % 2 === 0 ? 'b' : 'a'}-202601${String(i + 10)}T000000Z-0000`);
    await ask(couch.origin, 'PUT', `/${database}`);
    for (const one of ids) await ask(couch.origin, 'PUT', `/${database}/result%3A${one}`, {});
    const error = await thrown(openResults(addressText(couch.origin, `/${database}/nope`), ''));
    expect(error).toMatchObject({ code: 'FBB_ERR_RESULTS_UNKNOWN', exitCode: 2, fix: `The newest there are: ${ids.slice(2).join(', ')}.` });
  });
});
