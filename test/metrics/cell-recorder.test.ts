import fc from 'fast-check';
import { expect, it } from 'vitest';
import { latencyPartNames, type Container, type ContainerRow, type Outcome, type OutcomeStatus, type RowSink, type SampleRound } from '../../src/core/index.js';
import { CellRecorder } from '../../src/metrics/index.js';

type Parts = Readonly<Record<(typeof latencyPartNames)[number], number>>;

const noParts: Parts = { lag: 0, scheduling: 0, coldStart: 0, queue: 0, execution: 0, response: 0 };
const nowhere: RowSink = { invocation: () => undefined, sample: () => undefined, container: () => undefined };

function outcome(status: OutcomeStatus, parts: Partial<Parts> = {}, errorCode?: string): Outcome {
  const { lag, scheduling, coldStart, queue, execution, response } = { ...noParts, ...parts };
  return {
    id: 0,
    functionId: 'f',
    intendedMs: 0,
    submittedMs: lag,
    attempt: 1,
    lagMs: lag,
    schedulingMs: scheduling,
    coldStartMs: coldStart,
    queueMs: queue,
    executionMs: execution,
    responseMs: response,
    totalMs: lag + scheduling + coldStart + queue + execution + response,
    status,
    errorCode,
    containerId: 0,
    batchId: 0,
    cpuMs: undefined,
  concurrency: undefined,
    containerCpuMs: undefined,
  };
}

it('counts how invocations ended, and by which code', () => {
  const recorder = new CellRecorder(nowhere);
  const ends: [OutcomeStatus, string?][] = [['completed'], ['completed'], ['failed', 'A'], ['failed', 'B'], ['failed', 'A'], ['timedOut', 'C'], ['rejected', 'D']];
  for (const [status, code] of ends) recorder.invocationEnded(outcome(status, {}, code));
  const { invocations, errorCodes } = recorder.metrics(9, 1_000, 2);
  expect(invocations).toEqual({ arrived: 9, completed: 2, failed: 3, timedOut: 1, rejected: 1 });
  expect(errorCodes).toEqual({ A: 2, B: 1, C: 1, D: 1 });
  expect(recorder.ended).toBe(7);
});

it('takes latency only from invocations that completed', () => {
  const recorder = new CellRecorder(nowhere);
  for (let i = 0; i < 10; i += 1) recorder.invocationEnded(outcome('completed', { execution: 100 }));
  for (const status of ['failed', 'timedOut', 'rejected'] as const) recorder.invocationEnded(outcome(status, { execution: 100_000 }, 'A'));
  const { latencyMs } = recorder.metrics(13, 1_000, 2);
  expect(latencyMs.total).toMatchObject({ count: 10, mean: 100, max: 100 });
  expect(latencyMs.execution).toMatchObject({ count: 10, mean: 100, max: 100 });
});

it('has no latency when nothing completed', () => {
  const recorder = new CellRecorder(nowhere);
  recorder.invocationEnded(outcome('failed', { execution: 5 }, 'A'));
  expect(recorder.metrics(1, 1_000, 2).latencyMs.total).toMatchObject({ count: 0, mean: null, max: null });
});

it('takes lateness of the load generator from every invocation, however it ended', () => {
  const recorder = new CellRecorder(nowhere);
  for (let i = 0; i < 99; i += 1) recorder.invocationEnded(outcome('completed', { lag: 1 }));
  recorder.invocationEnded(outcome('rejected', { lag: 50 }, 'A'));
  const { loadGenerator, latencyMs } = recorder.metrics(100, 1_000, 2);
  expect(loadGenerator).toEqual({ lagP50Ms: 1, lagP99Ms: 1, lagMaxMs: 50 });
  expect(latencyMs.lag.max).toBe(1);
});

it('keeps each part apart', () => {
  const recorder = new CellRecorder(nowhere);
  for (let i = 0; i < 2; i += 1) recorder.invocationEnded(outcome('completed', { lag: 1, scheduling: 2, coldStart: 4, queue: 8, execution: 16, response: 32 }));
  const { latencyMs } = recorder.metrics(2, 1_000, 2);
  expect(Object.fromEntries(Object.entries(latencyMs).map(([name, { mean }]) => [name, mean]))).toEqual({
    lag: 1, scheduling: 2, coldStart: 4, queue: 8, execution: 16, response: 32, total: 63,
  });
});

