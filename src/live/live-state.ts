import { latencyOf, mergeCounts, noLatencies, type LatencyCounts } from './latency-counts.js';
import type { LiveCell, LiveEvents, LiveProgress, LiveRun, LiveRunEnd, LiveSnapshot } from './live-events.js';
import type { LiveCellEnd, LiveMessage, LiveTick } from './live-protocol.js';
import { LiveSeries } from './live-series.js';

/** An event with its data. */
export type LiveEvent = { [Name in keyof LiveEvents]: { readonly name: Name; readonly data: LiveEvents[Name] } }[keyof LiveEvents];

interface Current {
  readonly cellId: string;
  readonly series: LiveSeries;
  latencies: LatencyCounts;
  elapsedMs: number;
  ended: number;
  failed: number;
  progress?: LiveProgress;
}

const mostLogLines = 500;
const mostCharacters = 1_000;

/** All that is known of a run: takes in what the harness says, gives out what browsers are told. */
export class LiveState {
  #run: LiveRun | undefined;
  #cells: LiveCell[] = [];
  #current: Current | undefined;
  #log: string[] = [];
  #ended: LiveRunEnd | undefined;

  /** Undefined until there is a run. */
  snapshot(): LiveSnapshot | undefined {
    if (this.#run === undefined) return undefined;
    const current = this.#current;
    return {
      run: this.#run,
      cells: this.#cells,
      ...(current === undefined ? {} : { current: { cellId: current.cellId, ...(current.progress === undefined ? {} : { progress: current.progress }), points: current.series.points } }),
      log: this.#log,
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    };
  }

  /** Returns what is to be said about it to those who have had their snapshot. */
  take(message: Exclude<LiveMessage, { readonly type: 'close' }>): readonly LiveEvent[] {
    switch (message.type) {
      case 'run':
        this.#run = message.run;
        this.#cells = [...message.cells];
        return [];
      case 'cell-started':
        this.#current = { cellId: message.cellId, series: new LiveSeries(), latencies: noLatencies, elapsedMs: 0, ended: 0, failed: 0 };
        this.#change(message.cellId, { status: 'running', problems: [] });
        return [{ name: 'cell-started', data: { cellId: message.cellId } }];
      case 'progress':
        return this.#current === undefined ? [] : this.#progress(this.#current, message);
      case 'cell-ended':
      case 'cell-failed': {
        this.#current = undefined;
        const cell = this.#change(message.cellId, message.end);
        return cell === undefined ? [] : [{ name: message.type, data: cell }];
      }
      case 'log': {
        const line = message.line.slice(0, mostCharacters);
        this.#log = [...this.#log.slice(1 - mostLogLines), line];
        return [{ name: 'log', data: { line } }];
      }
      case 'run-ended': {
        const { status, folder, cellStatuses } = message;
        return this.#end({ status, folder }, this.#current === undefined ? undefined : cellStatuses[this.#current.cellId]);
      }
    }
  }

  /** The harness is gone. */
  lose(): readonly LiveEvent[] {
    return this.#ended === undefined ? this.#end({ status: 'lost' }, 'interrupted') : [];
  }

  #end(end: LiveRunEnd, cutStatus: LiveCell['status'] = 'interrupted'): readonly LiveEvent[] {
    const cut = this.#current === undefined ? undefined : this.#change(this.#current.cellId, { status: cutStatus, problems: [] });
    this.#current = undefined;
    this.#ended = cut === undefined ? end : { ...end, cut };
    return [{ name: 'run-ended', data: this.#ended }];
  }

  #change(cellId: string, change: LiveCellEnd): LiveCell | undefined {
    const index = this.#cells.findIndex(({ id }) => id === cellId);
    const before = this.#cells[index];
    if (before === undefined) return undefined;
    // Not the numbers of an earlier run of it.
    const { experiment, workload, scheduler, parameters, repetition } = before;
    const changed = { id: cellId, experiment, workload, scheduler, parameters, repetition, ...change };
    this.#cells[index] = changed;
    return changed;
  }

  #progress(current: Current, tick: LiveTick): readonly LiveEvent[] {
    const { elapsedMs, ended, total, failed, latencies, containers, host } = tick;
    const merged = current.series.add({
      fromMs: current.elapsedMs,
      toMs: elapsedMs,
      ended: ended - current.ended,
      failed,
      latencies,
      containers: containers.alive,
      memoryMb: containers.memoryMb,
      unreadContainers: containers.unread,
      hostCpuPercent: host?.cpuPercent ?? null,
      hostMemoryMb: host?.memoryMb ?? null,
    });
    current.latencies = mergeCounts(current.latencies, latencies);
    current.elapsedMs = elapsedMs;
    current.ended = ended;
    current.failed += failed;
    const { last } = current.series;
    if (last === undefined) return [];
    const { cellId } = current;
    const progress: LiveProgress = { cellId, elapsedMs, ended, total, failed: current.failed, latency: latencyOf(current.latencies), launchedContainers: containers.launched, ...last };
    current.progress = progress;
    return [...(merged ? [{ name: 'series' as const, data: { cellId, points: current.series.points } }] : []), { name: 'progress', data: progress }];
  }
}
