import type { Container, ContainerRow, ContainerUsage, SampleRound, UsageSummary } from '../core/index.js';

/** A row while its container lives. */
type OpenRow = { -readonly [Key in keyof ContainerRow]: ContainerRow[Key] };

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
}

const msPerSecond = 1_000;
const mbPerGb = 1_024;

/** Adds up what containers used: memory over time from samples, CPU from their own last words. */
export class UsageAccount {
  readonly #accounts = new Map<number, Account>();
  #live = 0;
  #peakLive = 0;
  #peakMemoryMb = 0;
  /** Of all containers together, where memory is known exactly. */
  #exactMemoryMb = 0;
  #hostCpuPercentSum = 0;
  #rounds = 0;

  containerLaunched(container: Container): void {
    this.#live += 1;
    this.#peakLive = Math.max(this.#peakLive, this.#live);
    const { id, functionId, launchedMs } = container;
    this.#accounts.set(id, {
      row: { id, functionId, launchedMs, startedMs: launchedMs, readyMs: Number.NaN, retiredMs: Number.NaN, invocations: 0, batches: 0, peakMemoryMb: undefined, peakRssMb: undefined, cpuMs: undefined },
      container,
      memoryMb: Number.NaN,
      memoryAtMs: Number.NaN,
      integral: 0,
      sampledCpuMs: 0,
      cpuFromSamples: false,
      left: false,
    });
  }

  /** Its process exists from now on; a backend that never says so starts containers as they are asked for. */
  containerStarted(containerId: number, startedMs: number): void {
    const account = this.#accounts.get(containerId);
    if (account !== undefined && !account.left) account.row.startedMs = startedMs;
  }

  containerLeft(container: Container, endedMs: number): void {
    const account = this.#accounts.get(container.id);
    if (account === undefined || account.left) return;
    this.#live -= 1;
    this.#close(account, endedMs);
  }

  containerUsage(containerId: number, usage: ContainerUsage): void {
    const account = this.#accounts.get(containerId);
    if (account === undefined) return;
    account.cpuFromSamples = usage.cpuMs === undefined;
    account.row.cpuMs = usage.cpuMs ?? account.sampledCpuMs;
    account.row.peakRssMb = usage.peakMemoryMb;
  }

  sample(round: SampleRound): void {
    const { atMs } = round;
    this.#rounds += 1;
    this.#hostCpuPercentSum += round.host.cpuPercent;
    for (const sample of round.containers) {
      const account = this.#accounts.get(sample.containerId);
      if (account === undefined || account.left) continue;
      account.sampledCpuMs = sample.cpuMs;
      if (sample.memoryMb === undefined) continue;
      this.#integrateTo(account, atMs);
      account.memoryMb = sample.memoryMb;
      account.row.peakMemoryMb = Math.max(account.row.peakMemoryMb ?? 0, sample.memoryMb);
    }
    let totalMb = 0;
    for (const { left, memoryMb } of this.#accounts.values()) if (!left && !Number.isNaN(memoryMb)) totalMb += memoryMb;
    this.#peakMemoryMb = Math.max(this.#peakMemoryMb, totalMb);
  }

  /** For a backend that knows memory exactly: from now on a container has so much. */
  memoryChanged(containerId: number, atMs: number, memoryMb: number): void {
    const account = this.#accounts.get(containerId);
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
    for (const account of this.#accounts.values()) if (!account.left) this.#close(account, endedMs);
  }

  rows(): ContainerRow[] {
    return [...this.#accounts.values()].map(({ row }) => row);
  }

  /** `wallMs`: length of the measured time; `cores`: of the host. */
  summary(wallMs: number, cores: number): UsageSummary {
    const accounts = [...this.#accounts.values()];
    const sampled = accounts.filter(({ memoryMb }) => !Number.isNaN(memoryMb));
    const lifeMs = (account: Account): number => account.row.retiredMs - account.row.startedMs;
    let integral = 0;
    let readLifeMs = 0;
    let unreadLifeMs = 0;
    for (const account of accounts) {
      if (Number.isNaN(account.memoryMb)) unreadLifeMs += lifeMs(account);
      else {
        integral += account.integral;
        readLifeMs += lifeMs(account);
      }
    }
    if (readLifeMs > 0) integral += (integral / readLifeMs) * unreadLifeMs;
    const hasMemory = sampled.length > 0 || accounts.length === 0;
    const coreMs = accounts.reduce((sum, { row }) => sum + (row.cpuMs ?? 0), 0);
    return {
      containers: {
        launched: accounts.length,
        peak: this.#peakLive,
        containerSeconds: accounts.reduce((sum, account) => sum + lifeMs(account), 0) / msPerSecond,
      },
      memory: {
        peakMb: hasMemory ? this.#peakMemoryMb : null,
        meanMb: hasMemory && wallMs > 0 ? integral / wallMs : null,
        gbSeconds: hasMemory ? integral / mbPerGb / msPerSecond : null,
        unsampledContainers: accounts.length - sampled.length,
      },
      cpu: {
        coreSeconds: coreMs / msPerSecond,
        sampledContainers: accounts.filter(({ cpuFromSamples }) => cpuFromSamples).length,
        meanUtilization: wallMs > 0 ? coreMs / (wallMs * cores) : 0,
        hostMeanUtilization: this.#rounds === 0 ? null : this.#hostCpuPercentSum / this.#rounds / 100,
      },
    };
  }

  #close(account: Account, endedMs: number): void {
    account.left = true;
    const { row, container } = account;
    row.readyMs = container.readyMs;
    row.retiredMs = endedMs;
    row.invocations = container.served;
    row.batches = container.batches;
    if (Number.isNaN(account.memoryMb)) return;
    this.#integrateTo(account, endedMs);
    this.#exactMemoryMb -= account.memoryMb;
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
