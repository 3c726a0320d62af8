import { ExitCode, FbbError, type CellProfile, type ContainersNow, type RowSink } from '../core/index.js';
import type { CellSummary, ResultSet } from '../results/index.js';
import { runUnlessAborted, type CellProgress, type CellRun } from './cell-run.js';
import type { PlannedCell } from './planned-cell.js';
import { onStuckHook } from './watchdog.js';

/** Told what happens while a suite runs; must not throw. */
export interface SuiteObserver {
  warmupStarted(): void;
  cellStarted(cell: PlannedCell, position: { index: number; total: number }, progress: () => CellProgress): void;
  cellEnded(cell: PlannedCell, summary: CellSummary): void;
  /** The cell could not begin; the next one is tried. */
  cellFailed(cell: PlannedCell, error: FbbError): void;
  /** A hook does not return, as the sentence says: the process must end here and now. */
  hookStuck(sentence: string): never;
}

/** Makes a run of a cell; `profile`: of the cell named in `cell.profileCell`. */
export type CreateCellRun = (cell: PlannedCell, sink: RowSink, profile: CellProfile | undefined) => CellRun;

interface SuiteRunOptions {
  readonly createRun: CreateCellRun;
  readonly cells: readonly PlannedCell[];
  readonly results: ResultSet;
  /** Its first invocations are run and forgotten before everything else; undefined: no warm-up. */
  readonly warmupCell: PlannedCell | undefined;
  readonly warmupInvocations: number;
  readonly observer: SuiteObserver;
  readonly signal: AbortSignal;
}

const noContainers: ContainersNow = { launched: 0, alive: 0, memoryMb: 0, unread: 0 };
const nowhere: RowSink = { invocation: () => undefined, sample: () => undefined, container: () => undefined };

/** The first invocations of a cell, for the warm-up: the first launch and the first requests of a session are slow ones. */
function shortened(cell: PlannedCell, invocations: number): PlannedCell {
  const { workload } = cell;
  return { ...cell, workload: { ...workload, intendedMs: workload.intendedMs.slice(0, invocations) } };
}

function isInterruption(thrown: unknown): boolean {
  return thrown instanceof FbbError && thrown.code === 'FBB_ERR_CELL_INTERRUPTED';
}

/** What this machine lacks for one cell, it lacks for the next. */
function concernsEveryCell(thrown: unknown): boolean {
  return !(thrown instanceof FbbError) || isInterruption(thrown) || thrown.exitCode === ExitCode.missing;
}

/** A scheduler that cannot be made spoils the warm-up, but no other scheduler: its own cells tell. */
async function warmUp({ warmupCell, warmupInvocations, observer, signal, createRun }: SuiteRunOptions): Promise<void> {
  if (warmupCell === undefined || warmupInvocations === 0) return;
  observer.warmupStarted();
  try {
    await runUnlessAborted(createRun(shortened(warmupCell, warmupInvocations), nowhere, undefined), signal);
  } catch (thrown) {
    if (concernsEveryCell(thrown) || (thrown as FbbError).code === 'FBB_ERR_BACKEND_FAILED') throw thrown;
  }
}

/**
 * Runs the cells one after another and stores each as it ends. Returns how the suite ended; what finished before an interruption
 * stays.
 */
export async function runSuite(options: SuiteRunOptions): Promise<'complete' | 'interrupted'> {
  const { cells, results, observer } = options;
  const release = onStuckHook((sentence) => {
    results.setStatus('interrupted');
    observer.hookStuck(sentence);
  });
  try {
    await warmUp(options);
    for (const [index, cell] of cells.entries()) await runAndStore(cell, { index, total: cells.length }, options);
  } catch (thrown) {
    results.setStatus('interrupted');
    if (!isInterruption(thrown)) throw thrown;
    return 'interrupted';
  } finally {
    release();
  }
  results.setStatus('complete');
  return 'complete';
}

function statusOf({ skipped, valid }: CellSummary): 'skipped' | 'valid' | 'invalid' {
  if (skipped !== undefined) return 'skipped';
  return valid ? 'valid' : 'invalid';
}

/** What the cell is to learn from; throws when that has not ended valid. */
function profileFor({ key, profileCell }: PlannedCell, results: ResultSet): CellProfile | undefined {
  if (profileCell === undefined) return undefined;
  const profile = results.readProfile(profileCell);
  if (profile !== undefined) return profile;
  const status = results.manifest.cells.find(({ id }) => id === profileCell)?.status ?? 'not in this run';
  throw new FbbError('FBB_ERR_PROFILE_MISSING', `${key.id} needs the measurements of ${profileCell}, which is ${status}.`);
}

async function runAndStore(cell: PlannedCell, position: { index: number; total: number }, options: SuiteRunOptions): Promise<void> {
  const { results, observer, signal, createRun } = options;
  // Who learns from a cell needs its rows.
  const isProfile = options.cells.some(({ profileCell }) => profileCell === cell.key.id);
  const writer = results.cellWriter(cell.key.id, isProfile || results.manifest.settings.rows);
  let run: CellRun | undefined;
  const release = onStuckHook(() => {
    writer.discard();
    results.setCellStatus(cell.key.id, 'failed');
  });
  observer.cellStarted(cell, position, () => run?.progress ?? { ended: 0, total: cell.workload.intendedMs.length, containers: noContainers });
  try {
    run = createRun(cell, writer, profileFor(cell, results));
    const { summary, totalHgrm } = await runUnlessAborted(run, signal);
    writer.finish(summary, totalHgrm);
    results.setCellStatus(cell.key.id, statusOf(summary), summary.skipped);
    observer.cellEnded(cell, summary);
  } catch (thrown) {
    writer.discard();
    results.setCellStatus(cell.key.id, isInterruption(thrown) ? 'interrupted' : 'failed');
    if (concernsEveryCell(thrown)) throw thrown;
    observer.cellFailed(cell, thrown as FbbError);
  } finally {
    release();
  }
}
