import type { Container, ContainerRow, ContainersNow, ContainerUsage, ResourceTotals, SampleRound, UsageSummary } from '../core/index.js';

/** A row while its container lives. */
type OpenRow = Mutable<ContainerRow>;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Account {
  readonly row: OpenRow;
  readonly container: Container;
  memoryMb: number;
  memoryAtMs: number;
  /** MB x ms so far. */
  integral: number;
  /** CPU time at the last sample, for containers that do not live to report their own. */
  sampledCpuMs: number;
  cpuFromSamples: boolean;
  left: boolean;
  hasToldUsage: boolean;
}

/** Sums over the containers whose last word is known. */
interface Sums {
  launched: number;
  sampled: number;
  /** Those that existed and were not read. */
  unsampled: number;
  cpuFromSamples: number;
  lifeMs: number;
  /** Part of `lifeMs`, of containers whose memory was read. */
  readLifeMs: number;
  integral: number;
  coreMs: number;
  /** NaN when one of them did not tell. */
  kernelPeakMb: number;
}

const msPerSecond = 1_000;
const mbPerGb = 1_024;

/**
 * Adds up what containers used: memory over time from samples, CPU from their own last words. A container whose last word is known
 * becomes a row and part of the sums, and is forgotten.
 */
export class UsageAccount {
  readonly #onRow: (row: ContainerRow) => void;
  /** By container id; undefined once it is a row. */
  readonly #accounts: (Account | undefined)[] = [];
  readonly #resources: Mutable<ResourceTotals> = { hits: 0, misses: 0, failures: 0, evictions: 0, broken: 0, creationMs: 0, savedBytes: 0, peakInContainer: 0, untoldContainers: 0 };
  readonly #sums: Sums = { launched: 0, sampled: 0, unsampled: 0, cpuFromSamples: 0, lifeMs: 0, readLifeMs: 0, integral: 0, coreMs: 0, kernelPeakMb: 0 };
  #launched = 0;
  #live = 0;
  #peakLive = 0;
  #peakMemoryMb = 0;
  /** Of all containers together, where memory is known exactly. */
  #exactMemoryMb = 0;
  #hostCpuPercentSum = 0;
  #rounds = 0;
  readonly #memoryIsExact: boolean;

  /** `memoryIsExact`: the backend tells of every change, so a container that it has told nothing of has none. */
  constructor(onRow: (row: ContainerRow) => void, memoryIsExact = false) {
    this.#onRow = onRow;
    this.#memoryIsExact = memoryIsExact;
  }

