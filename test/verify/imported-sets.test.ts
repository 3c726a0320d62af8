import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeChecksums } from '../../src/results/checksums.js';
import type { ResultSet } from '../../src/results/index.js';
import { verifyResults } from '../../src/verify/index.js';
import { imported, newRows, oldRows } from '../import/artifact-folder.js';
import { editCsv, problemsOf, type EditableSummary } from './measured-set.js';

const cellId = 'e2e.icdcs-cpu.sfs.r1';

function importedSet(): ResultSet {
  return imported({ 'latency_amplification_SFS_cpu.csv': newRows }, { expected: 7 });
}

/** What is found after a change of the folder of the cell whose checksums were written anew, without the folder. */
function foundAfter(change: (folder: string) => void): string[] {
  const { folder } = importedSet();
  const cell = join(folder, 'cells', cellId);
  change(cell);
  writeChecksums(cell);
  return problemsOf(verifyResults(folder)).map((line) => line.replace(`cells/${cellId}/`, ''));
}

describe('a set that was imported', () => {
  it.each([['with lost invocations', importedSet, 7], ['of the old format', () => imported({ 'latency_amplification_SFS_io.csv': oldRows }, { expected: 2 }), 2]])('is whole as it was imported: %s', (_what, make, rows) => {
    expect(verifyResults(make().folder)).toMatchObject({ problems: [], checked: 1, rows });
  });

  it.each<[string, (summary: EditableSummary) => void, string[]]>([
    ['counts that do not add up', ({ invocations }) => (invocations.arrived = 9), ['invocations: 9 arrived, and 7 completed, failed, timed out or were rejected', 'invocations.arrived: 9, and invocations.csv has 7']],
    ['other outcomes than the rows', (summary) => Object.assign(summary.invocations, { failed: 0, timedOut: 1 }), ['invocations.failed: 0, and invocations.csv has 1', 'invocations.timedOut: 1, and invocations.csv has 0']],
    ['latencies of others', ({ latencyMs }) => (latencyMs.queue.count = 5), ['latencyMs.queue.count: 5, and 6 invocations have completed']],
    ['percentiles out of order', ({ latencyMs }) => (latencyMs.total.p50 = 9_000), ['latencyMs.total.max: 1070.75 is below a lower percentile, 9000']],
  ])('is not with %s', (_what, change, expected) => {
    const found = foundAfter((cell) => {
      const path = join(cell, 'summary.json');
      const summary = JSON.parse(readFileSync(path, 'utf8')) as EditableSummary;
      change(summary);
      writeFileSync(path, JSON.stringify(summary));
    });
    expect(found).toEqual(expected.map((line) => `summary.json, ${line}`));
  });

  it('is not with a row that is missing', () => {
    expect(foundAfter((cell) => editCsv(join(cell, 'invocations.csv'), (rows) => rows.splice(0, 1)))).toEqual(['summary.json, invocations.arrived: 7, and invocations.csv has 6', 'summary.json, invocations.completed: 6, and invocations.csv has 5']);
  });
});

it("the paper's own results are whole", () => {
  expect(verifyResults(join(import.meta.dirname, '../../results/published/icdcs2023'))).toMatchObject({ problems: [], checked: 43, rows: 0 });
});
