import type { ContainerRow, Outcome, SampleRound } from '../../src/core/index.js';
import { ResultSet, type CellSummary } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';

const noParts = { lagMs: 0, schedulingMs: 0, coldStartMs: 0, queueMs: 0, executionMs: 0, responseMs: 0 };

/** An invocation that ended; its total is the sum of the parts given. */
export function outcomeOf(given: Partial<Outcome> = {}): Outcome {
  const parts = { ...noParts, ...given };
  const totalMs = parts.lagMs + parts.schedulingMs + parts.coldStartMs + parts.queueMs + parts.executionMs + parts.responseMs;
  return {
    id: 0, functionId: 'fib', containerId: 0, batchId: 0, attempt: 1, intendedMs: 0, submittedMs: 0, totalMs, cpuMs: undefined, concurrency: undefined, containerCpuMs: undefined, status: 'completed', errorCode: undefined, ...parts,
  };
}

/** A container that was ready after 10 ms and left after a second. */
export function containerOf(given: Partial<ContainerRow> = {}): ContainerRow {
  return { id: 0, functionId: 'fib', launchedMs: 0, startedMs: 0, readyMs: 10, retiredMs: 1_000, invocations: 1, batches: 1, peakMemoryMb: 20, kernelPeakMb: undefined, cpuMs: 5, resources: undefined, ...given };
}

export interface StoredCell {
  readonly summary?: CellSummary;
  readonly outcomes?: readonly Outcome[];
  readonly containers?: readonly ContainerRow[];
  readonly samples?: readonly SampleRound[];
  /** Whether invocations are written. */
  readonly rows?: boolean;
  readonly hgrm?: string;
}

/** Stores a result set of these finished cells, and of some that have not finished. */
export function storeCells(out: string, cells: readonly StoredCell[], pending: readonly string[] = []): ResultSet {
  const finished = cells.map((cell) => ({ summary: summaryOf(), outcomes: [], containers: [], samples: [], rows: true, hgrm: '', ...cell }));
  const listed = [...finished.map(({ summary }) => manifestCellOf({ ...summary.cell, status: summary.skipped === undefined ? 'valid' : 'skipped' })), ...pending.map((id) => manifestCellOf({ id, status: 'pending' }))];
  const results = ResultSet.create(out, manifestOf({ cells: listed }));
  for (const { summary, outcomes, containers, samples, rows, hgrm } of finished) {
    const writer = results.cellWriter(summary.cell.id, rows);
    for (const outcome of outcomes) writer.invocation(outcome);
    for (const round of samples) writer.sample(round);
    for (const row of containers) writer.container(row);
    writer.finish(summary, hgrm);
  }
  return results;
}
