import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { monotonicNowMs, type SampleRound } from '../../src/core/index.js';
import { Sampler } from '../../src/metrics/index.js';
import { isRunning } from '../backends/processes.js';
import { temporaryFolder } from '../backends/temporary-folder.js';
import { runtimeFolder } from '../runtime/built-programs.js';
import { writeFiles, writeGroup1 } from '../support/cgroup-tree.js';

const programPath = join(runtimeFolder, 'sampler.cjs');
const patience = { timeout: 10_000, interval: 10 };

interface Sampling {
  readonly sampler: Sampler;
  readonly rounds: SampleRound[];
}

function startSampler({ pssReadsPerRound = 20, statReadsPerRound = 20 } = {}): Sampling {
  const rounds: SampleRound[] = [];
  const sampler = new Sampler({ programPath, intervalMs: 40, pssReadsPerRound, statReadsPerRound, onRound: (round) => rounds.push(round) });
  onTestFinished(async () => {
    await sampler.stop();
  });
  return { sampler, rounds };
}

function startProcess(script: string): ChildProcess & { readonly pid: number } {
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child as ChildProcess & { readonly pid: number };
}

const idle = 'setInterval(() => undefined, 1000)';
const spinning = 'for (;;);';

it('reads memory and CPU of the processes it is told of, and of the host', async () => {
  const { sampler, rounds } = startSampler();
  const beforeMs = monotonicNowMs();
  sampler.containerStarted(7, { kind: 'process', pid: startProcess(idle).pid });
  sampler.containerStarted(8, { kind: 'process', pid: startProcess(spinning).pid });
  const readings = (containerId: number) => rounds.flatMap(({ containers }) => containers).filter((sample) => sample.containerId === containerId);
  await vi.waitFor(() => expect(Math.max(...readings(8).map(({ cpuPercent }) => cpuPercent))).toBeGreaterThan(5), patience);
  await vi.waitFor(() => expect(readings(7).filter(({ memoryMb }) => memoryMb !== undefined && memoryMb > 1).length).toBeGreaterThan(2), patience);
  for (const { memoryMb, rssMb } of readings(7)) {
    expect(rssMb).toBeGreaterThan(0);
    expect(rssMb).toBeLessThan(1_000);
    if (memoryMb !== undefined) expect(memoryMb).toBeLessThan(1_000);
  }
  let lastMs = beforeMs;
  for (const { atMs, host } of rounds) {
    expect(atMs).toBeGreaterThanOrEqual(lastMs);
    expect(host.memoryMb).toBeGreaterThan(10);
    expect(host.cpuPercent).toBeGreaterThanOrEqual(0);
    expect(host.cpuPercent).toBeLessThanOrEqual(100);
    lastMs = atMs;
  }
  expect(lastMs).toBeLessThanOrEqual(monotonicNowMs());
});

it('says at its end what it cost', async () => {
  const { sampler, rounds } = startSampler();
  await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(1), patience);
  const cost = await sampler.stop();
  expect(cost?.cpuMs).toBeGreaterThan(0);
  expect(cost?.rounds).toBeGreaterThanOrEqual(rounds.length);
  expect(cost?.missedRounds).toBeGreaterThanOrEqual(0);
  if (process.platform === 'linux') {
    expect(cost?.stolenShare).toBeGreaterThanOrEqual(0);
    expect(cost?.stolenShare).toBeLessThan(1);
  } else expect(cost?.stolenShare).toBeNull();
  expect(cost?.memorySource).toBe(process.platform === 'linux' ? 'pss' : 'rss');
  const count = rounds.length;
  expect(await sampler.stop()).toEqual(cost);
  expect(rounds).toHaveLength(count);
});

it('goes on when processes vanish, and leaves only them out', async () => {
  const { sampler, rounds } = startSampler();
  const [vanishing, staying] = [startProcess(idle), startProcess(idle)];
  sampler.containerStarted(1, { kind: 'process', pid: vanishing.pid });
  sampler.containerStarted(2, { kind: 'process', pid: staying.pid });
  const idsOf = (round: SampleRound | undefined): number[] => (round?.containers ?? []).map(({ containerId }) => containerId);
  await vi.waitFor(() => expect(idsOf(rounds.at(-1))).toEqual([1, 2]), patience);
  const exited = once(vanishing, 'exit');
  vanishing.kill('SIGKILL');
  await exited;
  await vi.waitFor(() => expect(idsOf(rounds.at(-1))).toEqual([2]), patience);
  const count = rounds.length;
  await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(count + 2), patience);
  expect(rounds.slice(count).map(idsOf)).toEqual(rounds.slice(count).map(() => [2]));
});

