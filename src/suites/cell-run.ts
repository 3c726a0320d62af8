import { FbbError, type ContainersNow, type Workload } from '../core/index.js';
import type { CellSummary } from '../results/index.js';

export interface CellSettings {
  readonly seed: number;
  readonly keepAliveMs: number;
  /** Null: as many containers as the scheduler launches. */
  readonly maxContainers: number | null;
  readonly maxAttempts: number;
  readonly maxLagMs: number;
  readonly maxFailedShare: number;
}

export interface CellProgress {
  readonly ended: number;
  readonly total: number;
  readonly containers: ContainersNow;
}

export interface CellResult {
  readonly summary: CellSummary;
  readonly totalHgrm: string;
}

/** A cell on its way, live or simulated. */
export interface CellRun {
  readonly progress: CellProgress;
  /** Ends the cell as soon as possible; `run` then rejects with FBB_ERR_CELL_INTERRUPTED. */
  interrupt(): void;
  /** Resolves to the result of a cell that ran to some end, valid or not, or was skipped; rejects when it was interrupted or could not begin. */
  run(): Promise<CellResult>;
}

/** With work waiting and nothing happening for so long, a scheduler is said to have stalled. */
export const stallTimeoutMs = 30_000;

export function interruption(): FbbError {
  return new FbbError('FBB_ERR_CELL_INTERRUPTED', 'The cell was interrupted.');
}

/** The function of an invocation of a workload. */
export function functionOf({ functionIds, functionIndex }: Workload, index: number): string {
  return functionIds[functionIndex[index] as number] as string;
}

const maxNotes = 100;

/** What a scheduler tells, a line each; the first hundred. */
export class CellNotes {
  readonly lines: string[] = [];

  add(line: string): void {
    if (this.lines.length < maxNotes) this.lines.push(line.replace(/\s*\n\s*/g, ' '));
  }
}

/** Runs a cell until it ends or the signal comes. */
export async function runUnlessAborted(run: CellRun, signal: AbortSignal): Promise<CellResult> {
  const interrupt = (): void => run.interrupt();
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  try {
    return await run.run();
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}
