import type { Clock, Outcome, RowSink, Timer } from '../core/index.js';
import type { CellSummary, Manifest, ResultSet } from '../results/index.js';
import type { CellProgress, CreateCellRun, PlannedCell, SuiteObserver } from '../suites/index.js';
import { LatencyCounter } from './latency-counts.js';
import type { LiveCell, LiveCellStatus } from './live-events.js';
import type { LivePort } from './live-process.js';
import type { LiveCellEnd } from './live-protocol.js';

const intervalMs = 500;

function endOf({ valid, skipped, problems, invocations, latencyMs: { total }, containers, wallMs }: CellSummary): LiveCellEnd {
  if (skipped !== undefined) return { status: 'skipped', problems };
  const { count, mean, p50, p98, max } = total;
  const { arrived, completed } = invocations;
  return {
    status: valid ? 'valid' : 'invalid',
    problems,
    numbers: { arrived, completed, latency: { count, meanMs: mean, p50Ms: p50, p98Ms: p98, maxMs: max }, containers: containers.launched, wallMs },
  };
}

function cellOf({ id, experiment, workload, scheduler, parameters, repetition, status }: Manifest['cells'][number], summary: CellSummary | undefined): LiveCell {
  const cell = { id, experiment, workload, scheduler, parameters, repetition };
  return { ...cell, ...(summary === undefined ? { status, problems: [] } : endOf(summary)) };
}

interface Current {
  readonly startedMs: number;
  readonly progress: () => CellProgress;
}

/** Watches a suite and tells the server of its page, twice a second; counts in between, without allocating anything. */
export class LiveFeed {
  readonly #port: LivePort;
  readonly #clock: Clock;
  readonly #latencies = new LatencyCounter();
  #failed = 0;
  #host: { readonly cpuPercent: number; readonly memoryMb: number } | null = null;
  #current: Current | undefined;
  #timer: Timer | undefined;

  constructor(port: LivePort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
  }

  /** Tells what there is to be run, now `toRun`, and what an earlier run has left. */
  begin(results: ResultSet, toRun: readonly PlannedCell[]): void {
    const { id, suite, command, backend, createdAt, cells } = results.manifest;
    const again = new Set(toRun.map(({ key }) => key.id));
    const summaries = new Map(results.readSummaries().map((summary) => [summary.cell.id, summary]));
    // What an earlier run has left of a cell that is run again counts for nothing.
    const liveCells = cells.map((cell) => (again.has(cell.id) ? cellOf({ ...cell, status: 'pending' }, undefined) : cellOf(cell, summaries.get(cell.id))));
    this.#port.post({ type: 'run', run: { id, suite: suite.name, command, backend, createdAt }, cells: liveCells });
  }

  log(line: string): void {
    this.#port.post({ type: 'log', line });
  }

  /** The same runs, whose rows are counted on their way. */
  counting(createRun: CreateCellRun): CreateCellRun {
    return (cell, sink, profile) => createRun(cell, this.#countingSink(sink), profile);
  }

  /** An observer that tells this one first. */
  watching(observer: SuiteObserver): SuiteObserver {
    return {
      warmupStarted: () => observer.warmupStarted(),
      cellStarted: (cell, position, progress) => {
        this.#start(cell.key.id, progress);
        observer.cellStarted(cell, position, progress);
      },
      cellEnded: (cell, summary) => {
        this.#stop();
        this.#port.post({ type: 'cell-ended', cellId: cell.key.id, end: endOf(summary) });
        observer.cellEnded(cell, summary);
      },
      cellFailed: (cell, error) => {
        this.#stop();
        this.#port.post({ type: 'cell-failed', cellId: cell.key.id, end: { status: 'failed', problems: [`${error.code}: ${error.message}`] } });
        observer.cellFailed(cell, error);
      },
      hookStuck: (sentence) => observer.hookStuck(sentence),
    };
  }

  /** The run is over, as its manifest says. */
  end({ folder, manifest }: ResultSet): void {
    this.#stop();
    const cellStatuses = Object.fromEntries(manifest.cells.map(({ id, status }): [string, LiveCellStatus] => [id, status]));
    this.#port.post({ type: 'run-ended', status: manifest.status === 'complete' ? 'complete' : 'interrupted', folder, cellStatuses });
  }

  #countingSink(sink: RowSink): RowSink {
    return {
      invocation: (outcome) => {
        this.#count(outcome);
        sink.invocation(outcome);
      },
      sample: (round) => {
        this.#host = { cpuPercent: round.host.cpuPercent, memoryMb: round.host.memoryMb };
        sink.sample(round);
      },
      container: (row) => sink.container(row),
    };
  }

  #count({ status, totalMs }: Outcome): void {
    if (status === 'completed') this.#latencies.record(totalMs);
    else this.#failed += 1;
  }

  #start(cellId: string, progress: () => CellProgress): void {
    // Of the warm-up.
    this.#latencies.take();
    this.#failed = 0;
    this.#host = null;
    this.#current = { startedMs: this.#clock.nowMs(), progress };
    this.#port.post({ type: 'cell-started', cellId });
    this.#wait();
  }

  #wait(): void {
    this.#timer = this.#clock.setTimer(intervalMs, () => {
      // What cannot be sent now is counted on, and goes with the next message.
      if (!this.#port.isBehind) this.#tell();
      this.#wait();
    });
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#tell();
    this.#current = undefined;
  }

  #tell(): void {
    if (this.#current === undefined) return;
    const { startedMs, progress } = this.#current;
    this.#port.post({ type: 'progress', elapsedMs: this.#clock.nowMs() - startedMs, ...progress(), failed: this.#failed, latencies: this.#latencies.take(), host: this.#host });
    this.#failed = 0;
  }
}
