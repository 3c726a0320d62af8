import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportFormat } from '../../src/export/index.js';
import type { ResultSet } from '../../src/results/index.js';
import type { Workplace } from '../cli/run-bin.js';
import { exported } from './exported.js';
import { readParquet } from './parquet-rows.js';
import { simulate } from './simulated-set.js';

let place: Workplace;
let results: ResultSet;

beforeAll(async () => {
  ({ place, results } = await simulate('--schedulers', 'batching-expanding', '--limit', '6', '--repeat', '2'));
});
afterAll(() => place.remove());

/** To write them anew after a change of the model: FBB_WRITE_GOLDEN=1 npx vitest run test/export/golden.test.ts */
function expectGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, 'golden', name);
  const withoutId = text.replaceAll(results.manifest.id, 'ID');
  if (process.env['FBB_WRITE_GOLDEN'] === '1') writeFileSync(path, withoutId);
  expect(withoutId).toBe(readFileSync(path, 'utf8'));
}

const cell = 'e2e.icdcs-cpu.batching-expanding';

describe('a tiny simulated run, exported', () => {
  it.each<[ExportFormat, string[]]>([
    ['csv', ['invocations.csv', 'summary.csv']],
    ['perfetto', [`${cell}.r1.perfetto.json`]],
    ['openmetrics', ['openmetrics.txt']],
  ])('to %s has the files that it had when this was written', (format, names) => {
    const files = exported(results, format, [`${cell}.r1`]);
    expect(files.names).toEqual(names);
    for (const name of names) expectGolden(name, files.text(name));
  });

  it('to hgrm has a file for each cell, and one for both', () => {
    const files = exported(results, 'hgrm');
    expect(files.names).toEqual([`${cell}.r1.hgrm`, `${cell}.r2.hgrm`, `${cell}.hgrm`]);
    for (const name of [`${cell}.r1.hgrm`, `${cell}.hgrm`]) expectGolden(name, files.text(name));
  });

  it('to parquet has the rows that it had when this was written', async () => {
    const files = exported(results, 'parquet', [`${cell}.r1`]);
    expect(files.names).toEqual(['invocations.parquet']);
    const { rows } = await readParquet(join(files.folder, 'invocations.parquet'));
    expectGolden('invocations.parquet.json', `${JSON.stringify(rows, undefined, 1)}\n`);
  });

  it('is the same, byte for byte, every time', () => {
    for (const format of ['csv', 'parquet', 'hgrm', 'perfetto', 'openmetrics'] as const) {
      const [first, second] = [exported(results, format), exported(results, format)];
      for (const name of first.names) expect(readFileSync(join(first.folder, name)).equals(readFileSync(join(second.folder, name)))).toBe(true);
    }
  });
});
