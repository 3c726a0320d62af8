import { existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openResults, pullResults, pushResults, ResultStore } from '../../src/result-store/index.js';
import { parseResultAddress } from '../../src/storage/index.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { addressText, ask, couchServers, password, storeAt, watch, type CouchOfTest } from './couch-servers.js';
import { cellId, id, measure } from './measured.js';
import { thrown } from './thrown.js';

let couch: CouchOfTest;
let count = 0;
beforeAll(async () => {
  couch = await couchServers['the embedded server']();
});
afterAll(() => couch.close());
/** A database that no other test uses. */
const fresh = (): string => `results-${(count += 1)}`;

type Json = Record<string, unknown>;
const cellDocument = `cell:${id}:${cellId('baseline')}`;
const emptyDigest = 'md5-1B2M2Y8AsgTpgAmY7PhCfg==';

describe('what was changed over there', () => {
  const stored = 'results-stored';
  beforeAll(async () => {
    const out = mkdtempSync(join(tmpdir(), 'test-fbb-'));
    await pushResults(measure(out, 1), storeAt(couch.origin, stored));
    rmSync(out, { recursive: true });
  });

  it.each([
    ['the manifest', `result:${id}`, (json: Json) => ({ ...json, manifest: { ...(json['manifest'] as object), base: 5 } }), /^The manifest in Document result:.* of results-stored \(couchdb=.*\) is not what was written: base: /],
    ['the layout, by a newer version', `result:${id}`, (json: Json) => ({ ...json, layout: 2 }), /^Document result:.* has layout 2; this version reads up to 1\.$/],
    ['the id of a set', `result:${id}`, (json: Json) => ({ ...json, manifest: { ...(json['manifest'] as object), id: '../x' } }), /^Document result:.* is not what was written: it is of another result set, "\.\.\/x"/],
    ['the id of a cell, so that it leads elsewhere', `result:${id}`, (json: Json) => ({ ...json, cells: ['../../x'] }), /^Document result:.* is not what was written: cells\.0: /],
    ['the summary of a cell', cellDocument, (json: Json) => ({ ...json, summary: {} }), /^The summary in Document cell:.*baseline\.r1 of .* is not what was written: schema: /],
    ['the summary, so that it is not the one attached', cellDocument, (json: Json) => ({ ...json, summary: { ...(json['summary'] as object), wallMs: 1 } }), /^cell:.*baseline\.r1 of .* is not whole: the summary in the document is not the one attached/],
    ['the name of a file, so that it leads elsewhere', cellDocument, (json: Json) => ({ ...json, files: [{ name: '../evil', bytes: 0, digest: emptyDigest }] }), /^Document cell:.* is not what was written: files\.0\.name: /],
    ['a file', cellDocument, (json: Json) => ({ ...json, _attachments: { ...(json['_attachments'] as object), 'containers.csv': { content_type: 'text/csv', digest: emptyDigest, length: 0, revpos: 9 } } }), /^cell:.*baseline\.r1 of .* is not whole: containers\.csv is not the file that was measured \(digest md5-1B2M/],
    ['a file, which is gone', cellDocument, (json: Json) => ({ ...json, _attachments: {} }), /^cell:.*baseline\.r1 of .* is not whole: SHA256SUMS is not attached/],
    ['a cell, which is gone', cellDocument, (json: Json) => ({ _id: json['_id'], _rev: json['_rev'], _deleted: true }), /^cell:.*baseline\.r1 of .* is not whole: its document is not there/],
  ])('is refused with its place: %s', async (_, documentId, change, message) => {
    const there = temporaryFolder();
    const changed: Json = change(await ask(couch.origin, 'GET', `/${stored}/${encodeURIComponent(documentId)}`));
    const ofSet = documentId.startsWith('result:');
    const { origin } = await watch(couch.origin, (line) => {
      if (ofSet && line === `GET /${stored}/${documentId}`) return { status: 200, json: changed };
      if (!ofSet && line === `POST /${stored}/_all_docs`) return { status: 200, json: { rows: [changed['_deleted'] === true ? { key: documentId, error: 'not_found' } : { id: documentId, key: documentId, doc: changed }] } };
      return undefined;
    });
    expect(await thrown(pullResults(storeAt(origin, stored), id, there))).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID', exitCode: 2, message: expect.stringMatching(message) });
    expect(existsSync(join(there, id))).toBe(false);
  });

  it('is refused when it came through: a file of other bytes', async () => {
    const there = temporaryFolder();
    const { origin } = await watch(couch.origin, (line) => (line.endsWith('/containers.csv') ? { status: 200, json: {} } : undefined));
    expect(await thrown(pullResults(storeAt(origin, stored), id, there))).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringMatching(/ is not whole: what came of containers\.csv has digest md5-\S+ instead of md5-/) });
    expect(existsSync(join(there, id))).toBe(false);
  });

  it('and is lacking is put back by a push of the same', async () => {
    const [results, database] = [measure(temporaryFolder(), 1), fresh()];
    await pushResults(results, storeAt(couch.origin, database));
    const path = `/${database}/${encodeURIComponent(cellDocument)}`;
    await ask(couch.origin, 'PUT', path, { ...(await ask(couch.origin, 'GET', path)), _attachments: {} });
    expect(await pushResults(results, storeAt(couch.origin, database))).toMatchObject({ outcome: 'updated', files: 6 });
    expect(await pullResults(storeAt(couch.origin, database), id, temporaryFolder())).toMatchObject({ files: 6 });
  });
});

