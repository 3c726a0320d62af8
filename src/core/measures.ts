import type { LatencyPartName, OutcomeStatus } from './invocation.js';
import type { ResourceUsage } from './resource-cache.js';

/** Latencies in ms. A percentile is null when fewer than one observation in expectation lies beyond it: too few to name it. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p98: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

type LatencyTable = Readonly<Record<'total' | LatencyPartName, LatencySummary>>;

/** One container's life. Times in ms from the start of the cell. */
export interface ContainerRow {
  readonly id: number;
  readonly functionId: string;
  /** When the engine asked the backend for it; under a cap of containers, when it had its place. */
  readonly launchedMs: number;
  /** When its process began to exist, after waiting for a place among the launches; it costs memory from here on. NaN when it never did. */
  readonly startedMs: number;
  /** NaN when it never became ready. */
  readonly readyMs: number;
  readonly retiredMs: number;
  readonly invocations: number;
  readonly batches: number;
  /** Highest reading of its memory; undefined when it was never read. */
  readonly peakMemoryMb: number | undefined;
  /** The kernel's own record of its highest memory: RSS of a process, or what its control group was charged for; undefined when nobody lived to tell. */
  readonly kernelPeakMb: number | undefined;
  readonly cpuMs: number | undefined;
  /** Undefined when nobody told. */
  readonly resources: ResourceUsage | undefined;
}

/**
 * One reading of one container, in MB. `memoryMb` is its share of memory: of a process PSS where there is one, and then only in the
 * rounds that read it, and RSS where there is none; of a control group its working set. `rssMb` is not known where others read.
 */
export interface ContainerSample {
  readonly containerId: number;
  readonly cpuPercent: number;
  /** CPU time since its start, in ms. */
  readonly cpuMs: number;
  readonly rssMb: number | undefined;
  readonly memoryMb: number | undefined;
}

/** One round of readings; `cpuPercent` of the host: 100 is all cores. */
export interface SampleRound {
  readonly atMs: number;
  readonly host: { readonly memoryMb: number; readonly cpuPercent: number };
  readonly containers: readonly ContainerSample[];
}

/** What sampling cost itself. */
export interface SamplerCost {
  readonly cpuMs: number;
  readonly rounds: number;
  readonly missedRounds: number;
  /** Share of the time of all cores, 0 to 1, in which they were to work and the hypervisor gave them to other machines; null where nobody tells. */
  readonly stolenShare: number | null;
  /**
   * Where memory of containers comes from: PSS shares common pages between the processes that map them, RSS counts them in each; a
   * control group is charged for what it touched first, and Docker's stats tell the same of another machine.
   */
  readonly memorySource: 'pss' | 'rss' | 'cgroup' | 'docker-stats';
}

/** What became of the requests for resources in all containers of a cell together. */
export interface ResourceTotals extends Omit<ResourceUsage, 'peak'> {
  /** Most resources that existed at a time in one container. */
  readonly peakInContainer: number;
  /** Containers that served invocations and tell nothing of it. */
  readonly untoldContainers: number;
}

/** What the containers of a cell used. */
export interface UsageSummary {
  readonly containers: { readonly launched: number; readonly peak: number; readonly containerSeconds: number };
  readonly memory: {
    readonly peakMb: number | null;
    readonly meanMb: number | null;
    readonly gbSeconds: number | null;
    /** Containers that lived too short to be read; the mean over the lives of the others stands in for theirs. */
    readonly unsampledContainers: number;
    /** The kernel's own record of the highest memory of each container, added up; null when one of them did not tell. */
    readonly kernelPeakMb: number | null;
  };
  readonly cpu: {
    readonly coreSeconds: number;
    /** Containers that did not live to tell their CPU time: the last sample stands in, what came after it is missing. */
    readonly sampledContainers: number;
    /** Share of all cores that containers used, 0 to 1. */
    readonly meanUtilization: number;
    /** The same for everything on the host, the harness included; null without samples. */
    readonly hostMeanUtilization: number | null;
  };
  /** Undefined when no container asked for a resource. */
  readonly resources: ResourceTotals | undefined;
}

/** The containers of a running cell. */
export interface ContainersNow {
  readonly launched: number;
  /** Launched and not ended. */
  readonly alive: number;
  /** Of those alive, at their last readings. */
  readonly memoryMb: number;
  /** Of those alive: their memory has not been read yet. */
  readonly unread: number;
}

/** Everything a cell is judged by. */
export interface CellMetrics {
  readonly invocations: Readonly<Record<'arrived' | OutcomeStatus, number>>;
  /** Of completed invocations only: a failure that comes fast is not a low latency. */
  readonly latencyMs: LatencyTable;
  readonly usage: UsageSummary;
  readonly loadGenerator: { readonly lagP50Ms: number | null; readonly lagP99Ms: number | null; readonly lagMaxMs: number | null };
  readonly errorCodes: Readonly<Record<string, number>>;
  /** Completed invocations that waited for a container that was starting. */
  readonly coldStarts: number;
}