  containerLaunched(container: Container): void {
    this.#launched += 1;
    this.#live += 1;
    this.#peakLive = Math.max(this.#peakLive, this.#live);
    const { id, functionId, launchedMs } = container;
    this.#accounts[id] = {
      row: { id, functionId, launchedMs, startedMs: Number.NaN, readyMs: Number.NaN, retiredMs: Number.NaN, invocations: 0, batches: 0, peakMemoryMb: undefined, kernelPeakMb: undefined, cpuMs: undefined, resources: undefined },
      container,
      // Unknown until it is read.
      memoryMb: this.#memoryIsExact ? 0 : Number.NaN,
      memoryAtMs: launchedMs,
      integral: 0,
      sampledCpuMs: 0,
      cpuFromSamples: false,
      left: false,
      hasToldUsage: false,
    };
  }

  /** It exists from now on. One that never did costs nothing. */
  containerStarted(containerId: number, startedMs: number): void {
    const account = this.#accounts[containerId];
    if (account !== undefined && !account.left) account.row.startedMs = startedMs;
  }

  containerLeft(container: Container, endedMs: number): void {
    const account = this.#accounts[container.id];
    if (account === undefined || account.left) return;
    this.#live -= 1;
    this.#close(account, endedMs);
  }

  containerUsage(containerId: number, usage: ContainerUsage): void {
    const account = this.#accounts[containerId];
    if (account === undefined) return;
    account.cpuFromSamples = usage.cpuMs === undefined;
    account.row.cpuMs = usage.cpuMs ?? account.sampledCpuMs;
    account.row.kernelPeakMb = usage.peakMemoryMb;
    account.row.resources = usage.resources;
    account.hasToldUsage = true;
    if (account.left) this.#settle(account);
  }

  sample(round: SampleRound): void {
    const { atMs } = round;
    this.#rounds += 1;
    this.#hostCpuPercentSum += round.host.cpuPercent;
    for (const sample of round.containers) {
      const account = this.#accounts[sample.containerId];
      if (account === undefined || account.left) continue;
      account.sampledCpuMs = sample.cpuMs;
      if (sample.memoryMb === undefined) continue;
      this.#integrateTo(account, atMs);
      account.memoryMb = sample.memoryMb;
      account.row.peakMemoryMb = Math.max(account.row.peakMemoryMb ?? 0, sample.memoryMb);
    }
    this.#peakMemoryMb = Math.max(this.#peakMemoryMb, this.#readMemory().memoryMb);
  }

  /** For a backend that knows memory exactly: from now on a container has so much. */
  memoryChanged(containerId: number, atMs: number, memoryMb: number): void {
    const account = this.#accounts[containerId];
    if (account === undefined || account.left) return;
    const beforeMb = Number.isNaN(account.memoryMb) ? 0 : account.memoryMb;
    if (beforeMb > 0) account.integral += beforeMb * (atMs - account.memoryAtMs);
    account.memoryMb = memoryMb;
    account.memoryAtMs = atMs;
    account.row.peakMemoryMb = Math.max(account.row.peakMemoryMb ?? 0, memoryMb);
    this.#exactMemoryMb += memoryMb - beforeMb;
    this.#peakMemoryMb = Math.max(this.#peakMemoryMb, this.#exactMemoryMb);
  }

  /** Closes what is still open at the end of the cell. */
  closeAll(endedMs: number): void {
    for (const account of this.#accounts) if (account?.left === false) this.#close(account, endedMs);
    this.#live = 0;
  }

  /** `wallMs`: length of the measured time; `cores`: of the host. Containers that have said nothing by now have used no CPU time that is known. */
  summary(wallMs: number, cores: number): UsageSummary {
    for (const account of this.#accounts) if (account !== undefined) this.#settle(account);
    const { launched, sampled, unsampled, cpuFromSamples, lifeMs, readLifeMs, coreMs } = this.#sums;
    // The mean of the others stands in for the memory of containers that were never read.
    const integral = readLifeMs > 0 ? this.#sums.integral * (lifeMs / readLifeMs) : this.#sums.integral;
    const hasMemory = sampled > 0 || launched === 0;
    return {
      containers: { launched, peak: this.#peakLive, containerSeconds: lifeMs / msPerSecond },
      memory: {
        peakMb: hasMemory ? this.#peakMemoryMb : null,
        meanMb: hasMemory && wallMs > 0 ? integral / wallMs : null,
        gbSeconds: hasMemory ? integral / mbPerGb / msPerSecond : null,
        unsampledContainers: unsampled,
        kernelPeakMb: launched === 0 || Number.isNaN(this.#sums.kernelPeakMb) ? null : this.#sums.kernelPeakMb,
      },
      cpu: {
        coreSeconds: coreMs / msPerSecond,
        sampledContainers: cpuFromSamples,
        meanUtilization: wallMs > 0 ? coreMs / (wallMs * cores) : 0,
        hostMeanUtilization: this.#rounds === 0 ? null : this.#hostCpuPercentSum / this.#rounds / 100,
      },
      resources: this.#resources.hits + this.#resources.misses > 0 ? { ...this.#resources } : undefined,
    };
  }

  /** As it is now; takes a look at every container. */
  get now(): ContainersNow {
    const { memoryMb, unread } = this.#memoryIsExact ? { memoryMb: this.#exactMemoryMb, unread: 0 } : this.#readMemory();
    return { launched: this.#launched, alive: this.#live, memoryMb, unread };
  }

  #readMemory(): Pick<ContainersNow, 'memoryMb' | 'unread'> {
    let memoryMb = 0;
    let unread = 0;
    for (const account of this.#accounts) {
      if (account?.left !== false) continue;
      if (Number.isNaN(account.memoryMb)) unread += 1;
      else memoryMb += account.memoryMb;
    }
    return { memoryMb, unread };
  }

  #settle(account: Account): void {
    const { row } = account;
    const sums = this.#sums;
    const lifeMs = Number.isNaN(row.startedMs) ? 0 : row.retiredMs - row.startedMs;
    this.#accounts[row.id] = undefined;
    sums.launched += 1;
    sums.lifeMs += lifeMs;
    sums.coreMs += row.cpuMs ?? 0;
    sums.kernelPeakMb += row.kernelPeakMb ?? Number.NaN;
    if (account.cpuFromSamples) sums.cpuFromSamples += 1;
    this.#addResources(row);
    if (!Number.isNaN(account.memoryMb)) {
      sums.sampled += 1;
      sums.readLifeMs += lifeMs;
      sums.integral += account.integral;
    } else if (lifeMs > 0) sums.unsampled += 1;
    this.#onRow(row);
  }

  #addResources({ resources, invocations }: ContainerRow): void {
    const totals = this.#resources;
    if (resources === undefined) {
      if (invocations > 0) totals.untoldContainers += 1;
      return;
    }
    totals.hits += resources.hits;
    totals.misses += resources.misses;
    totals.failures += resources.failures;
    totals.evictions += resources.evictions;
    totals.broken += resources.broken;
    totals.creationMs += resources.creationMs;
    totals.savedBytes += resources.savedBytes;
    totals.peakInContainer = Math.max(totals.peakInContainer, resources.peak);
  }

  #close(account: Account, endedMs: number): void {
    account.left = true;
    const { row, container } = account;
    row.readyMs = container.readyMs;
    row.retiredMs = endedMs;
    row.invocations = container.served;
    row.batches = container.batches;
    if (!Number.isNaN(account.memoryMb)) {
      this.#integrateTo(account, endedMs);
      this.#exactMemoryMb -= account.memoryMb;
    }
    if (account.hasToldUsage) this.#settle(account);
  }

  /** Holds the last reading until now; the first one also stands for the time before it. */
  #integrateTo(account: Account, atMs: number): void {
    if (Number.isNaN(account.memoryMb)) {
      account.memoryAtMs = account.row.startedMs;
      return;
    }
    account.integral += account.memoryMb * Math.max(0, atMs - account.memoryAtMs);
    account.memoryAtMs = atMs;
  }
}
