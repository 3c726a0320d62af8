import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { writeChecksums } from '../../src/results/checksums.js';
import { ResultSet, type CellSummary, type Manifest } from '../../src/results/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { verifyResults, type Verification } from '../../src/verify/index.js';
import { parseCsvObjects } from '../results/read-csv.js';
import { manifestCellOf, manifestOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { smallCell, smallRun } from '../suites/simulated-cells.js';

export const schedulers = ['vanilla', 'batching-expanding'] as const;
export const first = `small.${schedulers[0]}.r1`;
export const second = `small.${schedulers[1]}.r1`;

const workloads = { both: { hash: 'both' } };

/** Stores a run of two simulated cells of 60 invocations each, with two rounds of samples as a live one has them. */
export async function measureSet(out: string, { rows = true, maxContainers }: { readonly rows?: boolean; readonly maxContainers?: number } = {}): Promise<ResultSet> {
  const cells = schedulers.map((name) => smallCell(builtinSchedulers().get(name)));
  const { settings, schedulers: known } = manifestOf();
  const results = ResultSet.create(
    out,
    manifestOf({
      status: 'running',
      backend: 'simulation',
      settings: { ...settings, rows },
      workloads,
      schedulers: schedulers.map((name) => ({ ...known[0]!, name })),
      cells: cells.map(({ key, workload, resourceCache }) => manifestCellOf({ ...key, workloadHash: workload.hash, multiplexing: resourceCache.policy !== 'off' })),
    }),
  );
  for (const cell of cells) {
    const writer = results.cellWriter(cell.key.id, rows);
    for (const atMs of [950, 1_950]) writer.sample({ atMs, host: { memoryMb: 500, cpuPercent: 50 }, containers: [{ containerId: 0, memoryMb: 20, rssMb: 40, cpuPercent: 5, cpuMs: 50 }] });
    const { summary, totalHgrm } = await smallRun(cell, { sink: writer, ...(maxContainers === undefined ? {} : { maxContainers }) }).run();
    writer.finish(summary, totalHgrm);
    results.setCellStatus(cell.key.id, summary.valid ? 'valid' : 'invalid');
  }
  results.setStatus('complete');
  return results;
}

/** One set for all tests of a file; each damages a copy. */
export function useMeasuredSet(): { copy: () => string } {
  let out = '';
  let folder = '';
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'test-fbb-'));
    ({ folder } = await measureSet(out));
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  return {
    copy: () => {
      const copy = join(temporaryFolder(), 'copied');
      cpSync(folder, copy, { recursive: true });
      return copy;
    },
  };
}

/** What is wrong, a line each: `file, place: what`. */
export function problemsOf({ problems }: Verification): string[] {
  return problems.map(({ file, place, what }) => `${file}${place === null ? '' : `, ${place}`}: ${what}`);
}

/** Problems of a set in which this cell's checksums were written anew: what its files say is all that can tell. */
export function problemsOfRehashed(folder: string, cell: string = first): string[] {
  writeChecksums(join(folder, 'cells', cell));
  return problemsOf(verifyResults(folder));
}

type Row = Record<string, string>;

export function editCsv(path: string, change: (rows: Row[]) => void): void {
  const [header = ''] = readFileSync(path, 'utf8').split('\n', 1);
  const rows = parseCsvObjects(readFileSync(path, 'utf8')).map((row): Row => ({ ...row }));
  change(rows);
  writeFileSync(path, [header, ...rows.map((row) => header.split(',').map((name) => row[name] ?? '').join(',')), ''].join('\n'));
}

type Mutable<T> = T extends object ? { -readonly [Key in keyof T]: Mutable<T[Key]> } : T;

export type EditableSummary = Mutable<CellSummary>;

export function editSummary(folder: string, change: (summary: EditableSummary) => void): void {
  const path = join(folder, 'cells', first, 'summary.json');
  const summary = JSON.parse(readFileSync(path, 'utf8')) as EditableSummary;
  change(summary);
  writeFileSync(path, JSON.stringify(summary));
}

export function editManifest(folder: string, change: (manifest: Mutable<Manifest>) => void): void {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Mutable<Manifest>;
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
}
