import type { LiveCell } from '../../src/live/live-events.js';
import { LatencyCounter, type LatencyCounts } from '../../src/live/latency-counts.js';
import type { LiveMessage, LiveTick } from '../../src/live/live-protocol.js';

type Told = Exclude<LiveMessage, { readonly type: 'close' }>;

export function countsOf(...latenciesMs: readonly number[]): LatencyCounts {
  const counter = new LatencyCounter();
  for (const latencyMs of latenciesMs) counter.record(latencyMs);
  return counter.take();
}

function pendingCell(id: string): LiveCell {
  return { id, experiment: 'one', workload: 'io', scheduler: id, parameters: {}, repetition: 1, status: 'pending', problems: [] };
}

export const theRun: Extract<Told, { readonly type: 'run' }> = {
  type: 'run',
  run: { id: 'tiny-1', suite: 'tiny', command: 'faasbatch-bench suite tiny', backend: 'process', createdAt: '2026-01-01T00:00:00.000Z' },
  cells: [pendingCell('a'), pendingCell('b')],
};

export function tick(given: Partial<LiveTick> = {}): LiveTick {
  return { type: 'progress', elapsedMs: 500, ended: 1, total: 10, failed: 0, latencies: countsOf(20), containers: { launched: 1, alive: 1, memoryMb: 40, unread: 0 }, host: null, ...given };
}

export const cellStarted: Told = { type: 'cell-started', cellId: 'a' };
export const cellEnded: Told = {
  type: 'cell-ended',
  cellId: 'a',
  end: { status: 'valid', problems: [], numbers: { arrived: 10, completed: 10, latency: { count: 10, meanMs: 20, p50Ms: 19, p98Ms: null, maxMs: 30 }, containers: 2, wallMs: 900 } },
};
export const runEnded: Told = { type: 'run-ended', status: 'complete', folder: '/results/tiny-1', cellStatuses: { a: 'valid', b: 'valid' } };
