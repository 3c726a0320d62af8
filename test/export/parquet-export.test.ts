import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { thrownBy } from '../results/thrown-by.js';
import { exported } from './exported.js';
import { readParquet } from './parquet-rows.js';
import { outcomeOf, storeCells } from './stored-cells.js';

const baseline = summaryOf({ cell: { scheduler: 'baseline' } });

describe('invocations.parquet', () => {
  it('has texts, whole numbers and doubles, and null where nothing is known', async () => {
    const outcomes = [outcomeOf({ id: 7, functionId: 'größe', executionMs: 12.345, cpuMs: 3.5 }), outcomeOf({ id: 8, containerId: -1, status: 'rejected', errorCode: 'FBB_ERR_CONTAINER_LAUNCH' })];
    const { folder } = exported(storeCells(temporaryFolder(), [{ summary: baseline, outcomes }]), 'parquet');
    const { rows, metadata } = await readParquet(join(folder, 'invocations.parquet'));
    expect(rows[0]).toMatchObject({ experiment: 'e2e', repetition: 1, cell: baseline.cell.id, id: 7, function: 'größe', container: 0, execution_ms: 12.345, cpu_ms: 3.5, outcome: 'completed', error_code: null });
    expect(rows[1]).toMatchObject({ id: 8, container: null, batch: null, cpu_ms: null, outcome: 'rejected', error_code: 'FBB_ERR_CONTAINER_LAUNCH' });
    const types = Object.fromEntries(metadata.schema.slice(1).map(({ name, type, converted_type: converted, repetition_type: repetition }) => [name, [type, converted, repetition].filter((part) => part !== undefined).join(' ')]));
    expect(types).toMatchObject({ cell: 'BYTE_ARRAY UTF8 REQUIRED', repetition: 'INT32 REQUIRED', id: 'INT32 OPTIONAL', container: 'INT32 OPTIONAL', total_ms: 'DOUBLE OPTIONAL', outcome: 'BYTE_ARRAY UTF8 OPTIONAL' });
  });

  it('is written in groups of rows, across cells', async () => {
    const batching = summaryOf({ cell: { scheduler: 'batching' } });
    const results = storeCells(temporaryFolder(), [{ summary: baseline }, { summary: batching }]);
    const rowsOf = (count: number): string => `id,outcome\n${Array.from({ length: count }, (_, id) => `${id},completed`).join('\n')}\n`;
    writeFileSync(results.cellFile(baseline.cell.id, 'invocations.csv'), rowsOf(60_000));
    writeFileSync(results.cellFile(batching.cell.id, 'invocations.csv'), rowsOf(60_001));
    const { rows, metadata } = await readParquet(join(exported(results, 'parquet').folder, 'invocations.parquet'));
    expect(metadata.row_groups.map(({ num_rows: count }) => Number(count))).toEqual([100_000, 20_001]);
    const wrong = rows.findIndex(({ id, cell }, row) => (row < 60_000 ? id !== row || cell !== baseline.cell.id : id !== row - 60_000 || cell !== batching.cell.id));
    expect({ length: rows.length, wrong }).toEqual({ length: 120_001, wrong: -1 });
  });

  it('can be empty', async () => {
    const { rows, metadata } = await readParquet(join(exported(storeCells(temporaryFolder(), [{ summary: baseline }]), 'parquet').folder, 'invocations.parquet'));
    expect({ rows, columns: metadata.schema.length }).toEqual({ rows: [], columns: 22 });
  });

  it('is refused for a number that is none of its type, with the line', () => {
    const results = storeCells(temporaryFolder(), [{ summary: baseline }]);
    writeFileSync(results.cellFile(baseline.cell.id, 'invocations.csv'), 'id,outcome\n1,completed\n1.5,completed\n');
    const { code, message } = thrownBy(() => exported(results, 'parquet'));
    expect({ code, message }).toEqual({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringMatching(/invocations\.csv, line 3: id is 1\.5/) as string });
  });
});
