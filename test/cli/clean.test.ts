import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerClient } from '../../src/backends/docker/index.js';
import { cellLabel, contentLabel, ownerLabel, runLabel } from '../../src/backends/docker/labels.js';
import { thisProcess } from '../../src/core/owner.js';
import { named, noDocker } from '../docker/daemon.js';
import { fakeDocker, type Kept } from './fake-docker.js';
import { runBin, Workplace, type BinResult } from './run-bin.js';
import { silent } from './small-servers.js';

let place: Workplace;
let socket: string;

beforeEach(() => {
  place = new Workplace();
  socket = join(place.folder, 'd.sock');
});
afterEach(() => place.remove());

const alive = thisProcess();
const dead = { ...alive, boot: 'an earlier one' };
const elsewhere = { ...dead, machine: 'another' };

function labelsOf(owner: object): Record<string, string> {
  return { [runLabel]: 'a-run', [cellLabel]: 'a-cell', [ownerLabel]: JSON.stringify(owner) };
}

/** A folder of a cell as its owner leaves it; undefined: without a word on whose it is. */
function leaveFolder(name: string, owner?: object): void {
  const folder = join(place.temporary, name);
  mkdirSync(join(folder, 'c1'), { recursive: true });
  if (owner !== undefined) writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner));
}

function clean(args: readonly string[] = [], dockerHost = `unix://${socket}`): Promise<BinResult> {
  return runBin(['clean', ...args], { cwd: place.folder, env: { TMPDIR: place.temporary, DOCKER_HOST: dockerHost } });
}

/** One of each kind of owner. */
function ofEach(kind: string): Kept[] {
  // A container of a user's inherits the labels of our image, if it is one of that.
  const inherited = { [runLabel]: 'a-run', [ownerLabel]: JSON.stringify(dead) };
  const strange = [{ Id: `${kind}-of-somebody`, Labels: {} }, { Id: `${kind}-of-our-image`, Labels: inherited }, { Id: `${kind}-half-labelled`, Labels: { [ownerLabel]: JSON.stringify(dead) } }];
  return [...Object.entries({ dead, alive, elsewhere }).map(([name, owner]) => ({ Id: `${kind}-${name}`, Labels: labelsOf(owner) })), ...strange];
}

const images: Kept[] = [
  { Id: 'sha256:1', Labels: { [contentLabel]: 'h' }, RepoTags: ['faasbatch-bench/functions:h', 'mine:1'] },
  { Id: 'sha256:2', Labels: { [contentLabel]: 'h' }, RepoTags: ['built-upon-it:1'] },
  { Id: 'sha256:3', Labels: { [contentLabel]: 'h' }, RepoTags: ['<none>:<none>'] },
  { Id: 'sha256:4', Labels: {}, RepoTags: ['faasbatch-bench/mine:1'] },
];

function keep(): Parameters<typeof fakeDocker>[1] {
  return { containers: ofEach('c'), networks: ofEach('n'), images };
}

