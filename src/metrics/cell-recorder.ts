import {
  latencyPartNames,
  type CellMetrics,
  type Container,
  type ContainersNow,
  type ContainerUsage,
  type LatencyPartName,
  type LatencySummary,
  type Outcome,
  type OutcomeStatus,
  type Recorder,
  type RowSink,
  type SampleRound,
} from '../core/index.js';
import { LatencyHistogram } from './latency-histogram.js';
import { SampleRows } from './sample-rows.js';
import { UsageAccount } from './usage-account.js';

/** The recorder of a live or simulated cell: histograms and sums as it goes, raw rows to a sink. */
export class CellRecorder implements Recorder {
  readonly #sink: RowSink;
  readonly #usage: UsageAccount;
  readonly #sampleRows: SampleRows;
  readonly #counts: Record<OutcomeStatus, number> = { completed: 0, failed: 0, timedOut: 0, rejected: 0 };
  readonly #total = new LatencyHistogram();
  readonly #parts: Record<LatencyPartName, LatencyHistogram>;
  /** Of every invocation, also those that failed: lateness is the generator's, whatever came after. */
  readonly #lag = new LatencyHistogram();
  readonly #errorCodes = new Map<string, number>();
  #coldStarts = 0;

  /** `memoryIsExact`: the backend tells of every change of memory; it need not be sampled. */
  constructor(sink: RowSink, memoryIsExact = false) {
    this.#sink = sink;
    this.#sampleRows = new SampleRows((round) => sink.sample(round));
    this.#usage = new UsageAccount((row) => sink.container(row), memoryIsExact);
    this.#parts = {
      lag: new LatencyHistogram(),
      scheduling: new LatencyHistogram(),
      coldStart: new LatencyHistogram(),
      queue: new LatencyHistogram(),
      execution: new LatencyHistogram(),
      response: new LatencyHistogram(),
    };
  }

  get ended(): number {
    return this.#counts.completed + this.#counts.failed + this.#counts.timedOut + this.#counts.rejected;
  }

  get containers(): ContainersNow {
    return this.#usage.now;
  }

  containerLaunched(container: Container): void {
    this.#usage.containerLaunched(container);
  }

  containerStarted(containerId: number, startedMs: number): void {
    this.#usage.containerStarted(containerId, startedMs);
  }

  containerLeft(container: Container, endedMs: number): void {
    this.#usage.containerLeft(container, endedMs);
  }

  containerUsage(containerId: number, usage: ContainerUsage): void {
    this.#usage.containerUsage(containerId, usage);
  }

  invocationEnded(outcome: Outcome): void {
    this.#counts[outcome.status] += 1;
    this.#lag.record(outcome.lagMs);
    if (outcome.errorCode !== undefined) this.#errorCodes.set(outcome.errorCode, (this.#errorCodes.get(outcome.errorCode) ?? 0) + 1);
    if (outcome.status === 'completed') this.#recordLatency(outcome);
    this.#sink.invocation(outcome);
  }

  memoryChanged(containerId: number, atMs: number, memoryMb: number): void {
    this.#usage.memoryChanged(containerId, atMs, memoryMb);
  }

  /** `atMs` of the round counts from the start of the cell. */
  sample(round: SampleRound): void {
    this.#usage.sample(round);
    this.#sampleRows.add(round);
  }

  /** No more is launched or ended after this; usage may still come in. */
  close(endedMs: number): void {
    this.#usage.closeAll(endedMs);
  }

  totalHgrm(): string {
    return this.#total.toHgrm();
  }

  metrics(arrived: number, wallMs: number, cores: number): CellMetrics {
    const lag = this.#lag.summary();
    const partSummaries = latencyPartNames.map((name) => [name, this.#parts[name].summary()] as const);
    return {
      invocations: { arrived, ...this.#counts },
      latencyMs: { total: this.#total.summary(), ...(Object.fromEntries(partSummaries) as Record<LatencyPartName, LatencySummary>) },
      usage: this.#usage.summary(wallMs, cores),
      loadGenerator: { lagP50Ms: lag.p50, lagP99Ms: lag.p99, lagMaxMs: lag.max },
      errorCodes: Object.fromEntries(this.#errorCodes),
      coldStarts: this.#coldStarts,
    };
  }

  #recordLatency(outcome: Outcome): void {
    if (outcome.coldStartMs > 0) this.#coldStarts += 1;
    this.#total.record(outcome.totalMs);
    this.#parts.lag.record(outcome.lagMs);
    this.#parts.scheduling.record(outcome.schedulingMs);
    this.#parts.coldStart.record(outcome.coldStartMs);
    this.#parts.queue.record(outcome.queueMs);
    this.#parts.execution.record(outcome.executionMs);
    this.#parts.response.record(outcome.responseMs);
  }
}
