import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { summarySchema } from '../../src/results/schema.js';
import { parseCsv, parseCsvObjects } from '../results/read-csv.js';
import { summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { exported } from './exported.js';
import { outcomeOf, storeCells } from './stored-cells.js';

const baseline = summaryOf({ cell: { scheduler: 'baseline' } });
const batching = summaryOf({ cell: { scheduler: 'batching', parameters: { dispatchIntervalMs: 200 }, repetition: 2 }, total: { mean: 12.5 } });

describe('invocations.csv', () => {
  it('joins the rows of all cells behind what tells of which cell they are', () => {
    const results = storeCells(temporaryFolder(), [{ summary: baseline, outcomes: [outcomeOf({ id: 4, executionMs: 1.5 })] }, { summary: batching, outcomes: [outcomeOf({ id: 5 }), outcomeOf({ id: 6, status: 'rejected', containerId: -1 })] }]);
    const rows = parseCsvObjects(exported(results, 'csv').text('invocations.csv'));
    expect(rows.map((row) => [row['experiment'], row['workload'], row['scheduler'], row['repetition'], row['cell'], row['id'], row['container'], row['execution_ms'], row['outcome']])).toEqual([
      ['e2e', 'icdcs-cpu', 'baseline', '1', 'e2e.icdcs-cpu.baseline.r1', '4', '0', '1.500', 'completed'],
      ['e2e', 'icdcs-cpu', 'batching', '2', 'e2e.icdcs-cpu.batching.r2', '5', '0', '0', 'completed'],
      ['e2e', 'icdcs-cpu', 'batching', '2', 'e2e.icdcs-cpu.batching.r2', '6', '', '0', 'rejected'],
    ]);
  });

  it('quotes what needs it, of a cell and of its rows', () => {
    const odd = summaryOf({ cell: { experiment: 'a, "b"' } });
    const results = storeCells(temporaryFolder(), [{ summary: { ...odd, cell: { ...odd.cell, id: 'one' } }, outcomes: [outcomeOf({ functionId: 'x,"y"\nz' })] }]);
    const [row] = parseCsvObjects(exported(results, 'csv').text('invocations.csv'));
    expect(row).toMatchObject({ experiment: 'a, "b"', function: 'x,"y"\nz', outcome: 'completed' });
  });

  it('has the columns of all cells, empty where a cell was stored without them', () => {
    const results = storeCells(temporaryFolder(), [{ summary: baseline, outcomes: [outcomeOf({ id: 4 })] }, { summary: batching }]);
    writeFileSync(results.cellFile(batching.cell.id, 'invocations.csv'), 'outcome,id,note\r\ncompleted,7,"a, b"\r\n');
    const rows = parseCsvObjects(exported(results, 'csv').text('invocations.csv'));
    expect(rows[0]).toMatchObject({ id: '4', outcome: 'completed', total_ms: '0', note: '' });
    expect(rows[1]).toMatchObject({ id: '7', outcome: 'completed', total_ms: '', note: 'a, b', cell: batching.cell.id });
  });

  it('is not there when no cell has rows, and says of which cells there are none', () => {
    const { names, leftOut } = exported(storeCells(temporaryFolder(), [{ summary: baseline, rows: false }]), 'csv');
    expect(names).toEqual(['summary.csv']);
    expect(leftOut).toEqual({ 'without rows, in summary.csv alone': [baseline.cell.id] });
  });
});

/** The names of all numbers of a stored summary, by their paths. */
function numbersIn(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return [path];
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, `${path}.${name}`)) : [];
}

describe('summary.csv', () => {
  it('has a row a cell, and a column for each parameter that any of them has', () => {
    const rows = parseCsvObjects(exported(storeCells(temporaryFolder(), [{ summary: baseline }, { summary: batching }]), 'csv').text('summary.csv'));
    expect(rows.map((row) => [row['cell'], row['parameter_dispatchIntervalMs'], row['total_mean_ms'], row['valid']])).toEqual([
      [baseline.cell.id, '', '', 'true'],
      [batching.cell.id, '200', '12.5', 'true'],
    ]);
  });

  it('tells the notes of a scheduler, and which cell it learned from', () => {
    const [row] = parseCsvObjects(exported(storeCells(temporaryFolder(), [{ summary: { ...baseline, notes: ['slow', 'late'], profile: 'e2e.r1' } }]), 'csv').text('summary.csv'));
    expect(row).toMatchObject({ notes: 'slow; late', profile: 'e2e.r1' });
  });

  it('holds every number that a summary has', () => {
    let next = 1_000;
    const fill = (value: unknown): unknown => {
      if (typeof value === 'number') return (next += 1);
      return Array.isArray(value) || typeof value !== 'object' || value === null ? value : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
    };
    const latency = { count: 1, mean: 1, p50: 1, p90: 1, p95: 1, p98: 1, p99: 1, p999: 1, max: 1 };
    const names = ['total', 'lag', 'scheduling', 'coldStart', 'queue', 'execution', 'response'] as const;
    const whole = {
      ...summaryOf({ total: latency, cap: { max: 1, launchesWaited: 1, longestWaitMs: 1, endedForOthers: 1 }, resourceCache: { policy: 'lru', capacity: 1 }, resources: { idealHits: 1, idealRequests: 1 } }),
      latencyMs: Object.fromEntries(names.map((name) => [name, latency])),
      memory: { peakMb: 1, meanMb: 1, gbSeconds: 1, unsampledContainers: 1, kernelPeakMb: 1, source: 'pss' },
      cpu: { coreSeconds: 1, sampledContainers: 1, meanUtilization: 1, hostMeanUtilization: 1, hostStolenShare: 1 },
      loadGenerator: { lagP50Ms: 1, lagP99Ms: 1, lagMaxMs: 1, realTime: false },
      coldStarts: 1,
      host: { cpuCoreSeconds: 1, memoryFirstMb: 1, memoryMeanMb: 1, memoryMaxMb: 1 },
      harness: { cpuMs: 1, coreShare: 1 },
      bound: { cores: 1, latencyMs: latency },
    };
    const { schema, cell, ...numbers } = whole;
    const summary = summarySchema.parse({ schema, cell, ...(fill(numbers) as object) });
    const [header = [], row = []] = parseCsv(exported(storeCells(temporaryFolder(), [{ summary }]), 'csv').text('summary.csv'));
    expect(header).toHaveLength(new Set(header).size);
    const told = new Set(row);
    const missing = numbersIn(summary).filter((path) => !path.startsWith('.schema') && !path.startsWith('.cell') && !told.has(String(path.split('.').slice(1).reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], summary))));
    expect(missing).toEqual([]);
  });
});
