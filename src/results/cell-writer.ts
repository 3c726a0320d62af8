import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, FbbError, type ContainerRow, type Outcome, type ResourceUsage, type RowSink, type SampleRound } from '../core/index.js';
import { writeChecksums } from './checksums.js';
import { CsvFile } from './csv-file.js';
import type { CellSummary } from './schema.js';

const invocationColumns = [
  'id', 'function', 'container', 'batch', 'attempt', 'intended_ms', 'lag_ms', 'scheduling_ms', 'cold_start_ms', 'queue_ms', 'execution_ms', 'response_ms',
  'total_ms', 'cpu_ms', 'outcome', 'error_code',
] as const;
const containerColumns = [
  'id', 'function', 'launched_ms', 'started_ms', 'ready_ms', 'retired_ms', 'invocations', 'batches', 'peak_memory_mb', 'kernel_peak_mb', 'cpu_ms',
  'resource_hits', 'resource_misses', 'resource_failures', 'resource_evictions', 'resource_broken', 'resource_peak', 'resource_creation_ms', 'resource_saved_bytes',
] as const;
const sampleColumns = ['t_ms', 'container', 'memory_mb', 'rss_mb', 'cpu_percent'] as const;

/**
 * Writes the files of one cell into a folder of another name and renames it when all of them are there, with their checksums: a cell is
 * stored whole or not at all.
 */
export class CellWriter implements RowSink {
  readonly #folder: string;
  readonly #partial: string;
  /** Undefined where rows are not wanted. */
  readonly #invocations: CsvFile | undefined;
  readonly #samples: CsvFile;
  readonly #containers: ContainerRow[] = [];
  #open = true;

  /** `rows`: whether each invocation is written. */
  constructor(cellsFolder: string, cellId: string, rows = true) {
    this.#folder = join(cellsFolder, cellId);
    this.#partial = join(cellsFolder, `.${cellId}.partial`);
    rmSync(this.#partial, { recursive: true, force: true });
    mkdirSync(this.#partial, { recursive: true });
    this.#invocations = rows ? new CsvFile(join(this.#partial, 'invocations.csv'), invocationColumns) : undefined;
    this.#samples = new CsvFile(join(this.#partial, 'samples.csv'), sampleColumns);
  }

  invocation(outcome: Outcome): void {
    if (this.#invocations === undefined) return;
    const { id, functionId, containerId, batchId, attempt, status, errorCode } = outcome;
    const reached = containerId >= 0;
    this.#invocations.write([
      id, functionId, reached ? containerId : undefined, reached ? batchId : undefined, attempt, outcome.intendedMs, outcome.lagMs, outcome.schedulingMs,
      outcome.coldStartMs, outcome.queueMs, outcome.executionMs, outcome.responseMs, outcome.totalMs, outcome.cpuMs, status, errorCode,
    ]);
  }

  sample({ atMs, host, containers }: SampleRound): void {
    this.#samples.write([atMs, 'host', host.memoryMb, undefined, host.cpuPercent]);
    for (const { containerId, memoryMb, rssMb, cpuPercent } of containers) this.#samples.write([atMs, containerId, memoryMb, rssMb, cpuPercent]);
  }

  container(row: ContainerRow): void {
    this.#containers.push(row);
  }

  /** Throws FBB_ERR_RESULTS_WRITE when anything of the cell could not be written. */
  finish(summary: CellSummary, totalHgrm: string): void {
    try {
      this.#write(summary, totalHgrm);
    } catch (thrown) {
      throw new FbbError('FBB_ERR_RESULTS_WRITE', `The results of ${summary.cell.id} could not be written: ${describeError(thrown)}.`, { cause: thrown });
    }
  }

  /** Removes what was written of a cell that did not finish. */
  discard(): void {
    try {
      this.#close();
    } catch {
      // Nothing of it is kept anyway.
    }
    rmSync(this.#partial, { recursive: true, force: true });
  }

  #write(summary: CellSummary, totalHgrm: string): void {
    this.#close();
    const table = new CsvFile(join(this.#partial, 'containers.csv'), containerColumns);
    for (const row of this.#containers.sort((a, b) => a.id - b.id)) {
      const { hits, misses, failures, evictions, broken, peak, creationMs, savedBytes } = row.resources ?? ({} as Partial<ResourceUsage>);
      table.write([
        row.id, row.functionId, row.launchedMs, row.startedMs, row.readyMs, row.retiredMs, row.invocations, row.batches, row.peakMemoryMb, row.kernelPeakMb, row.cpuMs,
        hits, misses, failures, evictions, broken, peak, creationMs, savedBytes,
      ]);
    }
    table.close();
    writeFileSync(join(this.#partial, 'total.hgrm'), totalHgrm);
    writeFileSync(join(this.#partial, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
    writeChecksums(this.#partial);
    rmSync(this.#folder, { recursive: true, force: true });
    renameSync(this.#partial, this.#folder);
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#invocations?.close();
    this.#samples.close();
  }
}
