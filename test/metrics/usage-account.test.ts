import { expect, it } from 'vitest';
import type { Container, ContainerRow, SampleRound, UsageSummary } from '../../src/core/index.js';
import { UsageAccount } from '../../src/metrics/usage-account.js';

function container(id: number, launchedMs: number): Container {
  return { id, functionId: 'f', state: 'idle', launchedMs, readyMs: launchedMs + 50, inFlight: 0, batches: 1, served: 1 };
}

/** Readings by container: memory in MB, or CPU time so far in ms when that matters. */
function round(atMs: number, readings: Readonly<Record<number, number | undefined | { memoryMb?: number; cpuMs: number }>>, hostCpuPercent = 0): SampleRound {
  const containers = Object.entries(readings).map(([id, reading]): SampleRound['containers'][number] => {
    const { memoryMb, cpuMs } = typeof reading === 'object' ? { memoryMb: undefined, ...reading } : { memoryMb: reading, cpuMs: 0 };
    return { containerId: Number(id), cpuPercent: 0, cpuMs, rssMb: 1, memoryMb };
  });
  return { atMs, host: { memoryMb: 1_000, cpuPercent: hostCpuPercent }, containers };
}

const wallMs = 10_000;

/** It is handed over and exists at once. */
function launched(account: UsageAccount, one: Container): void {
  account.containerLaunched(one);
  account.containerStarted(one.id, one.launchedMs);
}

/** The summary after containers were launched, sampled and taken out of service as `happen` says; the rest leave at the end. */
function summaryOf(happen: (account: UsageAccount) => void): UsageSummary {
  const account = new UsageAccount(() => undefined);
  happen(account);
  account.closeAll(wallMs);
  return account.summary(wallMs, 2);
}

it('holds a reading until the next, and lets the first stand for the time before it', () => {
  const { memory, containers } = summaryOf((account) => {
    const one = container(0, 1_000);
    launched(account, one);
    account.sample(round(2_000, { 0: 512 }));
    account.sample(round(4_000, { 0: 1_024 }));
    account.containerLeft(one, 5_000);
  });
  // 512 MB from 1 to 4 s, 1024 MB from 4 to 5 s: 1536 + 1024 MB·s = 2.5 GB·s.
  expect(memory.gbSeconds).toBe(2.5);
  expect(memory.meanMb).toBe(256);
  expect(memory.peakMb).toBe(1_024);
  expect(memory.unsampledContainers).toBe(0);
  expect(containers).toEqual({ launched: 1, peak: 1, containerSeconds: 4 });
});

it('holds a reading over rounds that did not read the memory', () => {
  const { memory } = summaryOf((account) => {
    const one = container(0, 0);
    launched(account, one);
    account.sample(round(500, { 0: undefined }));
    account.sample(round(1_000, { 0: 1_024 }));
    account.sample(round(2_000, { 0: undefined }));
    account.sample(round(3_000, {}));
    account.sample(round(4_000, { 0: 2_048 }));
    account.containerLeft(one, 4_500);
  });
  // 1 GB for 4 s, 2 GB for half a second.
  expect(memory.gbSeconds).toBe(5);
});

it('lets the mean of the others stand in for a container that was never read', () => {
  const { memory, containers } = summaryOf((account) => {
    const [read, unread] = [container(0, 0), container(1, 1_000)];
    launched(account, read);
    launched(account, unread);
    account.sample(round(500, { 0: 256, 1: undefined }));
    account.sample(round(3_000, { 0: 768 }));
    account.containerLeft(unread, 3_000);
    account.containerLeft(read, 4_000);
  });
  // Read: 256 MB · 3 s + 768 MB · 1 s = 1536 MB·s over 4 s, 384 MB on average; unread: 384 MB · 2 s. 2304 MB·s together.
  expect(memory.gbSeconds).toBe(2.25);
  expect(memory.unsampledContainers).toBe(1);
  expect(containers.containerSeconds).toBe(6);
});

