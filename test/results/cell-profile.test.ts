import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellProfile, Outcome } from '../../src/core/index.js';
import { ResultSet } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf } from './stored-run.js';
import { temporaryFolder } from './temporary-folder.js';
import { thrownBy } from './thrown-by.js';

interface Row {
  readonly functionId?: string;
  readonly intendedMs?: number;
  readonly lagMs?: number;
  readonly totalMs?: number;
  readonly status?: Outcome['status'];
}

const cell = manifestCellOf({ scheduler: 'vanilla' });

function store(rows: readonly Row[], status: 'valid' | 'invalid' = 'valid'): ResultSet {
  const results = ResultSet.create(temporaryFolder(), manifestOf({ cells: [cell] }));
  const writer = results.cellWriter(cell.id);
  for (const [id, { functionId = 'f', intendedMs = 0, lagMs = 0, totalMs = 1, status: outcome = 'completed' }] of rows.entries()) {
    writer.invocation({
      id, functionId, containerId: 1, batchId: 1, attempt: 1, intendedMs, submittedMs: intendedMs + lagMs, lagMs, schedulingMs: 0, coldStartMs: 0, queueMs: 0, executionMs: 0, responseMs: 0,
      totalMs, cpuMs: undefined, concurrency: undefined, containerCpuMs: undefined, status: outcome, errorCode: undefined,
    });
  }
  writer.finish(summaryOf({ cell: { scheduler: 'vanilla' } }), '');
  results.setCellStatus(cell.id, status);
  return results;
}

function profileOf(rows: readonly Row[]): CellProfile {
  return store(rows).readProfile(cell.id)!;
}

describe('latencies of a profile', () => {
  it('are those of completed invocations of the function, by nearest rank', () => {
    const profile = profileOf([
      ...[50, 10, 40, 20, 30].map((totalMs) => ({ totalMs })), { totalMs: 1, status: 'failed' }, { totalMs: 2, status: 'timedOut' }, { totalMs: 3, functionId: 'a,"b"' },
    ]);
    expect(profile.cellId).toBe(cell.id);
    expect([0.01, 0.2, 0.21, 0.5, 0.8, 0.98, 1].map((q) => profile.latencyQuantileMs('f', q))).toEqual([10, 10, 20, 30, 40, 50, 50]);
    expect(profile.latencyQuantileMs('a,"b"', 0.5)).toBe(3);
  });

  it('of a function in which nothing completed, or that is not there, are unknown', () => {
    const profile = profileOf([{ functionId: 'g', status: 'failed' }]);
    expect([profile.latencyQuantileMs('g', 0.5), profile.latencyQuantileMs('h', 0.5)]).toEqual([undefined, undefined]);
  });

  it('have the rank that the quantile means, not what floating point makes of it', () => {
    const profile = profileOf(Array.from({ length: 100 }, (_row, i) => ({ totalMs: i + 1 })));
    for (let percent = 1; percent <= 100; percent += 1) expect(profile.latencyQuantileMs('f', percent / 100)).toBe(percent);
  });
});

describe('arrivals of a profile', () => {
  it('count from a time up to, not including, another, when they came and not when they were due', () => {
    const profile = profileOf([{ intendedMs: 100, lagMs: 150 }, { intendedMs: 200 }, { intendedMs: 400, status: 'failed' }, { intendedMs: 250, functionId: 'g' }]);
    expect([[0, 200], [200, 250], [200, 251], [250, 400], [0, 1_000], [300, 200], [200, 200]].map(([from, to]) => profile.arrivals('f', from!, to!))).toEqual([0, 1, 2, 1, 3, 0, 0]);
    expect(profile.arrivals('h', 0, 1_000)).toBe(0);
  });

  it('are counted as one by one, whatever the order in which they ended', () => {
    const times = fc.array(fc.nat(50), { maxLength: 30 });
    fc.assert(
      fc.property(times, fc.nat(50), fc.nat(50), (arrivals, from, to) => {
        const profile = profileOf(arrivals.map((intendedMs) => ({ intendedMs })));
        expect(profile.arrivals('f', from, to)).toBe(arrivals.filter((at) => at >= from && at < to).length);
      }),
      { numRuns: 30 },
    );
  });
});

describe('there is no profile', () => {
  it('of a cell that has not ended valid, or that is not in the run', () => {
    expect(store([{}], 'invalid').readProfile(cell.id)).toBeUndefined();
    expect(store([{}]).readProfile('other')).toBeUndefined();
  });

  it.each(['id,function\n1,f,2\n', 'id,function\n1,"f\n'])('of rows that were changed by hand; the file is named (%j)', (text) => {
    const results = store([{}]);
    const path = join(results.folder, 'cells', cell.id, 'invocations.csv');
    writeFileSync(path, text);
    const error = thrownBy(() => results.readProfile(cell.id));
    expect(error.code).toBe('FBB_ERR_RESULTS_INVALID');
    expect(error.message).toContain(`${path} cannot be read: `);
  });
});
