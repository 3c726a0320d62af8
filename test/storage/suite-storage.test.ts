import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { containerIsUp, leftOver, processesOf } from '../cli/left-over.js';
import { Workplace, type BinResult } from '../cli/run-bin.js';
import { stored, writeTinySuite } from '../cli/tiny-suite.js';
import { namedRedis, noRedis, startRedis, type RedisServer } from '../support/redis-server.js';
import { password, runCouchApp, user, withBasic, type RunningApp } from './couch-client.js';

const cellTimeoutMs = 60_000;
const hourMs = 3_600_000;

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

function run(storage: readonly string[], limit = 8, ...more: readonly string[]): ReturnType<Workplace['start']> {
  const suite = writeTinySuite(place.folder, { schedulers: '[batching-expanding]', base: 'batching-expanding' });
  return place.start(['suite', suite, '--limit', String(limit), '--out', place.out, ...storage.flatMap((address) => ['--storage', address]), ...more]);
}

/** Files of a run, and what it said, in which one of these texts stands. */
function whereStands(texts: readonly string[], { stdout, stderr }: BinResult): string[] {
  const files = readdirSync(place.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const said: [string, string][] = [['stdout', stdout], ['stderr', stderr], ...files.map(({ parentPath, name }): [string, string] => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')])];
  return said.filter(([, text]) => texts.some((secret) => text.includes(secret))).map(([name]) => name);
}

function formsOf(secret: string, name = ''): string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(`${name}:${secret}`).toString('base64').replace(/=+$/, '')];
}

const everyForm = [...formsOf(password, user), ...formsOf(password)];

describe.skipIf(noRedis !== undefined)(namedRedis('suite --storage'), () => {
  let redis: RedisServer;
  let couch: RunningApp;
  let couchAddress: string;

  beforeAll(async () => {
    redis = await startRedis({ password, ofFile: true });
    couch = await runCouchApp();
    couchAddress = `couchdb=${couch.origin.replace('//', `//${user}:${encodeURIComponent(password)}@`)}`;
  });
  afterAll(async () => {
    await redis.close();
    await couch.close();
  });

  it('with both runs functions on both, leaves nothing in them, removes what was left long ago, and tells nobody a password', async () => {
    const server = withBasic(couch.origin);
    const [abandoned, recent, ofOthers] = [`fbb-cell-${Date.now() - 25 * hourMs}-0123abcd`, `fbb-cell-${Date.now() - 23 * hourMs}-0123abcd`, 'fbb-cell-0-mine'];
    for (const name of [abandoned, recent, ofOthers]) await server.db.create(name);
    await redis.client.set('mine', '1');
    const before = await redis.connections();

    const bin = run([couchAddress, redis.url]);
    await containerIsUp(place.temporary);
    expect(processesOf(place.temporary).filter(({ command }) => command.includes('storage.cjs'))).toEqual([]);
    const result = await bin.ended;
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toContain(`removed what a dead run had left in ${couch.origin}: databases 1`);
    const { manifest, summaries } = stored(place.out);
    expect(manifest.settings.storage).toEqual([couch.origin, `redis://127.0.0.1:${redis.port}`]);
    expect(manifest.command).toContain(`--storage couchdb=http://***@${new URL(couch.origin).host} --storage redis://***@127.0.0.1:${redis.port}`);
    expect(manifest.workloads['icdcs-io']).toMatchObject({ function: 'mixed' });
    expect(summaries).toMatchObject([{ valid: true, problems: [], notes: [], invocations: { completed: 8 } }]);

    await expect.poll(() => redis.connections()).toBe(before);
    expect(await redis.client.keys('*')).toEqual(['mine']);
    expect(await server.db.list()).toEqual(['blobs', ofOthers, recent].sort());
    expect(whereStands(everyForm, result)).toEqual([]);
  }, cellTimeoutMs);

  it('that is interrupted leaves no connection, no key and no database', async () => {
    const server = withBasic(couch.origin);
    const before = { connections: await redis.connections(), keys: await redis.client.keys('*'), databases: await server.db.list() };
    const sets = await redis.sets();
    const bin = run([redis.url, couchAddress], 100);
    await vi.waitUntil(async () => (await redis.sets()) > sets, { timeout: 20_000, interval: 10 });
    expect(await redis.connections()).toBeGreaterThan(before.connections);
    expect((await server.db.list()).length).toBeGreaterThan(before.databases.length);
    bin.process.kill('SIGINT');
    expect(await bin.ended).toMatchObject({ code: 130 });
    await expect.poll(() => redis.connections()).toBe(before.connections);
    expect({ connections: before.connections, keys: await redis.client.keys('*'), databases: await server.db.list() }).toEqual(before);
    expect(await leftOver(place.temporary)).toEqual([]);
  }, cellTimeoutMs);

  it('that is resumed wants the same one, and its password again', async () => {
    expect(await run([redis.url], 1).ended).toMatchObject({ code: 0 });
    expect(stored(place.out).manifest.workloads['icdcs-io']).toMatchObject({ function: 'kv-redis' });
    const [without, other, same] = await Promise.all([[], [couchAddress], [redis.url]].map((storage) => run(storage, 1, '--resume').ended)) as [BinResult, BinResult, BinResult];
    expect([without.code, other.code, same.code]).toEqual([2, 2, 0]);
    expect(without.stderr).toContain(`Give it again: --storage redis://127.0.0.1:${redis.port}, with user and password`);
    expect(other.stderr).toMatch(/FBB_ERR_RESULTS_RESUME: .* was run with another --storage\./);
    expect(same.stderr).toContain('0 of 1 cells to run');
  }, cellTimeoutMs);

  it('that is not there, or lets nobody in, ends with 6 before anything runs, and stores nothing', async () => {
    const refused = [['redis://:hunter2@127.0.0.1:1'], [`redis://:hunter2@127.0.0.1:${redis.port}`], [`couchdb=${couch.origin.replace('//', `//${user}:hunter2@`)}`, redis.url]];
    const [gone, denied, couchDenied] = await Promise.all(refused.map((storage) => run(storage).ended)) as [BinResult, BinResult, BinResult];
    expect([gone.code, denied.code, couchDenied.code]).toEqual([6, 6, 6]);
    expect(gone.stderr).toMatch(/^FBB_ERR_STORAGE_UNREACHABLE: redis:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED.*\nWhat mends it: redis-server --port 1 on 127\.0\.0\.1\.\n$/);
    expect(denied.stderr).toMatch(/^FBB_ERR_STORAGE_DENIED: redis:\/\/\S+ refuses: WRONGPASS .*\nWhat mends it: --storage redis:\/\/<user>:<password>@/);
    expect(couchDenied.stderr).toMatch(/^FBB_ERR_STORAGE_DENIED: http:\/\/\S+ CouchDB \S+ does not let in ada /);
    for (const result of [gone, denied, couchDenied]) expect(whereStands(formsOf('hunter2', user), result)).toEqual([]);
    expect(readdirSync(place.out)).toEqual([]);
  }, cellTimeoutMs);

  it('whose Redis is killed in mid-run fails invocations and not the run, and tells nobody a password', async () => {
    const mortal = await startRedis({ password });
    const bin = run([mortal.url, couchAddress], 12);
    await vi.waitUntil(async () => (await mortal.sets()) > 0, { timeout: 20_000, interval: 10 });
    mortal.kill();
    const result = await bin.ended;
    expect(result).toMatchObject({ code: 5 });
    const [summary] = stored(place.out).summaries;
    expect(summary).toMatchObject({ valid: false, invocations: { arrived: 12, timedOut: 0 } });
    expect(Object.keys(summary?.errorCodes ?? {}).filter((code) => !code.startsWith('FBB_ERR_STORAGE_'))).toEqual([]);
    expect(summary?.invocations.failed).toBeGreaterThan(0);
    expect(summary?.problems.join('\n')).toMatch(/FBB_ERR_STORAGE_(UNREACHABLE|LOST) \(/);
    expect(summary?.notes).toEqual([expect.stringMatching(/^Keys fbb:\S+\* of redis:\S+ could not be removed: connect ECONNREFUSED/)]);
    expect(whereStands(everyForm, result)).toEqual([]);
    expect(await leftOver(place.temporary)).toEqual([]);
  }, cellTimeoutMs);
});