it('goes on when all processes vanish', async () => {
  const { sampler, rounds } = startSampler();
  const vanishing = startProcess(idle);
  sampler.containerStarted(1, { kind: 'process', pid: vanishing.pid });
  await vi.waitFor(() => expect(rounds.at(-1)?.containers).toHaveLength(1), patience);
  const exited = once(vanishing, 'exit');
  vanishing.kill('SIGKILL');
  await exited;
  await vi.waitFor(() => expect(rounds.at(-1)?.containers).toHaveLength(0), patience);
  const count = rounds.length;
  await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(count + 2), patience);
});

it('reads no more of a process that it is told has ended', async () => {
  const { sampler, rounds } = startSampler();
  sampler.containerStarted(1, { kind: 'process', pid: startProcess(idle).pid });
  await vi.waitFor(() => expect(rounds.at(-1)?.containers).toHaveLength(1), patience);
  sampler.containerStopped(1);
  await vi.waitFor(() => expect(rounds.at(-1)?.containers).toHaveLength(0), patience);
});

it.runIf(process.platform === 'linux')('reads no more shared memory in a round than it may, and every process in its turn', async () => {
  const { sampler, rounds } = startSampler({ pssReadsPerRound: 2 });
  for (let id = 0; id < 5; id += 1) sampler.containerStarted(id, { kind: 'process', pid: startProcess(idle).pid });
  const full = (): SampleRound[] => rounds.filter(({ containers }) => containers.length === 5);
  await vi.waitFor(() => expect(full().length).toBeGreaterThan(8), patience);
  const read = full().map(({ containers }) => containers.filter(({ memoryMb }) => memoryMb !== undefined).map(({ containerId }) => containerId));
  for (const ids of read) expect(ids.length).toBeLessThanOrEqual(2);
  // Three rounds go once through five.
  for (let first = 0; first + 3 <= read.length; first += 1) expect(new Set(read.slice(first, first + 3).flat())).toEqual(new Set([0, 1, 2, 3, 4]));
});

const usage = { cpuMs: 100, chargedMb: 70, inactiveFileMb: 50, anonymousMb: 5 };

function samplesOf(rounds: readonly SampleRound[], containerId: number): SampleRound['containers'] {
  return rounds.flatMap(({ containers }) => containers).filter((sample) => sample.containerId === containerId);
}

it('reads control groups beside processes: their working set in every round, and CPU from what was added since the round before', async () => {
  const { sampler, rounds } = startSampler();
  const folder = temporaryFolder();
  sampler.containerStarted(1, { kind: 'cgroup', files: writeGroup1(folder, usage) });
  sampler.containerStarted(2, { kind: 'process', pid: startProcess(idle).pid });
  await vi.waitFor(() => expect(samplesOf(rounds, 1).length).toBeGreaterThan(2), patience);
  await vi.waitFor(() => expect(samplesOf(rounds, 2).length).toBeGreaterThan(2), patience);
  for (const sample of samplesOf(rounds, 1)) expect(sample).toEqual({ containerId: 1, cpuPercent: 0, cpuMs: 100, rssMb: 5, memoryMb: 20 });
  writeGroup1(folder, { cpuMs: 120, chargedMb: 90, inactiveFileMb: 50, anonymousMb: 25 });
  await vi.waitFor(() => expect(samplesOf(rounds, 1).at(-1)).toMatchObject({ cpuPercent: 0, cpuMs: 120, rssMb: 25, memoryMb: 40 }), patience);
  // A round may have met the file while it was being written, and left the group out.
  const read = rounds.filter((round) => samplesOf([round], 1).length > 0);
  const busy = read.findIndex((round) => samplesOf([round], 1)[0]?.cpuPercent !== 0);
  const [before, at] = [read[busy - 1], read[busy]] as [SampleRound, SampleRound];
  expect(samplesOf([at], 1)[0]?.cpuPercent).toBeCloseTo((20 / (at.atMs - before.atMs)) * 100, 2);
  expect((await sampler.stop())?.memorySource).toBe('cgroup');
});

