import { expect, it } from 'vitest';
import { FbbError, type Outcome, type RowSink } from '../../src/core/index.js';
import { LiveFeed } from '../../src/live/index.js';
import { latencyOf, mergeCounts } from '../../src/live/latency-counts.js';
import type { LiveMessage, LiveTick } from '../../src/live/live-protocol.js';
import { ResultSet } from '../../src/results/index.js';
import type { CreateCellRun, PlannedCell, SuiteObserver } from '../../src/suites/index.js';
import { FakeClock } from '../../src/testkit/index.js';
import { keyOf, manifestCellOf, manifestOf, summaryOf } from '../results/stored-run.js';
import { temporaryFolder } from '../results/temporary-folder.js';
import { countsOf } from './live-messages.js';

const containers = { launched: 3, alive: 2, memoryMb: 80, unread: 1 };
const cell = { key: keyOf() } as PlannedCell;
const nothing: ReturnType<CreateCellRun> = { progress: { ended: 0, total: 0, containers }, interrupt: () => undefined, run: () => Promise.reject(new Error('not run')) };

class Watched {
  readonly posted: LiveMessage[] = [];
  readonly passed: string[] = [];
  readonly clock = new FakeClock();
  isBehind = false;
  readonly feed: LiveFeed;
  readonly observer: SuiteObserver;
  /** That of the run which was made last. */
  sink: RowSink | undefined;

  constructor() {
    const isBehind = (): boolean => this.isBehind;
    this.feed = new LiveFeed({ post: (message) => this.posted.push(message), get isBehind() { return isBehind(); } }, this.clock);
    const pass = (what: string) => (): void => void this.passed.push(what);
    this.observer = this.feed.watching({
      warmupStarted: pass('warmupStarted'),
      cellStarted: pass('cellStarted'),
      cellEnded: pass('cellEnded'),
      cellFailed: pass('cellFailed'),
      hookStuck: (sentence) => {
        throw new Error(sentence);
      },
    });
  }

  createRun(): void {
    const passed: RowSink = { invocation: ({ id }) => this.passed.push(`invocation ${id}`), sample: ({ atMs }) => this.passed.push(`sample ${atMs}`), container: ({ id }) => this.passed.push(`container ${id}`) };
    this.feed.counting((_cell, sink) => {
      this.sink = sink;
      return nothing;
    })(cell, passed, undefined);
  }

  start(): void {
    this.observer.cellStarted(cell, { index: 0, total: 1 }, () => ({ ended: 7, total: 10, containers }));
    this.createRun();
  }

  end(id: number, totalMs: number, status: Outcome['status'] = 'completed'): void {
    this.sink?.invocation({ id, totalMs, status } as Outcome);
  }

  ticks(): LiveTick[] {
    return this.posted.filter((message) => message.type === 'progress');
  }
}

it('tells twice a second what happened since, and only while a cell runs', () => {
  const watched = new Watched();
  watched.clock.advance(5_000);
  watched.start();
  watched.end(0, 20);
  watched.end(1, 30);
  watched.end(2, 1, 'timedOut');
  watched.sink?.sample({ atMs: 400, host: { cpuPercent: 60, memoryMb: 900 }, containers: [] });
  watched.clock.advance(500);
  watched.end(3, 40);
  watched.clock.advance(500);
  watched.observer.cellEnded(cell, summaryOf());
  watched.clock.advance(5_000);
  expect(watched.ticks()).toEqual([
    { type: 'progress', elapsedMs: 500, ended: 7, total: 10, failed: 1, latencies: countsOf(20, 30), containers, host: { cpuPercent: 60, memoryMb: 900 } },
    { type: 'progress', elapsedMs: 1_000, ended: 7, total: 10, failed: 0, latencies: countsOf(40), containers, host: { cpuPercent: 60, memoryMb: 900 } },
    { type: 'progress', elapsedMs: 1_000, ended: 7, total: 10, failed: 0, latencies: countsOf(), containers, host: { cpuPercent: 60, memoryMb: 900 } },
  ]);
  expect(watched.clock.pending()).toBe(0);
});

