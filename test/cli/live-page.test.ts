import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listenTo } from '../live/event-reader.js';
import { pluginText } from '../plugins/plugin-file.js';
import { containerIsUp, leftOver, processesOf } from './left-over.js';
import { Workplace, type BinResult, type RunningBin } from './run-bin.js';
import { stored, writeTinySuite } from './tiny-suite.js';

const place = new Workplace();
let suite: string;
beforeAll(() => {
  suite = writeTinySuite(place.folder);
});
afterAll(() => place.remove());

const ids = ['one.icdcs-io.baseline.r1', 'one.icdcs-io.batching-expanding.r1'];

/** Where a run says that it can be watched. */
async function urlFrom(bin: RunningBin): Promise<string> {
  const line = /^live: (http:\S+)$/m;
  await vi.waitUntil(() => line.test(bin.stderr()), { timeout: 20_000, interval: 5 });
  return line.exec(bin.stderr())?.[1] as string;
}

function serverPids(): number[] {
  return processesOf(place.temporary).filter(({ command }) => command.includes('live.cjs')).map(({ pid }) => pid);
}

describe('a simulated run that is watched', () => {
  it('tells everything from its beginning to its end, and leaves no process', async () => {
    const bin = place.start(['suite', suite, '--backend', 'simulation', '--live', '--out', place.out]);
    const reader = await listenTo(await urlFrom(bin));
    const end = await reader.first('run-ended');
    const { code, stderr } = await bin.ended;
    await reader.ended;
    expect({ code, status: end.status }).toEqual({ code: 0, status: 'complete' });
    const { folder, manifest, summaries } = stored(place.out);
    expect(end.folder).toBe(folder);
    expect(reader.all('snapshot')).toMatchObject([{ run: { id: manifest.id, suite: 'tiny', command: manifest.command, backend: 'simulation' }, cells: ids.map((id) => ({ id, status: 'pending' })), log: [] }]);
    expect(reader.all('cell-started').map(({ cellId }) => cellId)).toEqual(ids);
    for (const [i, cell] of reader.all('cell-ended').entries()) {
      const { invocations, latencyMs: { total } } = summaries[i]!;
      expect(cell).toMatchObject({ id: ids[i], status: 'valid', numbers: { completed: invocations.completed, latency: { count: total.count, meanMs: total.mean, p98Ms: total.p98 } } });
      const last = reader.all('progress').filter(({ cellId }) => cellId === cell.id).at(-1)!;
      expect(last).toMatchObject({ ended: invocations.completed, total: 400, failed: 0, point: { hostCpuPercent: null, unreadContainers: 0 } });
      expect(last.latency).toMatchObject({ count: total.count, maxMs: total.max });
      expect(last.latency.meanMs).toBeCloseTo(total.mean!, 6);
      expect(Math.abs(last.latency.p98Ms! / total.p98! - 1)).toBeLessThan(1 / 64);
    }
    const told = stderr.split('\n').filter((line) => line.startsWith('  one.'));
    expect(reader.all('log').map(({ line }) => line)).toEqual(told);
    expect(await leftOver(place.temporary)).toEqual([]);
  }, 60_000);

  it('gives the same results as one that is not', async () => {
    const [watched, other] = [`${place.out}-watched`, `${place.out}-other`];
    expect((await place.run('suite', suite, '--backend', 'simulation', '--live', '--out', watched)).code).toBe(0);
    expect((await place.run('suite', suite, '--backend', 'simulation', '--out', other)).code).toBe(0);
    expect(stored(watched).summaries).toEqual(stored(other).summaries);
    expect(stored(watched).files).toEqual(stored(other).files);
  }, 60_000);
});

describe('a run whose scheduler never returns', () => {
  it('says how it ended, with the cell that failed', async () => {
    writeFileSync(join(place.folder, 'stuck.ts'), pluginText('stuck', 'for (;;) invocation.id += 1;'));
    const endless = writeTinySuite(place.folder, { name: 'endless', base: 'stuck', schedulers: '[./stuck.ts]' });
    const bin = place.start(['suite', endless, '--backend', 'simulation', '--live', '--out', place.out]);
    const reader = await listenTo(await urlFrom(bin));
    expect(await reader.first('run-ended')).toMatchObject({ status: 'interrupted', cut: { id: 'one.icdcs-io.stuck.r1', status: 'failed' } });
    expect(reader.all('log').at(-1)?.line).toContain('FBB_ERR_SCHEDULER_STUCK');
    expect((await bin.ended).code).toBe(5);
    expect(await leftOver(place.temporary)).toEqual([]);
  }, 60_000);
});

