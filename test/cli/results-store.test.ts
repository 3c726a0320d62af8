import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rowOf } from '../report/plain-style.js';
import { addressText, ask, couchServers, watch, type CouchOfTest } from '../result-store/couch-servers.js';
import { cellId, filesOf, id, measure } from '../result-store/measured.js';
import { Workplace, type BinResult } from './run-bin.js';

let couch: CouchOfTest;
let place: Workplace;
const all: BinResult[] = [];

beforeAll(async () => {
  couch = await couchServers['the embedded server']();
});
afterAll(async () => {
  await couch.close();
  const said = all.map(({ stdout, stderr }) => stdout + stderr).join('');
  expect(said).not.toBe('');
  expect(said).not.toMatch(/correct.horse|correct%20horse|Basic /);
});
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

async function run(...args: string[]): Promise<BinResult> {
  const result = await place.run(...args);
  all.push(result);
  return result;
}

describe('results', () => {
  it('pushes, lists, shows and pulls a result set', async () => {
    measure(place.out, 2);
    const address = addressText(couch.origin);
    const shown = `couchdb=${couch.origin}/faasbatch-results`;
    const pushed = await run('results', 'push', '--to', address, '--out', place.out);
    expect(pushed).toMatchObject({ code: 0, stderr: '' });
    expect(pushed.stdout).toMatch(new RegExp(`^pushed: 2 cells, 12 files \\(\\d+\\.\\d kB\\)\nstored in ${shown}/${id}\n$`));
    expect(await run('results', 'push', id, '--to', address, '--out', place.out)).toMatchObject({ code: 0, stdout: `${id} is there already, with equal content: nothing was sent\nstored in ${shown}/${id}\n` });

    await ask(couch.origin, 'PUT', `/faasbatch-results/${encodeURIComponent('cell:half-1:x')}`, {});
    const [list, listJson] = await Promise.all([run('results', 'list', address), run('results', 'list', address, '--json')]);
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toBe(`${shown}:\n  ${id}  tiny, 2 of 3 cells, interrupted, 2026-01-01T00:00:00.000Z\n  ${'half-1'.padEnd(id.length)}  not pushed to the end\n`);
    expect(JSON.parse(listJson.stdout)).toEqual({
      results: [
        { id, suite: 'tiny', finished: 2, cells: 3, status: 'interrupted', createdAt: '2026-01-01T00:00:00.000Z' },
        { id: 'half-1', suite: null, finished: null, cells: null, status: 'not pushed to the end', createdAt: null },
      ],
    });

    const full = `${address}/faasbatch-results/${id}`;
    const asJson = async (...args: string[]): Promise<object> => JSON.parse((await run('show', ...args, '--json')).stdout) as object;
    const [remote, local, remoteJson, localJson] = await Promise.all([run('show', full), run('show', id, '--out', place.out), asJson(full), asJson(id, '--out', place.out)]);
    expect(remote).toMatchObject({ code: 0, stderr: '' });
    expect(rowOf(remote.stdout, 'batching')).toEqual(rowOf(local.stdout, 'batching'));
    expect(remote.stdout).toContain(`stored in ${shown}/${id}\n`);
    expect(remote.stdout).toContain(`to run them: pull it (faasbatch-bench results pull ${shown}/${id}) and go on with --resume`);
    const { folder, ...numbers } = localJson as { folder: string };
    expect(remoteJson).toEqual({ ...numbers, address: `${shown}/${id}` });

    const other = join(place.folder, 'other');
    const pulled = await run('results', 'pull', full, '--out', other);
    expect(pulled).toMatchObject({ code: 0, stderr: '' });
    expect(pulled.stdout).toMatch(new RegExp(`^pulled: 2 cells, 12 files \\(.* kB\\)\nstored in ${join(other, id)}\n$`));
    expect(filesOf(join(other, id))).toEqual(filesOf(folder));
    expect(JSON.parse((await run('results', 'pull', full, '--out', other, '--json')).stdout)).toEqual({ id, outcome: 'unchanged', cells: 2, files: 0, bytes: 0, folder: join(other, id) });
  });

  it('refuses what cannot be meant, with 2 and what to give', async () => {
    measure(place.out, 1);
    const refused = async (args: string[], code: string, sentence: RegExp): Promise<void> => {
      const result = await run(...args);
      expect(result).toMatchObject({ code: 2, stdout: '' });
      expect(result.stderr).toMatch(new RegExp(`^${code}: `));
      expect(result.stderr).toMatch(sentence);
    };
    await Promise.all([
      refused(['results', 'push', '--out', place.out], 'FBB_ERR_USAGE', /required option '--to <address>'/),
      refused(['results', 'push', '--out', place.out, '--to', 'redis://ada:hunter2@h'], 'FBB_ERR_USAGE', /^Give couchdb=http:/m),
      refused(['results', 'pull', addressText(couch.origin)], 'FBB_ERR_USAGE', /names no result set/),
      refused(['results', 'pull', addressText(couch.origin, `/none/${id}`), '--out', place.out], 'FBB_ERR_RESULTS_UNKNOWN', /There is no result set couchdb=\S+\.\n/),
      refused(['results', 'push', 'nope', '--to', addressText(couch.origin), '--out', place.out], 'FBB_ERR_RESULTS_UNKNOWN', new RegExp(id)),
    ]);
    expect(all.map(({ stderr }) => stderr).join('')).not.toContain('hunter2');
  });

  it('ends with 6 when the user is not let in', async () => {
    measure(place.out, 1);
    const { code, stdout, stderr } = await run('results', 'push', '--to', addressText(couch.origin, '', 'hunter3'), '--out', place.out);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toMatch(/^FBB_ERR_STORAGE_DENIED: .*\n.*user and password/);
    expect(stderr).not.toContain('hunter3');
  });

  it('warns of what looks like a password in a manifest, without showing it, and pushes all the same', async () => {
    const { folder, manifest } = measure(place.out, 1);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, command: 'faasbatch-bench suite x --set y=http://ada:hunter4@h' }));
    const { code, stderr } = await run('results', 'push', '--to', addressText(couch.origin, '/warned'), '--out', place.out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'warning: manifest.json has what looks like a password, which everybody who can read the database will see: command\n' });
  });

  it('stops at Ctrl-C with 130, and the same command goes on', async () => {
    const { folder } = measure(place.out, 1);
    const database = '/stopped';
    let reached: () => void = () => undefined;
    const atLastFile = new Promise<void>((resolve) => (reached = resolve));
    const slow = await watch(couch.origin, (line) => {
      if (!line.endsWith('/total.hgrm')) return undefined;
      reached();
      return 'silence';
    });
    const running = place.start(['results', 'push', '--to', addressText(slow.origin, database), '--out', place.out]);
    await atLastFile;
    running.process.kill('SIGINT');
    const stopped = await running.ended;
    all.push(stopped);
    expect(stopped).toMatchObject({ code: 130, stdout: '' });
    expect(stopped.stderr).toContain('Stopping; the same command goes on where this one stopped.');
    const { stdout } = await run('results', 'push', '--to', addressText(couch.origin, database), '--out', place.out);
    expect(stdout).toMatch(/^pushed: 1 cells, 1 files /);
    const pulled = join(place.folder, 'pulled');
    await run('results', 'pull', addressText(couch.origin, `${database}/${id}`), '--out', pulled);
    expect(readdirSync(pulled)).toEqual([id]);
    expect(readFileSync(join(pulled, id, 'cells', cellId('baseline'), 'total.hgrm'))).toEqual(readFileSync(join(folder, 'cells', cellId('baseline'), 'total.hgrm')));
    expect(existsSync(join(place.folder, 'results'))).toBe(false);
  });
});
