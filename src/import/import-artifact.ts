import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describeError, FbbError } from '../core/index.js';
import { checksumOf, checkWritable, ResultSet, type Manifest } from '../results/index.js';
import { findArtifactRuns, type ArtifactRun } from './artifact-runs.js';
import { importCell } from './import-cell.js';
import { ImportProblems } from './import-problems.js';
import { importedManifest } from './imported-manifest.js';
import { invocationsOf } from './paper.js';
import { removeLeftStaging, stagingFolder } from './staging.js';

export interface ImportRequest extends Pick<Manifest, 'id' | 'createdAt' | 'command'> {
  /** Of the artifact, or a part of it. */
  readonly folder: string;
  /** Where result sets are stored. */
  readonly out: string;
  readonly tool: Omit<Manifest['tool'], 'name'>;
  /** Invocations that were sent in each run; undefined: as many as the paper's. */
  readonly expected: number | undefined;
}

interface Imported {
  readonly results: ResultSet;
  /** Files about runs of which there are no rows. */
  readonly leftOut: readonly string[];
}

type ImportedFile = NonNullable<Manifest['imported']>['files'][number];

function describeFiles(folder: string, runs: readonly ArtifactRun[], problems: ImportProblems): ImportedFile[] {
  const paths = runs.flatMap(({ rows, host, containerCount }) => [rows, host, containerCount].filter((path) => path !== undefined));
  return paths.flatMap((path) => {
    try {
      return [{ path: relative(resolve(folder), path).split(sep).join('/'), bytes: statSync(path).size, sha256: checksumOf(path) }];
    } catch (thrown) {
      problems.add(`${path} cannot be read: ${describeError(thrown)}`);
      return [];
    }
  });
}

/** Writes the cells of all runs; throws after the last one when anything was wrong. */
function writeCells(results: ResultSet, runs: readonly ArtifactRun[], expectedOf: (run: ArtifactRun) => number, problems: ImportProblems): void {
  for (const run of runs) {
    const writer = results.cellWriter(run.cell.id);
    let finished = false;
    try {
      const { summary, totalHgrm } = importCell(run, expectedOf(run), writer, problems);
      if (problems.any) continue;
      writer.finish(summary, totalHgrm);
      finished = true;
      results.setCellStatus(run.cell.id, summary.valid ? 'valid' : 'invalid');
    } finally {
      if (!finished) writer.discard();
    }
  }
}

/**
 * Reads the result folders of the paper's artifact into a result set. Throws FBB_ERR_IMPORT_INVALID with everything that is wrong with the
 * files, and then nothing is stored; FBB_ERR_RESULTS_CONFLICT when there is a result set of this id.
 */
export function importArtifact({ folder, out, id, createdAt, command, tool, expected }: ImportRequest): Imported {
  const target = join(out, id);
  if (existsSync(target)) throw new FbbError('FBB_ERR_RESULTS_CONFLICT', `${target} is there already.`, { fix: 'Nothing was overwritten. Use another --id, or another folder with --out.' });
  const problems = new ImportProblems();
  const { runs, leftOut } = findArtifactRuns(folder, problems);
  const files = describeFiles(folder, runs, problems);
  const expectedOf = ({ cell }: ArtifactRun): number => expected ?? invocationsOf[cell.workload as keyof typeof invocationsOf];
  const outWasThere = existsSync(out);
  checkWritable(out);
  removeLeftStaging(out);
  const staging = stagingFolder(out, id);
  rmSync(staging, { recursive: true, force: true });
  try {
    const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
    const cells = runs.map((run) => ({ cell: run.cell, status: 'pending' as const, expected: expectedOf(run) }));
    const set = { id, createdAt, command, tool, hash, rows: true, imported: { from: resolve(folder), files } };
    const results = ResultSet.create(staging, importedManifest(set, cells));
    writeCells(results, runs, expectedOf, problems);
    problems.throwIfAny(folder);
    renameSync(results.folder, target);
    rmSync(staging, { recursive: true, force: true });
    return { results: ResultSet.open(target), leftOut };
  } catch (thrown) {
    rmSync(staging, { recursive: true, force: true });
    if (!outWasThere) removeIfEmpty(out);
    throw thrown;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else has begun to use it.
  }
}
