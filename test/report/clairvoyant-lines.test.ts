import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderClairvoyant } from '../../src/report/index.js';
import { ResultSet, type CellSummary } from '../../src/results/index.js';
import { manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { plain } from './plain-style.js';

interface Row {
  readonly intendedMs: number | '';
  readonly cpuMs?: number;
  readonly executionMs?: number;
  readonly outcome?: string;
}

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
});

/** A set of one cell a scheduler on two cores, with rows as given. */
function stored(rows: Readonly<Record<string, readonly Row[]>>, summaries: readonly CellSummary[]): string[] {
  const set = ResultSet.create(folder, manifestOf({ workloads: { 'icdcs-io': { functionKind: 'io' } }, cells: summaries.map(({ cell }) => manifestCellOf({ ...cell, status: 'valid' })) }));
  for (const { cell } of summaries) {
    const lines = (rows[cell.scheduler] ?? []).map(({ intendedMs, cpuMs, executionMs = 0, outcome = 'completed' }, id) => [id, intendedMs, executionMs, cpuMs ?? '', outcome].join(','));
    mkdirSync(join(set.folder, 'cells', cell.id), { recursive: true });
    writeFileSync(join(set.folder, 'cells', cell.id, 'invocations.csv'), `${['id,intended_ms,execution_ms,cpu_ms,outcome', ...lines].join('\n')}\n`);
  }
  return renderClairvoyant(set, summaries, plain);
}

const of = (scheduler: string, mean: number, more: object = {}): CellSummary => summaryOf({ cell: { scheduler, ...more }, total: { mean } });

describe('the clairvoyant reference under the table', () => {
  it('takes the least CPU time that any cell measured, the shortest first on the cores of the host', () => {
    const rows = {
      baseline: [{ intendedMs: 0, cpuMs: 10 }, { intendedMs: 0, cpuMs: 25 }, { intendedMs: 0, cpuMs: 30 }],
      batching: [{ intendedMs: 0, cpuMs: 12 }, { intendedMs: 0, cpuMs: 20 }, { intendedMs: 0, cpuMs: 40 }],
    };
    // 10 and 20 at once, 30 after the first: 10, 20, 40.
    expect(stored(rows, [of('baseline', 70), of('batching', 35)])).toEqual([
      'e2e · icdcs-cpu clairvoyant reference (all warm, shortest remaining CPU time first on 2 cores): mean 23.3, p50 20.0, p98 40.0 ms; mean of batching 1.5 ×, baseline 3.0 ×',
    ]);
  });

  it('gives those that wait instead of computing a core each', () => {
    const rows = { baseline: [{ intendedMs: 0, executionMs: 10 }, { intendedMs: 0, executionMs: 20 }, { intendedMs: 0, executionMs: 30 }] };
    expect(stored(rows, [of('baseline', 60)])).toEqual(['e2e · icdcs-cpu clairvoyant reference (all warm, each for itself): mean 20.0, p50 20.0, p98 30.0 ms; mean of baseline 3.0 ×']);
  });

  it('takes their shortest execution, whatever CPU time some of the cells measured', () => {
    const rows = { baseline: [{ intendedMs: 0, executionMs: 10, cpuMs: 1 }], continuous: [{ intendedMs: 0, executionMs: 8 }] };
    expect(stored(rows, [of('baseline', 16), of('continuous', 8)])).toEqual(['e2e · icdcs-cpu clairvoyant reference (all warm, each for itself): mean 8.00, p50 8.00, p98 8.00 ms; mean of continuous 1.0 ×, baseline 2.0 ×']);
  });

  it('knows from the workload that they wait when every cell has measured CPU time', () => {
    const rows = { baseline: [{ intendedMs: 0, executionMs: 10, cpuMs: 1 }, { intendedMs: 0, executionMs: 10, cpuMs: 1 }, { intendedMs: 0, executionMs: 10, cpuMs: 1 }] };
    expect(stored(rows, [of('baseline', 20, { workload: 'icdcs-io' })])).toEqual([expect.stringContaining('icdcs-io clairvoyant reference (all warm, each for itself): mean 10.0,')]);
  });

  it('says from where to where a scheduler goes that ran with several options', () => {
    const rows = { baseline: [{ intendedMs: 0, cpuMs: 10 }] };
    const lines = stored(rows, [of('baseline', 20, { parameters: { interval: 1 } }), of('baseline', 50, { parameters: { interval: 2 } })]);
    expect(lines[0]).toMatch(/mean of baseline 2\.0–5\.0 ×$/);
  });

  it('counts only what completed in valid cells', () => {
    const rows = { baseline: [{ intendedMs: 0, cpuMs: 10 }, { intendedMs: 0, cpuMs: 1, outcome: 'failed' }], batching: [{ intendedMs: 0, cpuMs: 1 }] };
    const invalid = summaryOf({ cell: { scheduler: 'batching' }, valid: false, total: { mean: 5 } });
    expect(stored(rows, [of('baseline', 20), invalid])).toEqual([expect.stringMatching(/mean 10\.0, .*mean of baseline 2\.0 ×$/)]);
  });

  it('is none where rows do not tell when they arrived', () => {
    expect(stored({ baseline: [{ intendedMs: '', executionMs: 10 }] }, [of('baseline', 20)])).toEqual([]);
  });

  it('is the bound that a simulation has computed, where there is one', () => {
    const latencyMs = { ...summaryOf().latencyMs.total, mean: 20, p50: 15, p98: 90 };
    const rows = { baseline: [{ intendedMs: 0, cpuMs: 1 }] };
    expect(stored(rows, [{ ...of('baseline', 50), bound: { cores: 8, latencyMs } }])).toEqual([
      'e2e · icdcs-cpu clairvoyant reference (all warm, shortest remaining CPU time first on 8 cores): mean 20.0, p50 15.0, p98 90.0 ms; mean of baseline 2.5 ×',
    ]);
  });

  it('is left out where nothing takes any time: there are no multiples of zero', () => {
    expect(stored({ baseline: [{ intendedMs: 0, cpuMs: 0 }] }, [of('baseline', 50)])).toEqual([]);
  });

  it('is left out where nothing is valid', () => {
    expect(stored({}, [summaryOf({ valid: false })])).toEqual([]);
  });
});