describe('a live run that is watched', () => {
  it('tells of containers, their memory and the host, from a server in the normal class', async () => {
    const bin = place.start(['suite', suite, '--schedulers', 'batching-expanding', '--limit', '12', '--live', '--out', place.out]);
    const reader = await listenTo(await urlFrom(bin));
    await reader.first('progress', ({ point }) => point.containers > 0);
    if (process.platform === 'linux') expect(serverPids().map(schedulingPolicy)).toEqual([0]);
    await reader.first('progress', ({ point }) => point.memoryMb > 1 && point.hostCpuPercent !== null && point.hostMemoryMb !== null);
    expect(await reader.first('run-ended')).toMatchObject({ status: 'complete' });
    expect(reader.all('progress').at(-1)).toMatchObject({ ended: 12, total: 12, failed: 0, latency: { count: 12 } });
    const snapshot = reader.all('snapshot')[0]!;
    expect(snapshot.cells).toHaveLength(1);
    expect((await bin.ended).code).toBe(0);
  }, 60_000);

  it('goes on when the server dies, and says so once', async () => {
    const bin = place.start(['suite', suite, '--schedulers', 'batching-expanding', '--limit', '12', '--live', '--out', place.out]);
    await urlFrom(bin);
    await containerIsUp(place.temporary);
    for (const pid of serverPids()) process.kill(pid, 'SIGKILL');
    const { code, stderr } = await bin.ended;
    expect(code).toBe(0);
    expect(stderr.match(/^live: the server process .*$/gm)).toEqual(process.platform === 'linux' ? ['live: the server process was ended by SIGKILL; the run goes on, its page does not'] : null);
  }, 60_000);

  it.each([['SIGINT', 'interrupted'], ['SIGKILL', 'lost']] as const)('says how it ended after %s, and leaves no process', async (signal, status) => {
    const bin = place.start(['suite', suite, '--schedulers', 'batching-expanding', '--limit', '12', '--live', '--out', place.out]);
    const reader = await listenTo(await urlFrom(bin));
    await containerIsUp(place.temporary);
    bin.process.kill(signal);
    expect(await reader.first('run-ended')).toMatchObject({ status, cut: { id: 'one.icdcs-io.batching-expanding.r1', status: 'interrupted' } });
    await reader.ended;
    await bin.ended;
    expect(await leftOver(place.temporary)).toEqual([]);
  }, 60_000);
});

describe('--live', () => {
  async function refused(...args: string[]): Promise<BinResult> {
    const out = `${place.out}-refused`;
    const result = await place.run('suite', suite, '--backend', 'simulation', '--out', out, ...args);
    expect(() => readdirSync(out)).toThrow(/ENOENT/);
    expect(await leftOver(place.temporary)).toEqual([]);
    return result;
  }

  it('refuses an address that is none, before anything is run', async () => {
    const { code, stderr } = await refused('--live', 'no_host:99999');
    expect(code).toBe(2);
    expect(stderr).toContain("FBB_ERR_USAGE: --live 'no_host:99999': 'no_host' is no host; '99999' is no port from 0 to 65535.");
  });

  it('says that a port is taken, before anything is run', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await refused('--live', String(port));
    taken.close();
    expect(code).toBe(6);
    expect(stderr).toContain(`FBB_ERR_LIVE_LISTEN: The page cannot be served at 127.0.0.1, port ${port}: something else listens there.`);
  });

  it('says aloud when others can watch', async () => {
    const { code, stderr } = await place.run('suite', suite, '--backend', 'simulation', '--live', '0.0.0.0:0', '--out', place.out);
    expect(code).toBe(0);
    expect(stderr).toContain('live: not only this machine: everybody who reaches 0.0.0.0 can watch, without a password');
  });

  it('without it no server is started', async () => {
    const { stderr } = await place.run('suite', suite, '--backend', 'simulation', '--out', place.out);
    expect(stderr).not.toContain('live:');
  });
});

/** Of Linux: 0 is the normal class. */
function schedulingPolicy(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[38]);
}
