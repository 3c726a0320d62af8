import { latencyPartNames, type LatencyPartName, type OutcomeStatus } from '../core/index.js';
import { LatencyHistogram } from '../metrics/index.js';
import type { CsvRecord } from '../results/index.js';
import type { ContainerColumns } from './container-check.js';
import type { FileFindings } from './findings.js';
import { IdSet } from './id-set.js';

const partColumns = { lag: 'lag_ms', scheduling: 'scheduling_ms', coldStart: 'cold_start_ms', queue: 'queue_ms', execution: 'execution_ms', response: 'response_ms' } as const satisfies Record<LatencyPartName, string>;

export const invocationColumns = ['id', 'function', 'container', 'batch', 'attempt', ...Object.values(partColumns), 'total_ms', 'outcome', 'error_code'] as const;

type Fields = Readonly<Record<(typeof invocationColumns)[number], number>>;

/** Six parts and their sum, each rounded to the third decimal. */
const partsToleranceMs = 0.004;

const coldStartPart = latencyPartNames.indexOf('coldStart');
const completedOutcome = 'completed' satisfies OutcomeStatus;

/** The rows of one container, counted. */
export interface RowsOfContainer {
  completed: number;
  /** Ended by their container, or with it. */
  unsuccessful: number;
  batches: number;
}

/** Takes the lines of an invocations.csv one by one, adds them up, and tells what cannot be in each. */
export class InvocationLines {
  rows = 0;
  /** Further attempts, of all. */
  retries = 0;
  readonly outcomes: Record<OutcomeStatus, number> = { completed: 0, failed: 0, timedOut: 0, rejected: 0 };
  /** Completed ones that waited for a container that was starting. */
  coldStarts = 0;
  /** Those of which rounding may have left nothing of that wait. */
  roundedStarts = 0;
  readonly errorCodes = new Map<string, number>();
  readonly total = new LatencyHistogram();
  readonly parts = Object.fromEntries(latencyPartNames.map((name) => [name, new LatencyHistogram()])) as Record<LatencyPartName, LatencyHistogram>;
  /** Of every invocation, also of those that did not complete. */
  readonly lag = new LatencyHistogram();
  /** By place among the containers. */
  readonly ofContainers: readonly RowsOfContainer[];
  readonly #findings: FileFindings;
  readonly #containers: ContainerColumns | undefined;
  /** Whether a rejected invocation may name a container that had no place yet. */
  readonly #capped: boolean;
  readonly #ids = new IdSet();
  /** The container of each batch. */
  readonly #batches = new Map<number, number>();
  readonly #fields: Fields;
  readonly #partFields: readonly number[];
  readonly #values = new Float64Array(latencyPartNames.length);

  constructor(columns: ReadonlyMap<string, number>, findings: FileFindings, { containers, capped }: { readonly containers: ContainerColumns | undefined; readonly capped: boolean }) {
    this.#fields = Object.fromEntries(invocationColumns.map((name) => [name, columns.get(name)])) as Fields;
    this.#partFields = latencyPartNames.map((name) => this.#fields[partColumns[name]]);
    this.#findings = findings;
    this.#containers = containers;
    this.#capped = capped;
    this.ofContainers = (containers?.lines ?? []).map(() => ({ completed: 0, unsuccessful: 0, batches: 0 }));
  }

  take(record: CsvRecord): void {
    const fields = this.#fields;
    this.rows += 1;
    const id = record.number(fields.id);
    if (!Number.isInteger(id)) this.#findings.addLine(record.line, 'the id is no whole number');
    else if (!this.#ids.add(id)) this.#findings.addLine(record.line, 'an invocation is there twice', `invocation ${id} is there twice`);
    const attempt = record.number(fields.attempt);
    if (!(attempt >= 1)) this.#findings.addLine(record.line, 'an attempt is no number from 1', `invocation ${id} has attempt '${record.text(fields.attempt)}'`);
    else this.retries += attempt - 1;
    const outcome = record.text(fields.outcome);
    if (!(outcome in this.outcomes)) {
      this.#findings.addLine(record.line, 'there is no such outcome', `there is no outcome '${outcome.slice(0, 40)}'`);
      return;
    }
    this.outcomes[outcome as OutcomeStatus] += 1;
    this.#takeCode(record, outcome);
    this.#takeLatency(record, outcome === completedOutcome);
    this.#takeContainer(record, outcome as OutcomeStatus);
  }

  #takeCode(record: CsvRecord, outcome: string): void {
    const code = record.text(this.#fields.error_code);
    if (code === '') return;
    if (outcome === completedOutcome) this.#findings.addLine(record.line, 'it has completed and has an error code');
    this.errorCodes.set(code, (this.errorCodes.get(code) ?? 0) + 1);
  }

  #takeLatency(record: CsvRecord, completed: boolean): void {
    const values = this.#values;
    const total = record.number(this.#fields.total_ms);
    let sum = 0;
    for (let part = 0; part < values.length; part += 1) {
      const value = record.number(this.#partFields[part] as number);
      values[part] = value;
      sum += value;
    }
    if (!(Math.abs(sum - total) <= partsToleranceMs)) this.#findings.addLine(record.line, 'the parts do not add up to the total', `the parts add up to ${sum.toFixed(3)} ms, and total_ms is ${record.text(this.#fields.total_ms) || 'empty'}`);
    this.lag.record(values[0] as number);
    if (!completed) return;
    this.#countColdStart(record);
    this.total.record(total);
    for (let part = 0; part < values.length; part += 1) this.parts[latencyPartNames[part] as LatencyPartName].record(values[part] as number);
  }

  #countColdStart({ starts, ends }: CsvRecord): void {
    const field = this.#fields.cold_start_ms;
    if ((this.#values[coldStartPart] as number) > 0) this.coldStarts += 1;
    // What was 0 before it was rounded has no decimals.
    else if ((ends[field] as number) - (starts[field] as number) > 1) this.roundedStarts += 1;
  }

  #takeContainer(record: CsvRecord, outcome: OutcomeStatus): void {
    const fields = this.#fields;
    const container = record.number(fields.container);
    const batch = record.number(fields.batch);
    if (Number.isNaN(container)) {
      if (outcome === completedOutcome) this.#findings.addLine(record.line, 'it has completed in no container');
      return;
    }
    const first = this.#isFirstOfBatch(record, batch, container);
    if (this.#containers === undefined) return;
    const place = this.#containers.places.get(container);
    if (place === undefined) {
      if (outcome !== 'rejected' || !this.#capped) this.#findings.addLine(record.line, 'containers.csv has no such container', `containers.csv has no container ${container}`);
      return;
    }
    if (record.text(fields.function) !== this.#containers.functions[place]) this.#findings.addLine(record.line, 'the container is of another function', `container ${container} is of another function in containers.csv`);
    const counted = this.ofContainers[place] as RowsOfContainer;
    if (first) counted.batches += 1;
    if (outcome === completedOutcome) counted.completed += 1;
    else if (outcome !== 'rejected') counted.unsuccessful += 1;
  }

  #isFirstOfBatch({ line }: CsvRecord, batch: number, container: number): boolean {
    if (Number.isNaN(batch)) {
      this.#findings.addLine(line, 'there is a container and no batch');
      return false;
    }
    const known = this.#batches.get(batch);
    if (known === undefined) this.#batches.set(batch, container);
    else if (known !== container) this.#findings.addLine(line, 'a batch is in two containers', `batch ${batch} is in containers ${known} and ${container}`);
    return known === undefined;
  }
}
