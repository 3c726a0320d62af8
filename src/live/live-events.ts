/**
 * What the page of a running suite is told, by server-sent events: the name of each event, and what its `data` holds as JSON. Times are in
 * ms, memory in MB, `null` is unknown. Texts come from suites, plug-ins and functions: they may hold anything, HTML too.
 */
export interface LiveEvents {
  /** The first event of each connection, so also after a reconnection: all that was so far. It replaces everything. None where no run began. */
  readonly snapshot: LiveSnapshot;
  readonly 'cell-started': { readonly cellId: string };
  readonly progress: LiveProgress;
  /** Points were merged: these replace all points of this cell. */
  readonly series: { readonly cellId: string; readonly points: readonly LivePoint[] };
  /** It came to some end, valid or not, or was skipped; replaces the cell of this id. */
  readonly 'cell-ended': LiveCell;
  /** It could not begin; replaces the cell of this id. */
  readonly 'cell-failed': LiveCell;
  readonly log: { readonly line: string };
  /** The last event: the server is gone after it, and there is nothing to connect to again. */
  readonly 'run-ended': LiveRunEnd;
}

export interface LiveSnapshot {
  readonly run: LiveRun;
  /** In the order of execution. */
  readonly cells: readonly LiveCell[];
  /** Undefined between cells, and in the warm-up. */
  readonly current?: LiveCurrent;
  /** The last lines of what the terminal was told, oldest first. */
  readonly log: readonly string[];
  /** Present when the run has ended. */
  readonly ended?: LiveRunEnd;
}

export interface LiveRun {
  /** Of the result set. */
  readonly id: string;
  readonly suite: string;
  /** Without passwords. */
  readonly command: string;
  /** `process`, `docker` or `simulation`. */
  readonly backend: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export type LiveCellStatus = 'pending' | 'running' | 'valid' | 'invalid' | 'failed' | 'skipped' | 'interrupted';

export interface LiveCell {
  readonly id: string;
  readonly experiment: string;
  readonly workload: string;
  readonly scheduler: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly repetition: number;
  readonly status: LiveCellStatus;
  /** As they are stored, exact to three digits; absent until it has ended, and when it was skipped. */
  readonly numbers?: LiveNumbers;
  /** What one must know before trusting the numbers; why it failed or was skipped. */
  readonly problems: readonly string[];
}

interface LiveNumbers {
  readonly arrived: number;
  readonly completed: number;
  /** Of completed invocations. */
  readonly latency: LiveLatency;
  /** Launched in all. */
  readonly containers: number | null;
  readonly wallMs: number | null;
}

/** Latencies from the intended arrival. A percentile is null when fewer than one observation in expectation lies beyond it. */
export interface LiveLatency {
  readonly count: number;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p98Ms: number | null;
  readonly maxMs: number | null;
}

export interface LiveCurrent {
  readonly cellId: string;
  /** Absent until the first half second has passed. */
  readonly progress?: LiveProgress;
  /** At most 1,200; a point stands for half a second, and for twice as long each time they have been merged. */
  readonly points: readonly LivePoint[];
}

/** Twice a second. Percentiles of a running cell are those of buckets 1.6 % wide. */
export interface LiveProgress {
  readonly cellId: string;
  /** Wall time since the cell began to be brought up, also in simulations. */
  readonly elapsedMs: number;
  /** Invocations that came to any end, of `total`. */
  readonly ended: number;
  readonly total: number;
  /** Part of `ended`: those that did not complete (failed, timed out, rejected). */
  readonly failed: number;
  /** Since the beginning of the cell. */
  readonly latency: LiveLatency;
  readonly launchedContainers: number;
  /** The place of `point` among the points: it is a new one, or replaces the last one. */
  readonly index: number;
  readonly point: LivePoint;
}

/** What happened from `fromMs` to `toMs`, in wall time since the cell began. */
export interface LivePoint {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ended: number;
  readonly failed: number;
  /** Of invocations that completed in this time. */
  readonly latency: LiveLatency;
  /** Launched and not ended; the most, when points were merged. None at the end of the cell. */
  readonly containers: number;
  /** Of all containers together, at their last readings; the most, when points were merged. */
  readonly memoryMb: number;
  /** Part of `containers`: their memory has not been read yet and is missing. */
  readonly unreadContainers: number;
  /** 100 is all cores; the mean, when points were merged. Null in simulations, and before the first reading. */
  readonly hostCpuPercent: number | null;
  /** In use on the whole machine; the most, when points were merged. */
  readonly hostMemoryMb: number | null;
}

export interface LiveRunEnd {
  /** `lost`: the harness has gone without saying how the run ended. */
  readonly status: 'complete' | 'interrupted' | 'lost';
  /** Where the result set lies, as the harness names it. */
  readonly folder?: string;
  /** The cell that was under way, as it is stored. */
  readonly cut?: LiveCell;
}
