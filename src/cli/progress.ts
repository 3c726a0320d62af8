import { SingleBar } from 'cli-progress';
import { monotonicNowMs, type FbbError } from '../core/index.js';
import { formatMs } from '../report/index.js';
import type { CellSummary } from '../results/index.js';
import type { CellProgress, PlannedCell, SuiteObserver } from '../suites/index.js';

/** Bringing a cell up and taking it down, beside its workload. */
const cellOverheadMs = 1_500;
const refreshMs = 250;

function expectedMs({ workload }: PlannedCell): number {
  return (workload.intendedMs.at(-1) ?? 0) + cellOverheadMs;
}

/** Minutes and seconds, 4:05; from an hour on with hours, 1:04:05. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1_000));
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${twoDigits(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
}

/** Expected time of all cells, from the spans of their workloads. */
export function expectedSuiteMs(cells: readonly PlannedCell[]): number {
  return cells.reduce((sum, cell) => sum + expectedMs(cell), 0);
}

function describe({ latencyMs, containers, invocations, valid, skipped }: CellSummary): string {
  if (skipped !== undefined) return `skipped, ${skipped}`;
  const lost = invocations.arrived - invocations.completed;
  return `${valid ? '' : 'INVALID, '}${invocations.completed} completed${lost > 0 ? `, ${lost} not` : ''}, mean ${formatMs(latencyMs.total.mean)} ms, p98 ${formatMs(latencyMs.total.p98)} ms, ${containers.launched} containers`;
}

interface ProgressOptions {
  /** Whether there is one, for a bar. */
  readonly terminal: boolean;
  /** Whether a cell takes as long as its workload. */
  readonly live: boolean;
  /** Where lines go. */
  readonly tell: (line: string) => void;
}

/** Shows a running suite on stderr: a bar on a terminal, a line a cell elsewhere. */
export class Progress implements SuiteObserver {
  readonly #bar: SingleBar | undefined;
  readonly #tell: (line: string) => void;
  readonly #cells: readonly PlannedCell[];
  readonly #live: boolean;
  #startedMs = 0;
  #refresh: NodeJS.Timeout | undefined;

  constructor(cells: readonly PlannedCell[], { terminal, live, tell }: ProgressOptions, readonly hookStuck: (sentence: string) => never) {
    this.#cells = cells;
    this.#tell = tell;
    this.#live = live;
    if (terminal) this.#bar = new SingleBar({ format: `{position} {cell} {bar} {value}/{total}${live ? ' · {left} left' : ''}`, hideCursor: true, clearOnComplete: true, barsize: 24, stream: process.stderr, gracefulExit: false });
  }

  warmupStarted(): void {
    this.#tell('warming up');
  }

  cellStarted(cell: PlannedCell, { index, total }: { index: number; total: number }, progress: () => CellProgress): void {
    this.#startedMs = monotonicNowMs();
    const position = `[${index + 1}/${total}]`;
    const left = (): string => {
      const elapsedMs = monotonicNowMs() - this.#startedMs;
      const restMs = Math.max(0, expectedMs(cell) - elapsedMs) + expectedSuiteMs(this.#cells.slice(index + 1));
      return formatDuration(restMs);
    };
    if (this.#bar === undefined) {
      if (this.#live) this.#tell(`${position} ${cell.key.id}: ${progress().total} invocations, about ${left()} left in all`);
      return;
    }
    this.#bar.start(progress().total, 0, { position, cell: cell.key.id, left: left() });
    this.#refresh = setInterval(() => this.#bar?.update(progress().ended, { left: left() }), refreshMs);
  }

  cellEnded(cell: PlannedCell, summary: CellSummary): void {
    this.#stopBar();
    const took = this.#live && summary.skipped === undefined ? `, ${formatDuration(monotonicNowMs() - this.#startedMs)}` : '';
    this.#tell(`  ${cell.key.id}: ${describe(summary)}${took}`);
  }

  cellFailed(cell: PlannedCell, error: FbbError): void {
    this.#stopBar();
    this.#tell(`  ${cell.key.id}: FAILED, ${error.code}: ${error.message}`);
  }

  /** Clears the bar, also when a cell was cut short. */
  close(): void {
    this.#stopBar();
  }

  #stopBar(): void {
    clearInterval(this.#refresh);
    this.#bar?.stop();
  }
}