it('the means of the parts add up to the mean of the total', () => {
  const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
  const parts = fc.record({ lag: ms, scheduling: ms, coldStart: ms, queue: ms, execution: ms, response: ms });
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 200 }), (all) => {
      const recorder = new CellRecorder(nowhere);
      for (const one of all) recorder.invocationEnded(outcome('completed', one));
      const { latencyMs } = recorder.metrics(all.length, 1_000, 2);
      const sum = latencyPartNames.reduce((total, name) => total + (latencyMs[name].mean as number), 0);
      expect(sum).toBeCloseTo(latencyMs.total.mean as number, 5);
    }),
    { numRuns: 50 },
  );
});

it('passes every outcome and every round of samples on, the failed ones too', () => {
  const passed: unknown[] = [];
  const recorder = new CellRecorder({ invocation: (row) => passed.push(row), sample: (round) => passed.push(round), container: () => undefined });
  const [good, bad] = [outcome('completed'), outcome('failed', {}, 'A')];
  const round: SampleRound = { atMs: 5, host: { memoryMb: 1, cpuPercent: 2 }, containers: [] };
  recorder.invocationEnded(good);
  recorder.sample(round);
  recorder.invocationEnded(bad);
  expect(passed).toEqual([good, round, bad]);
});

it('adds up every round of samples, of which it passes one a second on', () => {
  const passed: number[] = [];
  const recorder = new CellRecorder({ ...nowhere, sample: ({ atMs }) => passed.push(atMs) });
  const container: Container = { id: 0, functionId: 'f', state: 'idle', launchedMs: 0, readyMs: 60, inFlight: 0, batches: 0, served: 0 };
  recorder.containerLaunched(container);
  recorder.containerStarted(0, 0);
  for (const [atMs, memoryMb] of [[0, 1], [100, 500], [200, 1], [1_000, 1]] as const) {
    recorder.sample({ atMs, host: { memoryMb: 1, cpuPercent: 0 }, containers: [{ containerId: 0, cpuPercent: 0, cpuMs: 0, rssMb: undefined, memoryMb }] });
  }
  recorder.close(1_000);
  expect(passed).toEqual([0, 1_000]);
  expect(recorder.metrics(0, 1_000, 2).usage.memory).toMatchObject({ peakMb: 500, meanMb: 50.9 });
});

it('has a row for each container, with what it said of itself after it had left', () => {
  const rows: ContainerRow[] = [];
  const recorder = new CellRecorder({ ...nowhere, container: (row) => rows.push(row) });
  const container: Container = { id: 3, functionId: 'f', state: 'idle', launchedMs: 10, readyMs: 60, inFlight: 0, batches: 2, served: 5 };
  const other: Container = { ...container, id: 4, launchedMs: 20, readyMs: Number.NaN, batches: 0, served: 0 };
  for (const one of [container, other]) {
    recorder.containerLaunched(one);
    recorder.containerStarted(one.id, one.launchedMs);
  }
  recorder.containerLeft(container, 500);
  recorder.close(1_000);
  recorder.containerUsage(3, { cpuMs: 77, peakMemoryMb: 40 });
  expect(recorder.metrics(0, 1_000, 2).usage.containers).toEqual({ launched: 2, peak: 2, containerSeconds: 1.47 });
  expect(rows).toEqual([
    { id: 3, functionId: 'f', launchedMs: 10, startedMs: 10, readyMs: 60, retiredMs: 500, invocations: 5, batches: 2, peakMemoryMb: undefined, kernelPeakMb: 40, cpuMs: 77 },
    { id: 4, functionId: 'f', launchedMs: 20, startedMs: 20, readyMs: Number.NaN, retiredMs: 1_000, invocations: 0, batches: 0, peakMemoryMb: undefined, kernelPeakMb: undefined, cpuMs: undefined },
  ]);
});

it('writes the distribution of total latency', () => {
  const recorder = new CellRecorder(nowhere);
  recorder.invocationEnded(outcome('completed', { execution: 12 }));
  recorder.invocationEnded(outcome('failed', { execution: 99 }, 'A'));
  expect(recorder.totalHgrm()).toMatch(/^\s+12\.\d+ 1\.0+\s+1$/m);
});
