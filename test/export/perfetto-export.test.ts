import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultSet } from '../../src/results/index.js';
import type { Workplace } from '../cli/run-bin.js';
import { parseCsvObjects } from '../results/read-csv.js';
import { summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { exported } from './exported.js';
import { simulate } from './simulated-set.js';
import { containerOf, outcomeOf, storeCells, type StoredCell } from './stored-cells.js';
import { crossing, eventsOf, laneNames, slicesOf, type TraceEvent } from './traces.js';

const isTrace = new Ajv({ allErrors: true, strictTypes: false }).compile(JSON.parse(readFileSync(join(import.meta.dirname, 'trace-event.schema.json'), 'utf8')) as object);

function problemsOf(text: string): string[] {
  isTrace(JSON.parse(text));
  return (isTrace.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

function invocationsOf(events: readonly TraceEvent[]): TraceEvent[] {
  return events.filter(({ cat }) => cat === 'invocation');
}

const summary = summaryOf();

/** The trace of one cell. */
function traceOf(cell: StoredCell): TraceEvent[] {
  const text = exported(storeCells(temporaryFolder(), [{ summary, ...cell }]), 'perfetto').text(`${summary.cell.id}.perfetto.json`);
  expect(problemsOf(text)).toEqual([]);
  return eventsOf(text);
}

describe('traces', () => {
  it('leave out cells whose rows tell no times of arrival', () => {
    const imported = summaryOf({ cell: { scheduler: 'kraken' } });
    const cells = [{ summary, outcomes: [outcomeOf()] }, { summary: imported, outcomes: [outcomeOf({ intendedMs: Number.NaN })] }];
    const { names, leftOut } = exported(storeCells(temporaryFolder(), cells), 'perfetto');
    expect({ names, leftOut }).toEqual({ names: [`${summary.cell.id}.perfetto.json`], leftOut: { 'without times of arrival': [imported.cell.id] } });
  });
});

describe('the trace of a simulated cell', () => {
  let place: Workplace;
  let results: ResultSet;
  beforeAll(async () => {
    ({ place, results } = await simulate('--schedulers', 'vanilla,kraken,batching-expanding,continuous', '--limit', '60'));
  });
  afterAll(() => place.remove());

  it('is one as the schema describes it, with slices that nest and each invocation once', () => {
    const { names, text } = exported(results, 'perfetto');
    expect(names).toHaveLength(4);
    for (const name of names) {
      expect({ name, problems: problemsOf(text(name)) }).toEqual({ name, problems: [] });
      const events = eventsOf(text(name));
      expect(crossing(slicesOf(events))).toEqual([]);
      const rows = parseCsvObjects(readFileSync(results.cellFile(name.replace('.perfetto.json', ''), 'invocations.csv'), 'utf8'));
      const byId = (a: number, b: number): number => a - b;
      expect(invocationsOf(events).map(({ args }) => Number(args['invocation'])).sort(byId)).toEqual(rows.map(({ id }) => Number(id)).sort(byId));
    }
  });

  it('has every handler where its row says it ran, and in the lane of its container', () => {
    const { names, text } = exported(results, 'perfetto');
    for (const name of names) {
      const events = eventsOf(text(name));
      const lanes = laneNames(events);
      for (const { args, ts, dur, tid } of invocationsOf(events)) {
        const part = (key: string): number => Number(args[`${key}_ms`]);
        const startMs = part('intended') + part('lag') + part('scheduling') + part('cold_start') + part('queue');
        expect(Math.abs(ts - startMs * 1_000)).toBeLessThan(8);
        expect(Math.abs(dur - part('execution') * 1_000)).toBeLessThan(8);
        expect(lanes.get(tid as number)).toMatch(new RegExp(`^container ${args['container']} \\(`));
      }
    }
  });

  it('is refused by the schema when it lacks what viewers need', () => {
    const { names, text } = exported(results, 'perfetto');
    const broken = text(names[0] as string).replace('"dur":', '"duration":');
    expect(problemsOf(broken)).not.toEqual([]);
  });
});

describe('a trace', () => {
  it('has a lane for each container, with launch, batch, handler and end', () => {
    const events = traceOf({
      outcomes: [outcomeOf({ id: 4, containerId: 3, batchId: 2, intendedMs: 5, lagMs: 1, schedulingMs: 2, coldStartMs: 12, queueMs: 3, executionMs: 20, responseMs: 2, cpuMs: 19 })],
      containers: [containerOf({ id: 3, functionId: '0409', launchedMs: 8, startedMs: 9, readyMs: 20, retiredMs: 500 })],
    });
    expect([...laneNames(events)]).toEqual([[2, 'container 3 (0409)']]);
    expect(slicesOf(events).map(({ event: { name, cat }, startUs, endUs }) => [cat, name, startUs, endUs])).toEqual([
      ['container', 'launch', 8_000, 20_000],
      ['batch', 'batch 2', 20_000, 45_000],
      ['invocation', 'fib', 23_000, 43_000],
    ]);
    expect(events.find(({ ph }) => ph === 'i')).toMatchObject({ name: 'retired', tid: 2, ts: 500_000 });
    expect(invocationsOf(events)[0]?.args).toEqual({
      invocation: 4, function: 'fib', container: 3, batch: 2, attempt: 1, outcome: 'completed', intended_ms: 5, lag_ms: 1, scheduling_ms: 2, cold_start_ms: 12, queue_ms: 3, execution_ms: 20, response_ms: 2, total_ms: 40, cpu_ms: 19,
    });
  });

  it('names further lanes of a container after it', () => {
    const outcomes = [0, 1].map((id) => outcomeOf({ id, intendedMs: 10, executionMs: 5 }));
    expect([...laneNames(traceOf({ outcomes, containers: [containerOf()] })).values()]).toEqual(['container 0 (fib)', 'container 0 (fib) · slot 2']);
  });

  it('keeps what reached no container in a lane of its own, when that was known', () => {
    const events = traceOf({
      outcomes: [
        outcomeOf({ id: 1, containerId: -1, intendedMs: 5, schedulingMs: 7, status: 'rejected', errorCode: 'FBB_ERR_CONTAINER_LAUNCH' }),
        outcomeOf({ id: 2, containerId: 0, intendedMs: 20, queueMs: 4, status: 'failed', errorCode: 'FBB_ERR_CONTAINER_LOST' }),
      ],
      containers: [containerOf({ readyMs: Number.NaN, retiredMs: 9 }), containerOf({ id: 1, functionId: 'g' })],
    });
    expect([...laneNames(events).values()]).toEqual(['not served', 'container 0 (fib)', 'container 1 (g)']);
    expect(invocationsOf(events).map(({ ph, name, tid, ts, args }) => [ph, name, tid, ts, args['error_code']])).toEqual([
      ['i', 'fib rejected', 1, 12_000, 'FBB_ERR_CONTAINER_LAUNCH'],
      ['X', 'fib failed', 2, 24_000, 'FBB_ERR_CONTAINER_LOST'],
    ]);
    expect(slicesOf(events)[0]).toMatchObject({ startUs: 0, endUs: 9_000, event: { name: 'launch, never ready' } });
  });

  it('has memory and CPU over time as counters', () => {
    const events = traceOf({
      samples: [{ atMs: 100.5, host: { memoryMb: 600, cpuPercent: 40 }, containers: [{ containerId: 3, cpuPercent: 5, cpuMs: 1, rssMb: 70, memoryMb: 23.5 }, { containerId: 4, cpuPercent: 5, cpuMs: 1, rssMb: 70, memoryMb: undefined }] }],
    });
    expect(events.filter(({ ph }) => ph === 'C').map(({ name, ts, args }) => [name, ts, args])).toEqual([
      ['memory of the host', 100_500, { MB: 600 }],
      ['CPU of the host', 100_500, { '%': 40 }],
      ['memory of container 3', 100_500, { MB: 23.5 }],
    ]);
  });

  it('shows containers that nobody wrote a row of', () => {
    expect([...laneNames(traceOf({ outcomes: [outcomeOf({ containerId: 7 })] })).values()]).toEqual(['container 7 (fib)']);
  });
});
