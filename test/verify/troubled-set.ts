import type { Recorder } from '../../src/core/index.js';
import { CellRecorder } from '../../src/metrics/index.js';
import { ResultSet, type CellSummary } from '../../src/results/index.js';
import type { Arrival, FakeCell } from '../../src/testkit/index.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';

/** Replays a trace in a fake cell and stores what came of it as the harness stores a live cell. */
export function storeFakeCell(out: string, cell: FakeCell, trace: readonly Arrival[]): ResultSet {
  const results = ResultSet.create(out, manifestOf({ cells: [manifestCellOf({ status: 'invalid' })] }));
  const summary = summaryOf();
  const writer = results.cellWriter(summary.cell.id);
  const recorder = new CellRecorder(writer);
  const tellsRecorder: Recorder = {
    containerLaunched(container) {
      recorder.containerLaunched(container);
      recorder.containerStarted(container.id, cell.clock.nowMs());
    },
    containerLeft: (container, endedMs) => recorder.containerLeft(container, endedMs),
    containerUsage: (containerId, usage) => recorder.containerUsage(containerId, usage),
    invocationEnded: (outcome) => recorder.invocationEnded(outcome),
  };
  // In place of its own, which the engine holds.
  Object.assign(cell.recorder, tellsRecorder);
  cell.replay(trace);
  const endedMs = cell.clock.nowMs();
  recorder.close(endedMs);
  const { counts, cap } = cell.engine;
  const { invocations, coldStarts, latencyMs, usage, loadGenerator, errorCodes } = recorder.metrics(counts.arrived, endedMs, 2);
  const stored: CellSummary = {
    ...summary,
    valid: false,
    invocations: { ...invocations, retried: counts.retried },
    errorCodes,
    coldStarts,
    latencyMs,
    containers: { ...usage.containers, ...(cap === undefined ? {} : { cap }) },
    memory: { ...usage.memory, source: null },
    cpu: { ...usage.cpu, hostStolenShare: null },
    loadGenerator: { ...loadGenerator, realTime: false },
  };
  writer.finish(stored, recorder.totalHgrm());
  return results;
}