it('weighs the stand-in by lives, not by containers', () => {
  const { memory } = summaryOf((account) => {
    const [long, short, unread] = [container(0, 0), container(1, 0), container(2, 0)];
    for (const one of [long, short, unread]) launched(account, one);
    account.sample(round(1, { 0: 100, 1: 1_000 }));
    account.containerLeft(short, 1_000);
    account.containerLeft(unread, 1_000);
    account.containerLeft(long, 9_000);
  });
  // 900 + 1000 MB·s over 10 s is 190 MB on average.
  expect(memory.gbSeconds).toBeCloseTo((900 + 1_000 + 190) / 1_024, 12);
});

it('counts containers that are still there until the end of the cell', () => {
  const { memory, containers } = summaryOf((account) => {
    launched(account, container(0, 6_000));
    account.sample(round(7_000, { 0: 1_024 }));
  });
  expect(memory.gbSeconds).toBe(4);
  expect(containers.containerSeconds).toBe(4);
});

it('the peak of memory is of containers that were there at the same time', () => {
  const { memory } = summaryOf((account) => {
    const [first, second] = [container(0, 0), container(1, 0)];
    launched(account, first);
    launched(account, second);
    account.sample(round(1_000, { 0: 300 }));
    account.sample(round(2_000, { 1: 200 }));
    account.containerLeft(first, 3_000);
    account.sample(round(4_000, { 1: 450 }));
  });
  expect(memory.peakMb).toBe(500);
});

it('the peak of containers is of those that were there at the same time', () => {
  const { containers } = summaryOf((account) => {
    const all = [container(0, 0), container(1, 0), container(2, 100), container(3, 200)];
    launched(account, all[0]!);
    launched(account, all[1]!);
    account.containerLeft(all[0]!, 50);
    launched(account, all[2]!);
    account.containerLeft(all[1]!, 150);
    account.containerLeft(all[1]!, 160);
    launched(account, all[3]!);
  });
  expect(containers).toMatchObject({ launched: 4, peak: 2 });
});

it('leaves out readings of containers that have left or that it does not know', () => {
  const { memory } = summaryOf((account) => {
    const one = container(0, 0);
    launched(account, one);
    account.sample(round(1_000, { 0: 1_024 }));
    account.containerLeft(one, 2_000);
    account.sample(round(3_000, { 0: 9_999, 7: 9_999 }));
    account.containerUsage(7, { cpuMs: 1_000, peakMemoryMb: 9_999 });
  });
  expect(memory).toMatchObject({ gbSeconds: 2, peakMb: 1_024 });
});

it('knows no memory when nothing was read, and none when there was nothing to read', () => {
  expect(summaryOf((account) => launched(account, container(0, 0))).memory).toEqual({ gbSeconds: null, meanMb: null, peakMb: null, unsampledContainers: 1, kernelPeakMb: null });
  expect(summaryOf(() => undefined).memory).toEqual({ gbSeconds: 0, meanMb: 0, peakMb: 0, unsampledContainers: 0, kernelPeakMb: null });
});

it('takes the CPU time a container tells of itself, and samples for one that was killed', () => {
  const rows: ContainerRow[] = [];
  const account = new UsageAccount((row) => rows.push(row));
  const [told, killed] = [container(0, 1_000), container(1, 1_000)];
  launched(account, told);
  launched(account, killed);
  account.sample(round(2_000, { 0: { cpuMs: 1_000 }, 1: { cpuMs: 500 } }));
  account.sample(round(4_000, { 0: { cpuMs: 1_100 }, 1: { cpuMs: 3_500 } }));
  account.closeAll(wallMs);
  account.containerUsage(0, { cpuMs: 1_200, peakMemoryMb: 30 });
  account.containerUsage(1, { cpuMs: undefined, peakMemoryMb: undefined });
  const { cpu } = account.summary(wallMs, 2);
  expect(rows.map(({ cpuMs }) => cpuMs)).toEqual([1_200, 3_500]);
  expect(cpu.coreSeconds).toBe(4.7);
  expect(cpu.sampledContainers).toBe(1);
  expect(cpu.meanUtilization).toBe(4_700 / 20_000);
});