it('leaves out a control group that is gone, and one that it is told has ended', async () => {
  const { sampler, rounds } = startSampler();
  const [vanishing, ending, staying] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  sampler.containerStarted(1, { kind: 'cgroup', files: writeGroup1(join(vanishing, 'group'), usage) });
  sampler.containerStarted(2, { kind: 'cgroup', files: writeGroup1(ending, usage) });
  sampler.containerStarted(3, { kind: 'cgroup', files: writeGroup1(staying, usage) });
  const last = (): number[] => rounds.at(-1)?.containers.map(({ containerId }) => containerId) ?? [];
  await vi.waitFor(() => expect(last()).toEqual([1, 2, 3]), patience);
  // A file of a kernel's group can no longer be read when it is gone; an ordinary one that is empty tells as little.
  writeFiles(join(vanishing, 'group'), { 'cpuacct.usage': '' });
  sampler.containerStopped(2);
  await vi.waitFor(() => expect(last()).toEqual([3]), patience);
  const count = rounds.length;
  await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(count + 2), patience);
  expect(last()).toEqual([3]);
});

it('takes the last reading that a backend was told along with the next round, once', async () => {
  const { sampler, rounds } = startSampler();
  const beforeMs = monotonicNowMs();
  sampler.containerStarted(1, { kind: 'told' });
  sampler.containerRead(2, { cpuMs: 1, memoryMb: 1 });
  await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(0), patience);
  expect(samplesOf(rounds, 1)).toEqual([]);
  sampler.containerRead(1, { cpuMs: 5, memoryMb: 30 });
  sampler.containerRead(1, { cpuMs: 10, memoryMb: 40 });
  const afterMs = monotonicNowMs();
  await vi.waitFor(() => expect(samplesOf(rounds, 1)).toHaveLength(1), patience);
  const first = samplesOf(rounds, 1)[0];
  expect(first).toMatchObject({ cpuMs: 10, memoryMb: 40, rssMb: undefined });
  expect(first?.cpuPercent).toBeGreaterThanOrEqual((10 / (afterMs - beforeMs)) * 100);
  const count = rounds.length;
  await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(count + 1), patience);
  expect(samplesOf(rounds, 1)).toHaveLength(1);
  sampler.containerRead(1, { cpuMs: 20, memoryMb: 50 });
  sampler.containerStopped(1);
  sampler.containerRead(1, { cpuMs: 30, memoryMb: 60 });
  const atEnd = rounds.length;
  await vi.waitFor(() => expect(rounds.length).toBeGreaterThan(atEnd + 1), patience);
  expect(samplesOf(rounds, 1)).toHaveLength(1);
  expect(samplesOf(rounds, 2)).toEqual([]);
  expect((await sampler.stop())?.memorySource).toBe('docker-stats');
});

it('ends when its harness is gone', async () => {
  const harness = spawn(
    process.execPath,
    ['-e', `const sampler = require('node:child_process').fork(${JSON.stringify(programPath)}, { detached: true }); sampler.on('message', () => console.log(sampler.pid));`],
    { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, FBB_SAMPLER: '{"intervalMs":20,"pssReadsPerRound":1,"statReadsPerRound":1}' } },
  );
  onTestFinished(() => void harness.kill('SIGKILL'));
  const [said] = (await once(harness.stdout, 'data')) as [Buffer];
  const pid = Number.parseInt(said.toString(), 10);
  expect(isRunning(pid)).toBe(true);
  harness.kill('SIGKILL');
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), patience);
});

it('ends in order when its channel closes', async () => {
  const program = fork(programPath, { stdio: 'ignore', execArgv: [] });
  onTestFinished(() => void program.kill('SIGKILL'));
  const exited = once(program, 'exit');
  program.disconnect();
  expect(await exited).toEqual([0, null]);
});

it('costs samples and nothing else when it dies or does not start', async () => {
  const { sampler } = startSampler();
  const brokenPath = join(temporaryFolder(), 'broken.cjs');
  writeFileSync(brokenPath, 'process.exit(1)');
  const broken = new Sampler({ programPath: brokenPath, intervalMs: 20, pssReadsPerRound: 1, statReadsPerRound: 1, onRound: () => undefined });
  broken.containerStarted(1, { kind: 'process', pid: process.pid });
  expect(await broken.stop()).toBeUndefined();
  sampler.containerStarted(1, { kind: 'process', pid: process.pid });
  expect(await sampler.stop()).toBeDefined();
  sampler.containerStarted(2, { kind: 'process', pid: process.pid });
  sampler.containerStopped(2);
});