describe('a server that refuses', () => {
  it.each([
    [413, { error: 'too_large', reason: 'the request entity is too large' }, 'FBB_ERR_STORAGE_TOO_LARGE', /refuses containers\.csv of e2e\.icdcs-cpu\.baseline\.r1 \(\d+ bytes\) because of its size \(413, too_large, /, /max_attachment_size .* Run the same command again/],
    [507, { error: 'insufficient_storage' }, 'FBB_ERR_STORAGE_FULL', /has no room for containers\.csv of e2e\.icdcs-cpu\.baseline\.r1 /, /^Free space there\. Run the same command again/],
    [412, { error: 'file_full' }, 'FBB_ERR_STORAGE_FULL', /has no room for containers\.csv /, /Free space/],
    [403, { error: 'forbidden', reason: `You may not, ${password}` }, 'FBB_ERR_STORAGE_DENIED', /does not allow containers\.csv of .* \(403, forbidden, You may not, \*\*\*\)\.$/, /user and password/],
    [500, { error: 'unknown_error' }, 'FBB_ERR_STORAGE_FAILED', /refuses containers\.csv of .* \(500, unknown_error\)/, /log of the database/],
  ])('a file with %s says which file and what to do', async (status, json, code, message, fix) => {
    const results = measure(temporaryFolder(), 1);
    const { origin } = await watch(couch.origin, (line) => (line.endsWith('/containers.csv') ? { status, json } : undefined));
    const error = await thrown(pushResults(results, storeAt(origin, fresh())));
    expect(error).toMatchObject({ code, exitCode: 6, message: expect.stringMatching(message), fix: expect.stringMatching(fix) });
  });

  it('a file of more than it takes says so before all of it is sent', async () => {
    const results = measure(temporaryFolder(), 1);
    truncateSync(join(results.folder, 'cells', cellId('baseline'), 'samples.csv'), 20_000_000);
    const error = await thrown(pushResults(results, storeAt(couch.origin, fresh())));
    expect(error.code).toMatch(/^FBB_ERR_STORAGE_(TOO_LARGE|LOST)$/);
    expect(`${error.message ?? ''} ${error.fix ?? ''}`).toMatch(/samples\.csv of e2e\.icdcs-cpu\.baseline\.r1 \(20000000 bytes\).* size/);
  });

  it('a file of some megabytes comes back byte for byte', async () => {
    const [results, database] = [measure(temporaryFolder(), 1), fresh()];
    truncateSync(join(results.folder, 'cells', cellId('baseline'), 'samples.csv'), 5_000_000);
    await pushResults(results, storeAt(couch.origin, database));
    expect((await pullResults(storeAt(couch.origin, database), id, temporaryFolder())).bytes).toBeGreaterThan(5_000_000);
  });

  it('a password is denied, and the password is not shown', async () => {
    const store = new ResultStore(parseResultAddress(addressText(couch.origin, '/denied', 'hunter2-wrong')));
    const error = await thrown(pushResults(measure(temporaryFolder(), 1), store));
    expect(error).toMatchObject({ code: 'FBB_ERR_STORAGE_DENIED', exitCode: 6 });
    expect(JSON.stringify([error.message, error.fix])).not.toContain('hunter2');
  });
});

describe('a server that says nothing useful', () => {
  const store = (origin: string): ResultStore => new ResultStore(parseResultAddress(addressText(origin)), { limitMs: 150 });

  it('is given up after its time', async () => {
    const { origin } = await watch(couch.origin, () => 'silence');
    expect(await thrown(store(origin).create())).toMatchObject({ code: 'FBB_ERR_STORAGE_SLOW', exitCode: 6, message: `${origin} did nothing for 0.15 s with the database faasbatch-results.` });
  });

  it('because nobody listens is unreachable', async () => {
    const refusing = (port: number, why: string): object => ({ code: 'FBB_ERR_STORAGE_UNREACHABLE', exitCode: 6, message: expect.stringMatching(`^http://127\\.0\\.0\\.1:${port} does not answer: .*${why}`) as string });
    expect(await thrown(openResults(addressText('http://127.0.0.1:59', `/db/${id}`), ''))).toMatchObject(refusing(59, 'ECONNREFUSED'));
    expect(await thrown(openResults(addressText('http://127.0.0.1:1', `/db/${id}`), ''))).toMatchObject(refusing(1, 'bad port'));
  });

  it('that CouchDB would say is none', async () => {
    const { origin } = await watch(couch.origin, () => ({ status: 200, json: {} }));
    expect(await thrown(store(origin).create())).toMatchObject({ code: 'FBB_ERR_STORAGE_UNREACHABLE', message: expect.stringContaining('is not CouchDB') });
  });

  it('is left at once when it is interrupted', async () => {
    const { origin } = await watch(couch.origin, () => 'silence');
    const controller = new AbortController();
    const creating = thrown(new ResultStore(parseResultAddress(addressText(origin)), { signal: controller.signal }).create());
    setTimeout(() => controller.abort(new Error('interrupted')), 20);
    expect(await creating).toMatchObject({ message: 'interrupted' });
  });

  it('and has a conflict for everything is given up', async () => {
    const { origin } = await watch(couch.origin, (line) => (line.includes('/cell:') ? { status: 409, json: { error: 'conflict' } } : undefined));
    expect(await thrown(pushResults(measure(temporaryFolder(), 1), storeAt(origin, fresh())))).toMatchObject({ code: 'FBB_ERR_STORAGE_FAILED', message: expect.stringContaining('is changed again and again by another') });
  });
});