it('charges no memory for the time in which a container waited for a place among the launches', () => {
  const { memory, containers } = summaryOf((account) => {
    const one = container(0, 1_000);
    launched(account, one);
    account.containerStarted(0, 3_000);
    account.sample(round(4_000, { 0: 1_024 }));
    account.containerLeft(one, 5_000);
  });
  expect(memory.gbSeconds).toBe(2);
  expect(containers.containerSeconds).toBe(2);
});

it('tells what there is now: of memory the last readings, and how many containers have none', () => {
  const account = new UsageAccount(() => undefined);
  const [one, two, three] = [container(0, 0), container(1, 0), container(2, 0)] as const;
  for (const each of [one, two, three]) launched(account, each);
  expect(account.now).toEqual({ launched: 3, alive: 3, memoryMb: 0, unread: 3 });
  account.sample(round(1_000, { 0: 100, 1: 50 }));
  account.sample(round(2_000, { 0: undefined, 1: 60 }));
  expect(account.now).toEqual({ launched: 3, alive: 3, memoryMb: 160, unread: 1 });
  account.containerLeft(one, 3_000);
  account.containerUsage(0, { cpuMs: 1, peakMemoryMb: undefined, resources: undefined });
  expect(account.now).toEqual({ launched: 3, alive: 2, memoryMb: 60, unread: 1 });
});

it('tells what there is now where the backend knows memory exactly', () => {
  const account = new UsageAccount(() => undefined, true);
  const [one, two] = [container(0, 0), container(1, 0)] as const;
  for (const each of [one, two]) launched(account, each);
  account.memoryChanged(0, 10, 40);
  account.memoryChanged(1, 20, 30);
  expect(account.now).toEqual({ launched: 2, alive: 2, memoryMb: 70, unread: 0 });
  account.containerLeft(one, 30);
  expect(account.now).toEqual({ launched: 2, alive: 1, memoryMb: 30, unread: 0 });
  account.closeAll(40);
  expect(account.now).toEqual({ launched: 2, alive: 0, memoryMb: 0, unread: 0 });
});

it('averages the load of the host over the rounds', () => {
  const { cpu } = summaryOf((account) => {
    account.sample(round(1_000, {}, 20));
    account.sample(round(2_000, {}, 60));
  });
  expect(cpu.hostMeanUtilization).toBeCloseTo(0.4, 12);
  expect(summaryOf(() => undefined).cpu.hostMeanUtilization).toBeNull();
});

it('keeps the highest reading of each container', () => {
  const rows: ContainerRow[] = [];
  const account = new UsageAccount((row) => rows.push(row));
  launched(account, container(0, 0));
  for (const memoryMb of [40, 90, 60]) account.sample(round(memoryMb, { 0: memoryMb }));
  account.closeAll(wallMs);
  account.containerUsage(0, { cpuMs: 1, peakMemoryMb: 500 });
  expect(rows).toMatchObject([{ peakMemoryMb: 90 }]);
});

it('charges nothing for a container that never came to exist, however long it waited for its start', () => {
  const { memory, containers, cpu } = summaryOf((account) => {
    const read = container(0, 0);
    launched(account, read);
    account.sample(round(1_000, { 0: 1_024 }));
    const stopped = container(1, 0);
    account.containerLaunched(stopped);
    account.containerLeft(stopped, 8_000);
    account.containerUsage(1, { cpuMs: 0, peakMemoryMb: undefined });
    // This one waits until the end.
    account.containerLaunched(container(2, 0));
    account.containerLeft(read, 2_000);
  });
  expect(memory).toMatchObject({ gbSeconds: 2, peakMb: 1_024, unsampledContainers: 0 });
  expect(containers).toEqual({ launched: 3, peak: 2, containerSeconds: 2 });
  expect(cpu.sampledContainers).toBe(0);
});
