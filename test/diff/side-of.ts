import type { Side } from '../../src/diff/index.js';
import type { CellSummary, Manifest } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf, type SummaryNumbers } from '../results/stored-run.js';

/** A side with the cells of these summaries. */
export function sideOf(summaries: readonly CellSummary[], given: Partial<Manifest> = {}, scheduler?: string): Side {
  const manifest = manifestOf({ cells: summaries.map(({ cell, workloadHash }) => manifestCellOf({ ...cell, workloadHash, status: 'valid' })), ...given });
  return { name: manifest.id, manifest, summaries, fileOf: undefined, scheduler };
}

/** Runs of one cell, one a mean latency. */
export function runsOf(meansMs: readonly number[], numbers: SummaryNumbers = {}): CellSummary[] {
  return meansMs.map((mean, index) => summaryOf({ ...numbers, arrived: 1_000, cell: { ...numbers.cell, repetition: index + 1 }, total: { mean, p50: mean / 2, p98: mean * 3, p99: mean * 4, ...numbers.total }, gbSeconds: 1, coreSeconds: 2 }));
}
