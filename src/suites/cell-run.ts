import type { CellSummary } from '../results/index.js';

export interface CellSettings {
  readonly seed: number;
  readonly keepAliveMs: number;
  readonly maxAttempts: number;
  readonly maxLagMs: number;
  readonly maxFailedShare: number;
}

export interface CellProgress {
  readonly ended: number;
  readonly total: number;
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
