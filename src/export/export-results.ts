import { FbbError } from '../core/index.js';
import type { ResultSet } from '../results/index.js';
import { planCsv } from './csv-export.js';
import { planHgrm } from './hgrm-export.js';
import { planOpenmetrics } from './openmetrics-export.js';
import { planParquet } from './parquet-export.js';
import { planPerfetto } from './perfetto-export.js';
import { writeFiles, type ExportPlan, type WrittenFile } from './planned-files.js';
import { checkTarget } from './target-folder.js';
import { selectCells, type FinishedCell, type LeftOut } from './selected-cells.js';

const plans = {
  csv: planCsv,
  parquet: planParquet,
  hgrm: planHgrm,
  perfetto: planPerfetto,
  openmetrics: planOpenmetrics,
} as const satisfies Record<string, (cells: readonly FinishedCell[], results: ResultSet) => ExportPlan>;

export type ExportFormat = keyof typeof plans;

interface ExportOptions {
  readonly format: ExportFormat;
  /** Ids of cells, or parts of them; undefined: all. */
  readonly cells: readonly string[] | undefined;
  readonly folder: string;
  /** Whether files that are there are overwritten. */
  readonly force: boolean;
}

/** What was written, and which cells are not in it. */
interface Exported {
  readonly files: readonly WrittenFile[];
  readonly leftOut: readonly LeftOut[];
  /** Ids of cells that are in it although they are invalid. */
  readonly invalid: readonly string[];
}

function nothing(format: ExportFormat, leftOut: readonly LeftOut[]): FbbError {
  const reasons = leftOut.map(({ why, cells }) => `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'} ${why}`);
  return new FbbError('FBB_ERR_EXPORT_EMPTY', `There is nothing to export to ${format}: ${reasons.length === 0 ? 'the result set has no cells' : reasons.join(', ')}.`);
}

/**
 * Writes the finished cells of a result set in another format. Throws FBB_ERR_USAGE when `folder` is in the result set, FBB_ERR_EXPORT_EMPTY when there is none that the format can hold,
 * FBB_ERR_EXPORT_EXISTS when a file is there already, FBB_ERR_EXPORT_WRITE when one cannot be written, and FBB_ERR_RESULTS_INVALID when
 * what is stored cannot be read; then no file is changed.
 */
export function exportResults(results: ResultSet, { format, cells: parts, folder, force }: ExportOptions): Exported {
  checkTarget(folder, results.folder);
  const { cells, leftOut } = selectCells(results, parts);
  const plan = plans[format](cells, results);
  const allLeftOut = [...leftOut, ...plan.leftOut];
  if (plan.files.length === 0) throw nothing(format, allLeftOut);
  const missing = new Set(plan.leftOut.flatMap(({ cells: ids }) => ids));
  const invalid = cells.filter(({ id, summary }) => !summary.valid && (!missing.has(id) || format === 'csv')).map(({ id }) => id);
  return { files: writeFiles(folder, plan.files, force), leftOut: allLeftOut, invalid };
}
