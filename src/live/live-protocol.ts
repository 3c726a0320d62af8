import type { LatencyCounts } from './latency-counts.js';
import type { LiveCell, LiveCellStatus, LiveRun, LiveRunEnd } from './live-events.js';

/** What the server process is told at its start, in the environment variable `FBB_LIVE`. */
export interface LiveConfig {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Where `live.html`, `charts.js`, `live.js` and `page.css` lie. */
  readonly pageFolder: string;
  readonly heartbeatMs: number;
}

export const liveConfigVariable = 'FBB_LIVE';

/** What it tells the harness, once. */
export type LiveReply = { readonly type: 'listening'; readonly address: string; readonly port: number } | { readonly type: 'failed'; readonly code: string; readonly message: string };

/** What happened in a cell since the last message. */
export interface LiveTick {
  readonly type: 'progress';
  readonly elapsedMs: number;
  readonly ended: number;
  readonly total: number;
  /** Since the last message. */
  readonly failed: number;
  readonly latencies: LatencyCounts;
  readonly containers: { readonly launched: number; readonly alive: number; readonly memoryMb: number; readonly unread: number };
  readonly host: { readonly cpuPercent: number; readonly memoryMb: number } | null;
}

/** A cell has ended: what is new about it. */
export interface LiveCellEnd extends Pick<LiveCell, 'numbers' | 'problems'> {
  readonly status: LiveCellStatus;
}

/** What the harness tells the server. */
export type LiveMessage =
  | { readonly type: 'run'; readonly run: LiveRun; readonly cells: readonly LiveCell[] }
  | { readonly type: 'cell-started'; readonly cellId: string }
  | LiveTick
  | { readonly type: 'cell-ended' | 'cell-failed'; readonly cellId: string; readonly end: LiveCellEnd }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'run-ended'; readonly status: LiveRunEnd['status']; readonly folder: string; readonly cellStatuses: Readonly<Record<string, LiveCellStatus>> }
  | { readonly type: 'close' };
