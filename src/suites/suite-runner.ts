import { ExitCode, FbbError, type RowSink } from '../core/index.js';
import type { CellSummary, ResultSet } from '../results/index.js';
import { CellRun, type CellProgress, type CellRunnerOptions } from './cell-runner.js';
import type { PlannedCell } from './plan.js';

/** Told what happens while a suite runs; must not throw. */
export interface SuiteObserver {
  warmupStarted(): void;
  cellStarted(cell: PlannedCell, position: { index: number; total: number }, progress: () => CellProgress): void;
  cellEnded(cell: PlannedCell, summary: CellSummary): void;
  /** The cell could not begin; the next one is tried. */
  cellFailed(cell: PlannedCell, error: FbbError): void;
}

interface SuiteRunOptions extends CellRunnerOptions {
  readonly cells: readonly PlannedCell[];
  readonly results: ResultSet;
  readonly warmupInvocations: number;
  readonly observer: SuiteObserver;
  readonly signal: AbortSignal;
}

const nowhere: RowSink = { invocation: () => undefined, sample: () => undefined };

/** The first invocations of a cell, to be run and forgotten: the first launch and the first requests of a session are slow ones. */
function warmupCell(cell: PlannedCell, invocations: number): PlannedCell {
  const { workload } = cell;
  return { ...cell, workload: { ...workload, intendedMs: workload.intendedMs.slice(0, invocations) } };
}

async function runUnlessAborted(run: CellRun, signal: AbortSignal): Promise<Awaited<ReturnType<CellRun['run']>>> {
  const interrupt = (): void => run.interrupt();
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  try {
    return await run.run();
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

function isInterruption(thrown: unknown): boolean {
  return thrown instanceof FbbError && thrown.code === 'FBB_ERR_CELL_INTERRUPTED';
}

/**
 * Runs the cells one after another and stores each as it ends. Returns how the suite ended; what finished before an interruption
 * stays.
 */
export async function runSuite(options: SuiteRunOptions): Promise<'complete' | 'interrupted'> {
  const { cells, results, observer, signal } = options;
  const [first] = cells;
  try {
    if (first !== undefined && options.warmupInvocations > 0) {
      observer.warmupStarted();
      await runUnlessAborted(new CellRun(warmupCell(first, options.warmupInvocations), nowhere, options), signal);
    }
    for (const [index, cell] of cells.entries()) await runAndStore(cell, { index, total: cells.length }, options);
  } catch (thrown) {
    results.setStatus('interrupted');
    if (!isInterruption(thrown)) throw thrown;
    return 'interrupted';
  }
  results.setStatus('complete');
  return 'complete';
}

async function runAndStore(cell: PlannedCell, position: { index: number; total: number }, options: SuiteRunOptions): Promise<void> {
  const { results, observer, signal } = options;
  const writer = results.cellWriter(cell.key.id);
  const run = new CellRun(cell, writer, options);
  observer.cellStarted(cell, position, () => run.progress);
  try {
    const { summary, containers, totalHgrm } = await runUnlessAborted(run, signal);
    writer.finish(summary, containers, totalHgrm);
    results.setCellStatus(cell.key.id, summary.valid ? 'valid' : 'invalid');
    observer.cellEnded(cell, summary);
  } catch (thrown) {
    writer.discard();
    results.setCellStatus(cell.key.id, isInterruption(thrown) ? 'interrupted' : 'failed');
    // What this machine lacks for one cell, it lacks for the next.
    if (!(thrown instanceof FbbError) || isInterruption(thrown) || thrown.exitCode === ExitCode.missing) throw thrown;
    observer.cellFailed(cell, thrown);
  }
}
