import { join } from 'node:path';
import { ExitCode, FbbError } from '../core/index.js';
import type { CellSummary, Manifest, StoredResults } from '../results/index.js';
import type { Side } from './align.js';
import { alignSides, alignSideWithin, compareAligned, type Aligned, type Diff } from './compare.js';

/** A stored result set as one side of a comparison. `folder`: undefined where its raw files are not at hand. */
export function sideOfResults(results: { readonly folder: string | undefined; readonly manifest: Manifest; readonly summaries: readonly CellSummary[] }, name: string, scheduler?: string): Side {
  const { folder, manifest, summaries } = results;
  return {
    name: scheduler === undefined ? name : `${name}:${scheduler}`,
    manifest,
    summaries,
    fileOf: folder === undefined ? undefined : (cellId, file) => join(folder, 'cells', cellId, file),
    scheduler,
  };
}

/** Throws FBB_ERR_NOT_COMPARABLE, with exit code 4, when the sides have nothing in common, or must not be compared and nobody insists. */
export function checkComparable({ problems, rows, leftOut, first, second }: Aligned, force: boolean): void {
  if (rows.length === 0) {
    throw new FbbError('FBB_ERR_NOT_COMPARABLE', `${first.name} and ${second.name} have nothing in common that could be compared: ${leftOut.slice(0, 10).join('; ') || 'neither has a finished cell'}.`, {
      fix: 'Cells are compared with those of the same experiment, workload, scheduler and parameters; A:scheduler B:scheduler compares two schedulers.',
      exitCode: ExitCode.notComparable,
    });
  }
  if (problems.length === 0 || force) return;
  throw new FbbError('FBB_ERR_NOT_COMPARABLE', `${first.name} and ${second.name} must not be compared: ${problems.join('; ')}.`, {
    fix: 'Run both on the same machine with the same suite, seed and load. --force compares them all the same, and says so.',
    exitCode: ExitCode.notComparable,
  });
}

interface CompareOptions {
  /** Only this scheduler of either side; two different ones are compared with each other. */
  readonly schedulers?: readonly [first: string, second: string];
  /** Compares what should not be compared; `problems` of the diff say why. */
  readonly force?: boolean;
}

/** Compares two stored result sets, as `diff` does. Throws FbbError when they must not be compared or are damaged. */
export function compareResults(first: StoredResults, second: StoredResults, { schedulers, force = false }: CompareOptions = {}): Diff {
  const [one, other] = schedulers ?? [undefined, undefined];
  const aligned = alignSides(sideOfResults(first, first.manifest.id, one), sideOfResults(second, second.manifest.id, other));
  checkComparable(aligned, force);
  return compareAligned(aligned);
}

/** Compares the schedulers of one stored result set with one of them, as `diff --within` does. */
export function compareSchedulers(results: StoredResults, base = results.manifest.base): Diff {
  const aligned = alignSideWithin(sideOfResults(results, results.manifest.id), base);
  checkComparable(aligned, false);
  return compareAligned(aligned);
}
