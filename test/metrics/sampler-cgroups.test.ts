import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SampledCgroups } from '../../src/metrics/sampler-cgroups.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { removeFiles, writeGroup1 } from '../support/cgroup-tree.js';

const usage = { cpuMs: 100, chargedMb: 70, inactiveFileMb: 50, anonymousMb: 5 };

/** Groups in folders of their own, watched since 0 ms. */
function watchGroups(count: number, statReadsPerRound: number): { cgroups: SampledCgroups; folders: string[]; memory: (atMs: number) => (number | undefined)[] } {
  const cgroups = new SampledCgroups(statReadsPerRound);
  const folders = Array.from({ length: count }, () => join(temporaryFolder(), 'group'));
  folders.forEach((folder, id) => {
    cgroups.watch(id, writeGroup1(folder, usage), 0);
    onTestFinished(() => cgroups.unwatch(id));
  });
  return { cgroups, folders, memory: (atMs) => cgroups.read(atMs).map(({ memoryMb }) => memoryMb) };
}

it('CPU is what was added since the round before, from the moment on at which a group is watched', () => {
  const { cgroups, folders } = watchGroups(1, 1);
  const cpuAfter = (cpuMs: number, atMs: number): unknown => {
    writeGroup1(folders[0]!, { ...usage, cpuMs });
    return cgroups.read(atMs).map((sample) => [sample.cpuMs, sample.cpuPercent]);
  };
  expect(cpuAfter(110, 40)).toEqual([[110, 25]]);
  expect(cpuAfter(310, 140)).toEqual([[310, 200]]);
  expect(cpuAfter(310, 240)).toEqual([[310, 0]]);
});

it('reads memory.stat of no more groups in a round than it may, the longest unread first', () => {
  const { folders, memory } = watchGroups(5, 2);
  expect(memory(100)).toEqual([20, 20, undefined, undefined, undefined]);
  expect(memory(200)).toEqual([20, 20, 20, 20, undefined]);
  for (const folder of folders) writeGroup1(folder, { ...usage, inactiveFileMb: 40 });
  expect(memory(300)).toEqual([30, 20, 20, 20, 30]);
  expect(memory(400)).toEqual([30, 30, 30, 20, 30]);
  expect(memory(500)).toEqual([30, 30, 30, 30, 30]);
});

it('reads memory.stat first of a group whose memory changed, for its file pages have', () => {
  const { folders, memory } = watchGroups(4, 1);
  for (const atMs of [100, 200, 300, 400]) memory(atMs);
  for (const folder of folders) writeGroup1(folder, { ...usage, inactiveFileMb: 40 });
  writeGroup1(folders[3]!, { ...usage, cpuMs: 101, chargedMb: 100, inactiveFileMb: 90 });
  expect(memory(500)).toEqual([20, 20, 20, 10]);
  expect(memory(600)).toEqual([30, 20, 20, 10]);
});

it('reads what is charged when a group has used CPU time, and in any case once a second', () => {
  const { folders, memory } = watchGroups(2, 2);
  expect(memory(100)).toEqual([20, 20]);
  writeGroup1(folders[0]!, { ...usage, cpuMs: 101, chargedMb: 71 });
  writeGroup1(folders[1]!, { ...usage, chargedMb: 71 });
  expect(memory(200)).toEqual([21, 20]);
  expect(memory(1_099)).toEqual([21, 20]);
  expect(memory(1_100)).toEqual([21, 21]);
});

it('leaves out a group that is not there, and none else', () => {
  const { cgroups, folders } = watchGroups(2, 2);
  cgroups.watch(2, { version: 1, cpu: '/gone/cpu', memoryUsage: '/gone/usage', memoryStat: '/gone/stat', memoryPeak: undefined }, 0);
  expect(cgroups.read(100).map(({ containerId }) => containerId)).toEqual([0, 1]);
  cgroups.unwatch(0);
  removeFiles(folders[0]!);
  expect(cgroups.read(200).map(({ containerId }) => containerId)).toEqual([1]);
});
