import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ResultSet, type Manifest } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';

export const id = 'tiny-20260101T000000Z-0001';

const schedulers = ['baseline', 'batching', 'batching-expanding'];

export function cellId(scheduler: string): string {
  return `e2e.icdcs-cpu.${scheduler}.r1`;
}

/** Stores a run of three cells, of which so many have finished; `given` changes the manifest. */
export function measure(out: string, finished = schedulers.length, given: Partial<Manifest> = {}): ResultSet {
  const cells = schedulers.map((scheduler, i) => manifestCellOf({ scheduler, status: i < finished ? 'valid' : 'pending' }));
  const results = ResultSet.create(out, manifestOf({ id, status: finished === schedulers.length ? 'complete' : 'interrupted', cells, ...given }));
  for (const scheduler of schedulers.slice(0, finished)) finishCell(results, scheduler);
  return results;
}

/** Writes the files of a cell: the summary, rows, samples, and in place of a histogram what is no text at all, or empty. */
export function finishCell(results: ResultSet, scheduler: string, { valid = true, mean = 0.1 + 0.2 } = {}): void {
  const writer = results.cellWriter(cellId(scheduler));
  writer.sample({ atMs: 1, host: { memoryMb: 1.5, cpuPercent: 2 }, containers: [] });
  writer.finish(summaryOf({ cell: { scheduler }, valid, total: { mean, p50: 1e-7, max: 123_456_789.125 } }), `${scheduler}\r\n`);
  writeFileSync(join(results.folder, 'cells', cellId(scheduler), 'total.hgrm'), scheduler === 'batching' ? '' : Buffer.from([0, 255, 13, 10, 128, scheduler.length]));
}

/** Every file of a folder with its bytes. */
export function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
}