describe('clean', () => {
  beforeEach(() => {
    for (const [name, owner] of Object.entries({ dead, alive, elsewhere })) leaveFolder(`fbb-${name}`, owner);
    leaveFolder('fbb-unknown');
    leaveFolder('other', dead);
  });

  it('removes what belongs to dead runs, and nothing else', async () => {
    const { removed } = await fakeDocker(socket, keep());
    expect(await clean()).toEqual({ code: 0, signal: null, stdout: 'removed: containers 1, networks 1, temporary folders 1, images 0\n', stderr: '' });
    expect(removed.sort()).toEqual(['containers/c-dead', 'networks/n-dead']);
    expect(readdirSync(place.temporary).sort()).toEqual(['fbb-alive', 'fbb-elsewhere', 'fbb-unknown', 'other']);
  });

  it('--all removes what has our label, whoever owns it, and says so', async () => {
    const { removed } = await fakeDocker(socket, keep());
    const { code, stdout, stderr } = await clean(['--all']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'removed: containers 3, networks 3, temporary folders 3, images 0\n' });
    expect(stderr).toContain('runs that may be alive');
    expect(removed.sort()).toEqual(['c', 'n'].flatMap((kind) => ['alive', 'dead', 'elsewhere'].map((owner) => `${kind === 'c' ? 'containers' : 'networks'}/${kind}-${owner}`)));
    expect(readdirSync(place.temporary).sort()).toEqual(['fbb-unknown', 'other']);
  });

  it('--images also removes the images that we made, not the names that users gave them or what they built', async () => {
    const { removed } = await fakeDocker(socket, { ...keep(), containers: [], networks: [] });
    expect(JSON.parse((await clean(['--images', '--json'])).stdout)).toEqual({ removed: { containers: 0, networks: 0, images: 1, folders: 1 }, notRemoved: [] });
    expect(removed).toEqual(['images/faasbatch-bench/functions:h']);
  });

  it('ends with 6 when something could not be removed, after it has removed the rest', async () => {
    const { removed } = await fakeDocker(socket, { ...keep(), networks: [], containers: ['1', '2', '3'].map((Id) => ({ Id, Labels: labelsOf(dead) })) }, { refuses: '2' });
    const { code, stdout, stderr } = await clean();
    expect(code).toBe(6);
    expect(stdout).toBe('removed: containers not all, networks not all, temporary folders 1, images 0\n');
    expect(stderr).toMatch(/^FBB_ERR_DOCKER_REFUSED: .*it is stuck/);
    expect(removed.sort()).toEqual(['containers/1', 'containers/3']);
  });

  it('without a daemon removes folders, says that Docker was not asked, and ends with 0', async () => {
    const { code, stdout, stderr } = await clean([], 'unix:///nowhere');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'removed: containers 0, networks 0, temporary folders 1, images 0\n' });
    expect(stderr).toMatch(/^Docker was not asked: .*\/nowhere/);
    expect(existsSync(join(place.temporary, 'fbb-dead'))).toBe(false);
  });

  it.each([
    ['images were asked for', ['--images'], 'unix:///nowhere'],
    ['the daemon never answers', [], undefined],
  ])('ends with 6 when Docker could not be asked, and %s', async (_why, args, dockerHost) => {
    await silent(socket);
    const { code, stdout, stderr } = await clean(args, dockerHost);
    expect({ code, stdout }).toEqual({ code: 6, stdout: 'removed: containers 0, networks 0, temporary folders 1, images 0\n' });
    expect(stderr).toMatch(/^FBB_ERR_DOCKER_UNREACHABLE: /);
  });
});

it('clean says when there is nothing to remove', async () => {
  await fakeDocker(socket, { containers: [], networks: [], images: [] });
  expect(await clean(['--images'])).toEqual({ code: 0, signal: null, stdout: 'nothing to remove\n', stderr: '' });
});

describe.skipIf(noDocker !== undefined)(named('clean with Docker'), () => {
  const docker = dockerClient();
  const made: (Docker.Container | Docker.Network)[] = [];
  afterEach(async () => {
    for (const one of made.splice(0)) await one.remove().catch(() => undefined);
  });

  async function makeImage(): Promise<string> {
    const name = `test-clean-${process.pid}`;
    // Two empty blocks are an empty tar.
    const told = await docker.importImage(Readable.from([Buffer.alloc(1_024)]), { repo: name, tag: 'empty' });
    await new Promise((resolve) => docker.modem.followProgress(told, resolve));
    return `${name}:empty`;
  }

  async function exists(one: { inspect(): Promise<unknown> }): Promise<boolean> {
    return one.inspect().then(() => true, () => false);
  }

  it('removes containers and networks of a dead process, and leaves those of others', async () => {
    const image = await makeImage();
    const make = async (Labels: Record<string, string>): Promise<[Docker.Container, Docker.Network]> => {
      const container = await docker.createContainer({ Image: image, Cmd: ['/nothing'], Labels, HostConfig: { NetworkMode: 'none' } });
      const network = await docker.createNetwork({ Name: `test-clean-${process.pid}-${made.length}`, Driver: 'bridge', Internal: true, Labels });
      made.push(container, network);
      return [container, network];
    };
    const [ofDead, ofAlive, ofNobody] = [await make(labelsOf(dead)), await make(labelsOf(alive)), await make({})];
    const { code, stderr } = await place.run('clean');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const left = await Promise.all([...ofDead, ...ofAlive, ...ofNobody].map(exists));
    expect(left).toEqual([false, false, true, true, true, true]);
    for (const one of made.splice(0)) await one.remove().catch(() => undefined);
    await docker.getImage(image).remove();
  });
});
