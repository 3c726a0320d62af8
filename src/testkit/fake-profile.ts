import type { CellProfile } from '../core/index.js';
import type { Arrival } from './fake-cell.js';

const slowestMs = 400;

/** The profile of a cell that ran this trace: its arrivals as they are intended, and latencies spread evenly from 0 to 400 ms. */
export function fakeProfile(trace: readonly Arrival[]): CellProfile {
  const arrivals = new Map<string, number[]>();
  for (const { functionId = 'f', intendedMs } of trace) {
    const ofFunction = arrivals.get(functionId);
    if (ofFunction === undefined) arrivals.set(functionId, [intendedMs]);
    else ofFunction.push(intendedMs);
  }
  return {
    cellId: 'fake',
    latencyQuantileMs: (functionId, q) => (arrivals.has(functionId) ? slowestMs * q : undefined),
    arrivals: (functionId, fromMs, toMs) => (arrivals.get(functionId) ?? []).filter((atMs) => atMs >= fromMs && atMs < toMs).length,
  };
}