it('passes every row and every call on', () => {
  const watched = new Watched();
  watched.observer.warmupStarted();
  watched.start();
  watched.end(4, 1);
  watched.sink?.sample({ atMs: 9, host: { cpuPercent: 1, memoryMb: 1 }, containers: [] });
  watched.sink?.container({ id: 5 } as Parameters<RowSink['container']>[0]);
  watched.observer.cellEnded(cell, summaryOf());
  watched.observer.cellFailed(cell, new FbbError('FBB_ERR_BACKEND_FAILED', 'It broke.'));
  expect(watched.passed).toEqual(['warmupStarted', 'cellStarted', 'invocation 4', 'sample 9', 'container 5', 'cellEnded', 'cellFailed']);
  expect(() => watched.observer.hookStuck('stuck')).toThrow('stuck');
});

it('counts nothing of the warm-up, nor of the cell before', () => {
  const watched = new Watched();
  watched.createRun();
  watched.end(0, 1_000);
  watched.end(1, 1, 'failed');
  watched.start();
  watched.end(0, 20);
  watched.clock.advance(500);
  expect(watched.ticks()).toMatchObject([{ failed: 0, latencies: countsOf(20), host: null }]);
});

it('holds back what cannot be sent, and loses nothing of it', () => {
  const watched = new Watched();
  watched.start();
  watched.isBehind = true;
  for (let id = 0; id < 100; id += 1) {
    watched.end(id, id);
    watched.clock.advance(100);
  }
  expect(watched.ticks()).toEqual([]);
  watched.isBehind = false;
  watched.clock.advance(500);
  watched.observer.cellEnded(cell, summaryOf());
  const all = countsOf(...Array.from({ length: 100 }, (_item, id) => id));
  expect(watched.ticks().map(({ latencies }) => latencies).reduce(mergeCounts)).toEqual(all);
  expect(latencyOf(all).count).toBe(100);
});

it('tells of cells that ended, failed and were skipped, with their problems', () => {
  const watched = new Watched();
  watched.start();
  watched.observer.cellEnded(cell, summaryOf({ valid: false, problems: ['FBB_ERR_CELL_LATE_LOAD: <b>'], total: { count: 9, mean: 5, p50: 4, p98: 8, max: 9 }, containers: 4 }));
  watched.observer.cellEnded(cell, summaryOf({ skipped: 'no', problems: ['why'] }));
  watched.observer.cellFailed(cell, new FbbError('FBB_ERR_BACKEND_FAILED', 'It broke.'));
  expect(watched.posted.filter(({ type }) => type === 'cell-ended' || type === 'cell-failed')).toEqual([
    { type: 'cell-ended', cellId: cell.key.id, end: { status: 'invalid', problems: ['FBB_ERR_CELL_LATE_LOAD: <b>'], numbers: { arrived: 10, completed: 10, latency: { count: 9, meanMs: 5, p50Ms: 4, p98Ms: 8, maxMs: 9 }, containers: 4, wallMs: 1_000 } } },
    { type: 'cell-ended', cellId: cell.key.id, end: { status: 'skipped', problems: ['why'] } },
    { type: 'cell-failed', cellId: cell.key.id, end: { status: 'failed', problems: ['FBB_ERR_BACKEND_FAILED: It broke.'] } },
  ]);
});

it('begins with what an earlier run has left, and ends with how the cells are stored', () => {
  const watched = new Watched();
  const kept = keyOf({ scheduler: 'batching' });
  const results = ResultSet.create(temporaryFolder(), manifestOf({ cells: [manifestCellOf({ ...kept, status: 'valid' }), manifestCellOf({ status: 'invalid' })] }));
  results.cellWriter(cell.key.id).finish(summaryOf({ valid: false, problems: ['late'] }), '');
  results.cellWriter(kept.id).finish(summaryOf({ cell: { scheduler: 'batching' }, total: { mean: 12 } }), '');
  watched.feed.begin(results, [cell]);
  watched.start();
  results.setCellStatus(cell.key.id, 'interrupted');
  results.setStatus('interrupted');
  watched.feed.end(results);
  watched.clock.advance(5_000);
  expect(watched.posted[0]).toMatchObject({
    type: 'run',
    run: { id: 'tiny-20260101T000000Z-0001', suite: 'tiny', command: 'faasbatch-bench suite tiny', backend: 'process' },
    cells: [{ ...kept, status: 'valid', numbers: { latency: { meanMs: 12 } } }, { ...cell.key, status: 'pending', problems: [] }],
  });
  expect(watched.posted.at(-1)).toEqual({ type: 'run-ended', status: 'interrupted', folder: results.folder, cellStatuses: { [kept.id]: 'valid', [cell.key.id]: 'interrupted' } });
});
