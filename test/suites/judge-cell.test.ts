import { expect, it } from 'vitest';
import { FbbError, type CellMetrics, type LatencySummary } from '../../src/core/index.js';
import { judgeCell } from '../../src/suites/judge-cell.js';

type Evidence = Parameters<typeof judgeCell>[0];

interface Case {
  readonly expected?: number;
  readonly arrived?: number;
  readonly completed?: number;
  readonly failed?: number;
  readonly timedOut?: number;
  readonly rejected?: number;
  readonly lagP99Ms?: number | null;
  readonly lagMaxMs?: number | null;
  readonly error?: FbbError;
  readonly maxFailedShare?: number;
}

const none: LatencySummary = { count: 0, mean: null, p50: null, p90: null, p95: null, p98: null, p99: null, p999: null, max: null };

function judge({ expected = 10, arrived = 10, completed = 10, failed = 0, timedOut = 0, rejected = 0, lagP99Ms = 1, lagMaxMs = 2, error, maxFailedShare = 0 }: Case): ReturnType<typeof judgeCell> {
  const metrics: CellMetrics = {
    invocations: { arrived, completed, failed, timedOut, rejected },
    latencyMs: { total: none, lag: none, scheduling: none, coldStart: none, queue: none, execution: none, response: none },
    usage: {
      containers: { launched: 0, peak: 0, containerSeconds: 0 },
      memory: { peakMb: null, meanMb: null, gbSeconds: null, unsampledContainers: 0, kernelPeakMb: null },
      cpu: { coreSeconds: 0, sampledContainers: 0, meanUtilization: 0, hostMeanUtilization: null },
      resources: undefined,
    },
    loadGenerator: { lagP50Ms: null, lagP99Ms, lagMaxMs },
    errorCodes: {},
    coldStarts: 0,
  };
  const counts: Evidence['counts'] = { arrived, ended: completed + failed + timedOut + rejected, retried: 0, launched: 0, peakContainers: 0, problemsLeftOut: 0 };
  return judgeCell({ metrics, counts, expected, error, limits: { maxLagMs: 50, maxFailedShare } });
}

it('has nothing to say of a cell in which everything completed in time', () => {
  expect(judge({})).toEqual({ valid: true, problems: [] });
});

it('condemns a cell that lost an invocation', () => {
  expect(judge({ completed: 9 })).toEqual({ valid: false, problems: ['FBB_ERR_CELL_LOST_INVOCATIONS: 10 in the workload, 10 arrived, 9 ended'] });
});

it('condemns a cell in which an invocation ended twice', () => {
  expect(judge({ completed: 10, failed: 1 }).problems[0]).toBe('FBB_ERR_CELL_LOST_INVOCATIONS: 10 in the workload, 10 arrived, 11 ended');
});

it('condemns a cell in which not all of the workload arrived', () => {
  expect(judge({ arrived: 8, completed: 8 })).toEqual({ valid: false, problems: ['FBB_ERR_CELL_LOST_INVOCATIONS: 10 in the workload, 8 arrived, 8 ended'] });
});

it('condemns a cell whose load came late, judged by the 99th percentile', () => {
  const { valid, problems } = judge({ lagP99Ms: 50.04 });
  expect(valid).toBe(false);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^FBB_ERR_CELL_LATE_LOAD: .*50\.0 ms.*50 ms are allowed/);
});

it('lets pass what is late only beyond the 99th percentile, and what is just in time', () => {
  expect(judge({ lagP99Ms: 50, lagMaxMs: 5_000 })).toEqual({ valid: true, problems: [] });
});

it('judges by the latest arrival when there are too few for a percentile', () => {
  expect(judge({ lagP99Ms: null, lagMaxMs: 51 }).valid).toBe(false);
  expect(judge({ lagP99Ms: null, lagMaxMs: 50 }).valid).toBe(true);
  expect(judge({ lagP99Ms: null, lagMaxMs: null }).valid).toBe(true);
});

it.each([
  [0, false],
  [0.29, false],
  [0.3, true],
])('names failed and timed out invocations; with a share of %d allowed, a cell in which 3 of 10 did stands: %s', (maxFailedShare, valid) => {
  expect(judge({ completed: 7, failed: 2, timedOut: 1, maxFailedShare })).toEqual({
    valid,
    problems: ['FBB_ERR_CELL_FAILED_INVOCATIONS: 2 failed, 1 timed out; latencies are of the 7 that completed'],
  });
});

it('condemns a cell in which nothing completed', () => {
  expect(judge({ completed: 0, failed: 10, maxFailedShare: 1 })).toEqual({
    valid: false,
    problems: ['FBB_ERR_CELL_FAILED_INVOCATIONS: 10 failed, 0 timed out; latencies are of the 0 that completed'],
  });
});

it('condemns a cell that an error cut short, and names the error first', () => {
  const error = new FbbError('FBB_ERR_SCHEDULER_THREW', "Scheduler 'x' threw in onArrival: oh.");
  expect(judge({ completed: 4, rejected: 6, error })).toEqual({ valid: false, problems: ["FBB_ERR_SCHEDULER_THREW: Scheduler 'x' threw in onArrival: oh."] });
});

it('does not call lost what had not arrived when an error cut the cell short', () => {
  const error = new FbbError('FBB_ERR_SCHEDULER_STALLED', 'Stalled.');
  expect(judge({ arrived: 4, completed: 1, rejected: 3, error }).problems).toEqual(['FBB_ERR_SCHEDULER_STALLED: Stalled.']);
});

it('says everything that is wrong, not the first thing only', () => {
  const error = new FbbError('FBB_ERR_SCHEDULER_STALLED', 'Stalled.');
  expect(judge({ arrived: 9, completed: 0, failed: 1, lagP99Ms: 100, error }).problems.map((problem) => problem.split(':', 1)[0])).toEqual([
    'FBB_ERR_SCHEDULER_STALLED', 'FBB_ERR_CELL_LOST_INVOCATIONS', 'FBB_ERR_CELL_LATE_LOAD', 'FBB_ERR_CELL_FAILED_INVOCATIONS',
  ]);
});
