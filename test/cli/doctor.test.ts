import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerClient } from '../../src/backends/docker/index.js';
import { runLabel } from '../../src/backends/docker/labels.js';
import { thisProcess } from '../../src/core/owner.js';
import type { Check } from '../../src/doctor/index.js';
import { named, noDocker } from '../docker/daemon.js';
import { runCouchApp, password, user } from '../storage/couch-client.js';
import { runBin, startBin, Workplace, type BinResult } from './run-bin.js';
import { silent, smallHttp, smallRedis } from './small-servers.js';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BinResult> {
  return runBin(['doctor', ...args], { cwd: place.folder, env: { TMPDIR: place.temporary, ...env } });
}

function checksOf({ stdout }: BinResult): { ok: boolean; checks: Map<string, Check> } {
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
  return { ok, checks: new Map(checks.map((check) => [check.name, check])) };
}

describe('doctor --backend process', () => {
  it('looks at this machine, leaves Docker out and ends with 0', async () => {
    const { code, stdout, stderr } = await run(['--backend', 'process'], { DOCKER_HOST: 'unix:///nowhere' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(`ok    Node                 ${process.version}`);
    expect(lines.at(-1)).toMatch(/^Everything works\./);
    for (const name of ['machine', 'temporary folder', 'tools', 'real-time processes', 'left by dead runs']) expect(stdout).toMatch(new RegExp(`^(ok|warn) +${name}  `, 'm'));
    expect(stdout).not.toMatch(/^\S+ +(Docker|container)/m);
  });

  it('says what mends a temporary folder that cannot be used, and ends with 6', async () => {
    const gone = join(place.folder, 'gone');
    const result = await run(['--backend', 'process', '--json'], { TMPDIR: gone });
    expect(result).toMatchObject({ code: 6, stderr: '' });
    const { ok, checks } = checksOf(result);
    expect(ok).toBe(false);
    expect(checks.get('temporary folder')).toMatchObject({ state: 'failed', found: expect.stringContaining(gone), mend: expect.stringContaining('TMPDIR') });
  });

  it('counts what dead runs have left', async () => {
    const folder = join(place.temporary, 'fbb-dead00');
    mkdirSync(folder);
    writeFileSync(join(folder, 'owner.json'), JSON.stringify({ ...thisProcess(), boot: 'an earlier one' }));
    const { checks } = checksOf(await run(['--backend', 'process', '--json']));
    expect(checks.get('left by dead runs')).toEqual({ name: 'left by dead runs', state: 'warning', found: 'temporary folders 1', mend: 'faasbatch-bench clean' });
  });

  it('names tools that are missing and the packages that bring them', async () => {
    const { code, stdout } = await run(['--backend', 'process'], { PATH: place.folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^warn +tools +no taskset: .*; no chrt: .*; no perl: /m);
    if (process.platform === 'linux') expect(stdout).toContain('mend: sudo apt-get install util-linux perl\n');
  });
});

describe('doctor without a daemon that answers', () => {
  it('ends with 6, says what mends it, and that only one backend needs it', async () => {
    const { code, stdout, stderr } = await run([], { DOCKER_HOST: 'unix:///nowhere' });
    expect({ code, stderr }).toEqual({ code: 6, stderr: '' });
    expect(stdout).toMatch(/^none +Docker +.*\/nowhere.*Only --backend docker needs it; doctor --backend process leaves it out\.\n +mend: .*DOCKER_HOST/m);
    expect(stdout).toMatch(/^none +container +was not tried/m);
    expect(stdout).toMatch(/^Missing: Docker, container\./m);
  });

  it('does not hang on one that lets it connect and never answers', async () => {
    const path = join(place.temporary, 'silent.sock');
    await silent(path);
    const result = await run(['--json'], { DOCKER_HOST: `unix://${path}` });
    expect(result).toMatchObject({ code: 6, signal: null });
    expect(checksOf(result).checks.get('Docker')).toMatchObject({ state: 'failed', found: expect.stringContaining('timed out after 5 s') });
  });

  it('takes an address that makes no sense for a daemon that is missing, not for a bug', async () => {
    const { code, stdout } = await run([], { DOCKER_HOST: 'tcp://:x:y' });
    expect(code).toBe(6);
    expect(stdout).toMatch(/^none +Docker +Docker cannot be asked: /m);
  });

  const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
  it.skipIf(!isRoot)(`tells a missing permission from a missing daemon${isRoot ? '' : ' (skipped: only root can run it as somebody else)'}`, async () => {
    const path = join(place.temporary, 'closed.sock');
    await silent(path);
    for (const open of [place.folder, place.temporary]) chmodSync(open, 0o777);
    chmodSync(path, 0o600);
    // When it asks, not before: the package may lie where only root may read.
    const becomeNobody = 'process.setgroups([]); process.setgid(65534); process.setuid(65534);';
    writeFileSync(
      join(place.folder, 'nobody.cjs'),
      `const { Socket } = require('node:net');\nconst { connect } = Socket.prototype;\nSocket.prototype.connect = function (...to) {\n  if (process.getuid() === 0) { ${becomeNobody} }\n  return connect.apply(this, to);\n};\n`,
    );
    const started = startBin(['doctor', '--json'], { cwd: place.folder, env: { TMPDIR: place.temporary, DOCKER_HOST: `unix://${path}` }, nodeOptions: ['--require', join(place.folder, 'nobody.cjs')] });
    const result = await started.ended;
    expect(result).toMatchObject({ code: 6, stderr: '' });
    expect(checksOf(result).checks.get('Docker')).toMatchObject({ state: 'failed', found: expect.stringContaining('EACCES'), mend: 'sudo usermod -aG docker $USER && newgrp docker' });
  });
});

describe.skipIf(noDocker !== undefined)(named('doctor with Docker'), () => {
  it('starts a container, has it answer, and leaves nothing', async () => {
    const bin = place.start(['doctor', '--json']);
    const result = await bin.ended;
    const { ok, checks } = checksOf(result);
    expect(result.code).toBe(0);
    expect(ok).toBe(true);
    expect(checks.get('Docker')?.found).toMatch(/^\d+\.\d+\S* at \S+, control groups of version [12] \(\w+\), storage driver \w+/);
    expect(checks.get('Docker disk')?.found).toMatch(/^[\d.]+ GB free in \//);
    expect(checks.get('Docker memory')?.found).toMatch(/^[\d.]+ GB for containers$/);
    expect(checks.get('container')).toMatchObject({ state: 'ok', found: expect.stringMatching(/^ready \d+ ms after its launch, answered \d+ ms later$/) });
    expect(['ok', 'warning']).toContain(checks.get('real-time containers')?.state);
    const filters = { label: [`${runLabel}=doctor-${bin.process.pid ?? 0}`] };
    expect(await dockerClient().listContainers({ all: true, filters })).toEqual([]);
    expect(await dockerClient().listNetworks({ filters })).toEqual([]);
  });
});

/** One run with all of them, since each takes half a second. */
async function checkStorage(...addresses: readonly string[]): Promise<BinResult & { checks: Check[] }> {
  const result = await run(['--backend', 'process', '--json', ...addresses.flatMap((address) => ['--storage', address])]);
  const { checks } = JSON.parse(result.stdout) as { checks: Check[] };
  return { ...result, checks: checks.slice(-addresses.length) };
}

describe('doctor --storage', () => {
  const secret = encodeURIComponent(password);

  it('says that Redis and CouchDB answer, and lets nobody see a password', async () => {
    const couch = await runCouchApp();
    const [open, closed] = [await smallRedis(), await smallRedis({ password })];
    const { code, checks, stdout } = await checkStorage(`redis://127.0.0.1:${open}`, `redis://:${secret}@127.0.0.1:${closed}`, `couchdb=${couch.origin.replace('//', `//${user}:${secret}@`)}`);
    await couch.close();
    expect(code).toBe(0);
    expect(checks.map(({ name, state }) => [name, state])).toEqual([`redis://127.0.0.1:${open}`, `redis://127.0.0.1:${closed}`, couch.origin].map((name) => [name, 'ok']));
    expect(checks[2]?.found).toMatch(new RegExp(`^CouchDB \\d.*, lets in ${user}$`));
    expect(stdout).not.toContain('correct');
  });

  it('says who is not let in, and what would', async () => {
    const couch = await runCouchApp();
    const port = await smallRedis({ password });
    const { code, checks, stdout, stderr } = await checkStorage(`redis://127.0.0.1:${port}`, `redis://:hunter2@127.0.0.1:${port}`, `couchdb=${couch.origin.replace('//', `//${user}:hunter2@`)}`);
    await couch.close();
    expect(code).toBe(6);
    expect(checks.map(({ state, found }) => [state, found])).toEqual([
      ['failed', 'refuses: NOAUTH Authentication required.'],
      ['failed', 'refuses: WRONGPASS invalid username-password pair'],
      ['failed', expect.stringMatching(new RegExp(`^CouchDB \\S+ does not let in ${user} \\(GET /_session: 401: Name or password is incorrect\\.\\)$`))],
    ]);
    expect(checks.every(({ mend }) => mend !== undefined)).toBe(true);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('hides a password that a server repeats', async () => {
    const redis = await smallRedis({ repeats: true });
    const http = await smallHttp(200, (authorization) => JSON.stringify({ couchdb: 'Welcome', version: '3', reason: authorization }));
    const { code, checks, stdout, stderr } = await checkStorage(`redis://:hunter2@127.0.0.1:${redis}`, `couchdb=http://ada:hunter2@127.0.0.1:${http}`);
    expect(code).toBe(6);
    expect(checks[0]?.found).toContain('AUTH ***');
    expect(checks[1]?.found).toContain('Basic ***');
    expect(stdout + stderr).not.toContain('hunter2');
    expect(stdout + stderr).not.toContain(Buffer.from('ada:hunter2').toString('base64'));
  });

  it('tells what is silent, what is not there, and what is something else, and does not hang', async () => {
    const port = await silent();
    const web = await smallHttp(200, () => '<html>');
    const { code, checks } = await checkStorage(`redis://127.0.0.1:${port}`, `couchdb=http://127.0.0.1:${port}`, `redis://127.0.0.1:${web}`, `couchdb=http://127.0.0.1:${web}`, 'redis://127.0.0.1:9');
    expect(code).toBe(6);
    expect(checks.map(({ found }) => found)).toEqual([
      'does not answer: nothing came within 3 s',
      'does not answer: nothing came within 3 s',
      expect.stringContaining('does not speak as Redis does: "HTTP/1.1 200'),
      'is not CouchDB: it answers GET / with 200, and no welcome',
      expect.stringContaining('ECONNREFUSED'),
    ]);
  });

  it('that is no address ends with 2, without its password', async () => {
    const { code, stdout, stderr } = await run(['--storage', 'redis://ada:hunter2@h:port']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^FBB_ERR_USAGE: --storage redis:\/\/… cannot be used: /);
    expect(stderr).not.toContain('hunter2');
  });
});
