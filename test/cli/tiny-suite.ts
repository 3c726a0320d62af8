import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findResultSet, type CellSummary, type Manifest } from '../../src/results/index.js';

/** Lateness is not judged unless a test is about it: these tests share their machine. */
const defaults = { base: 'baseline', warmupInvocations: 0, maxLagMs: 60_000, workloads: '[icdcs-io]', schedulers: '[baseline, batching-expanding]' };

/** Writes a suite that takes a few seconds; returns its path. */
export function writeTinySuite(folder: string, given: Partial<typeof defaults> & { readonly name?: string } = {}): string {
  const { name = 'tiny', base, warmupInvocations, maxLagMs, workloads, schedulers } = { ...defaults, ...given };
  const path = join(folder, `${name}.yaml`);
  writeFileSync(
    path,
    `name: ${name}\nbase: ${base}\nwarmupInvocations: ${warmupInvocations}\nmaxLagMs: ${maxLagMs}\nexperiments:\n  one:\n    workloads: ${workloads}\n    schedulers: ${schedulers}\n`,
  );
  return path;
}

export interface Stored {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly summaries: readonly CellSummary[];
  /** Everything in the folder of cells, files of cells included. */
  readonly files: readonly string[];
}

/** The newest result set in a folder. */
export function stored(out: string): Stored {
  const results = findResultSet('latest', out);
  const files = readdirSync(join(results.folder, 'cells'), { recursive: true, encoding: 'utf8' }).sort();
  return { folder: results.folder, manifest: results.manifest, summaries: results.readSummaries(), files };
}

export function cellFile({ folder }: Stored, cell: string, file: string): string {
  return readFileSync(join(folder, 'cells', cell, file), 'utf8');
}
