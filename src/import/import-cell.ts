import type { Outcome, RowSink } from '../core/index.js';
import { LatencyHistogram } from '../metrics/index.js';
import type { CellSummary } from '../results/index.js';
import { readArtifactRows, type ArtifactRow } from './artifact-rows.js';
import type { ArtifactRun } from './artifact-runs.js';
import { readContainerCount } from './container-count.js';
import { readHostLoad } from './host-load.js';
import type { ImportProblems } from './import-problems.js';
import { importedSummary, type MeasuredPart } from './imported-summary.js';

interface Served {
  readonly functionId: string;
  invocations: number;
}

type MutableOutcome = { -readonly [Member in keyof Outcome]: Outcome[Member] };

/** An invocation of which nothing is told yet. */
function untoldOutcome(status: Outcome['status'], errorCode: string | undefined): MutableOutcome {
  return {
    id: 0, functionId: '', containerId: -1, batchId: Number.NaN, attempt: 1, status, errorCode, cpuMs: undefined, concurrency: undefined, containerCpuMs: undefined,
    intendedMs: Number.NaN, submittedMs: Number.NaN, lagMs: Number.NaN, schedulingMs: Number.NaN, coldStartMs: Number.NaN, queueMs: Number.NaN, executionMs: Number.NaN, responseMs: Number.NaN, totalMs: Number.NaN,
  };
}

/** The invocations of a cell: rows to a sink, and what its summary needs. */
class CellRows {
  readonly #sink: RowSink;
  readonly total = new LatencyHistogram();
  readonly #parts: Readonly<Record<MeasuredPart, LatencyHistogram>> = { scheduling: new LatencyHistogram(), coldStart: new LatencyHistogram(), queue: new LatencyHistogram(), execution: new LatencyHistogram() };
  /** Ids by function and name: Docker gives a name again, and a container is of one function. */
  readonly #ids = new Map<string, number>();
  readonly #served: Served[] = [];
  readonly #outcome = untoldOutcome('completed', undefined);
  #unplaced = 0;
  #withoutColdStart = 0;
  #longColdStarts = 0;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  get count(): number {
    return this.total.count;
  }

  /** How many containers there were, or undefined when a row does not name its own. */
  get containers(): number | undefined {
    return this.#unplaced > 0 ? undefined : this.#served.length;
  }

  add({ functionId, container, waitMs, coldStartMs, executionMs, queueMs }: ArtifactRow): void {
    const knownColdMs = coldStartMs === undefined ? undefined : Math.min(coldStartMs, waitMs);
    if (knownColdMs === undefined) this.#withoutColdStart += 1;
    else if (knownColdMs !== coldStartMs) this.#longColdStarts += 1;
    const schedulingMs = waitMs - (knownColdMs ?? 0);
    const totalMs = waitMs + queueMs + executionMs;
    this.total.record(totalMs);
    this.#parts.scheduling.record(schedulingMs);
    if (knownColdMs !== undefined) this.#parts.coldStart.record(knownColdMs);
    this.#parts.queue.record(queueMs);
    this.#parts.execution.record(executionMs);
    // One object for all rows: a sink copies what it keeps, and to spread one for each would take most of an import.
    this.#outcome.id = this.count - 1;
    this.#outcome.functionId = functionId;
    this.#outcome.containerId = this.#place(functionId, container);
    this.#outcome.schedulingMs = schedulingMs;
    this.#outcome.coldStartMs = knownColdMs ?? Number.NaN;
    this.#outcome.queueMs = queueMs;
    this.#outcome.executionMs = executionMs;
    this.#outcome.totalMs = totalMs;
    this.#sink.invocation(this.#outcome);
  }

  /** Rows for invocations that the artifact has none of, so that there are as many as were sent. */
  addLost(expected: number): void {
    const lost = untoldOutcome('failed', 'FBB_ERR_IMPORT_LOST');
    for (lost.id = this.count; lost.id < expected; lost.id += 1) this.#sink.invocation(lost);
  }

  /** Passes on the containers that rows named. */
  endContainers(): void {
    for (const [id, { functionId, invocations }] of this.#served.entries()) {
      this.#sink.container({
        id, functionId, invocations, launchedMs: Number.NaN, startedMs: Number.NaN, readyMs: Number.NaN, retiredMs: Number.NaN, batches: Number.NaN,
        peakMemoryMb: undefined, kernelPeakMb: undefined, cpuMs: undefined, resources: undefined,
      });
    }
  }

  latencyMs(): CellSummary['latencyMs'] {
    const { scheduling, coldStart, queue, execution } = this.#parts;
    const unknown = new LatencyHistogram().summary();
    return { total: this.total.summary(), lag: unknown, scheduling: scheduling.summary(), coldStart: coldStart.summary(), queue: queue.summary(), execution: execution.summary(), response: unknown };
  }

  notes(): string[] {
    return [
      ...(this.#withoutColdStart > 0 ? ['cold starts are not told apart: they are in scheduling'] : []),
      ...(this.#longColdStarts > 0 ? [`${this.#longColdStarts} cold starts are longer than the wait that they were part of, and were taken for all of it`] : []),
    ];
  }

  /** The id of the container that is named, a new one for a new name; -1 without a name. */
  #place(functionId: string, name: string | undefined): number {
    if (name === undefined) {
      this.#unplaced += 1;
      return -1;
    }
    const key = `${functionId}/${name}`;
    const known = this.#ids.get(key);
    if (known !== undefined) {
      (this.#served[known] as Served).invocations += 1;
      return known;
    }
    this.#ids.set(key, this.#served.length);
    return this.#served.push({ functionId, invocations: 1 }) - 1;
  }
}

interface CountedContainers {
  readonly containers: number | null;
  readonly notes: readonly string[];
}

function containersOf(rows: CellRows, counted: number | undefined): CountedContainers {
  const { containers } = rows;
  if (containers !== undefined) return { containers, notes: [] };
  if (counted === undefined) return { containers: null, notes: ['rows name no containers, and no file says how many there were'] };
  return { containers: counted, notes: ['rows name no containers: their number is that of the num_containers file, which may count others that ran on the host'] };
}

/** A cell that was read, and the text of its total.hgrm. */
interface ReadCell {
  readonly summary: CellSummary;
  readonly totalHgrm: string;
}

/** Reads the files of a run; rows and samples to the sink, what is wrong to `problems`. `expected`: invocations that were sent. */
export function importCell(run: ArtifactRun, expected: number, sink: RowSink, problems: ImportProblems): ReadCell {
  const rows = new CellRows(sink);
  readArtifactRows(run.rows, problems, (row) => rows.add(row));
  if (rows.count > expected) problems.add(`${run.rows}: there are ${rows.count} rows, and ${expected} invocations were sent (--expected says otherwise)`);
  const latencyMs = rows.latencyMs();
  rows.addLost(expected);
  rows.endContainers();
  const host = run.host === undefined ? undefined : readHostLoad(run.host, problems, (round) => sink.sample(round));
  const { containers, notes } = containersOf(rows, run.containerCount === undefined ? undefined : readContainerCount(run.containerCount, problems));
  return {
    summary: importedSummary({ cell: run.cell, expected, latencyMs, containers, host, notes: [...rows.notes(), ...notes] }),
    totalHgrm: rows.total.toHgrm(),
  };
}
