import { scanCsv, type CellSummary, type CsvRecord } from '../results/index.js';
import type { FileFindings } from './findings.js';
import { isNear } from './near.js';

/** The containers of a cell, in columns. */
export interface ContainerColumns {
  /** Where each stands in the columns, by id. */
  readonly places: ReadonlyMap<number, number>;
  readonly lines: readonly number[];
  readonly functions: readonly string[];
  readonly invocations: readonly number[];
  readonly batches: readonly number[];
  /** Whether it became ready. */
  readonly ready: readonly boolean[];
}

const required = ['id', 'function', 'launched_ms', 'started_ms', 'ready_ms', 'retired_ms', 'invocations', 'batches', 'cpu_ms'] as const;
const instants = ['launched_ms', 'started_ms', 'ready_ms', 'retired_ms'] as const;
const resourceMembers = { hits: 'resource_hits', misses: 'resource_misses', failures: 'resource_failures', evictions: 'resource_evictions', broken: 'resource_broken', savedBytes: 'resource_saved_bytes', creationMs: 'resource_creation_ms' } as const;
/** The others are whole numbers. */
const roundedMembers = new Set(['savedBytes', 'creationMs']);
/** Half of the last decimal, in the unit of the column. */
const rounding = 0.000_5;
const msPerSecond = 1_000;

/** Takes the lines of a containers.csv one by one. */
class ContainerLines {
  readonly places = new Map<number, number>();
  readonly lines: number[] = [];
  readonly functions: string[] = [];
  readonly invocations: number[] = [];
  readonly batches: number[] = [];
  readonly ready: boolean[] = [];
  lifeMs = 0;
  cpuMs = 0;
  /** NaN when one of them did not tell. */
  kernelPeakMb = 0;
  highestMemoryMb = 0;
  highestResources = 0;
  readonly resources = Object.fromEntries(Object.keys(resourceMembers).map((member) => [member, 0])) as Record<keyof typeof resourceMembers, number>;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #findings: FileFindings;

  constructor(columns: ReadonlyMap<string, number>, findings: FileFindings) {
    this.#columns = columns;
    this.#findings = findings;
  }

  get hasResources(): boolean {
    return this.#columns.has(resourceMembers.hits);
  }

  get hasKernelPeak(): boolean {
    return this.#columns.has('kernel_peak_mb');
  }

  take(record: CsvRecord): void {
    const id = this.#number(record, 'id');
    if (this.places.has(id)) this.#findings.addLine(record.line, 'a container is there twice', `container ${id} is there twice`);
    this.places.set(id, this.lines.length);
    this.lines.push(record.line);
    this.functions.push(record.text(this.#columns.get('function') as number));
    this.invocations.push(this.#number(record, 'invocations'));
    this.batches.push(this.#number(record, 'batches'));
    this.ready.push(!Number.isNaN(this.#number(record, 'ready_ms')));
    this.#checkOrder(record, id);
    this.#addUp(record);
  }

  #checkOrder(record: CsvRecord, id: number): void {
    let before: (typeof instants)[number] = 'launched_ms';
    for (const name of instants) {
      const [earlier, later] = [this.#number(record, before), this.#number(record, name)];
      if (Number.isNaN(later)) {
        if (name === 'launched_ms' || name === 'retired_ms') this.#findings.addLine(record.line, `there is no ${name}`, `container ${id} has no ${name}`);
        continue;
      }
      if (later < earlier) this.#findings.addLine(record.line, `${name} is before ${before}`, `container ${id}: ${name} ${later} is before ${before} ${earlier}`);
      before = name;
    }
  }

  #addUp(record: CsvRecord): void {
    const started = this.#number(record, 'started_ms');
    if (!Number.isNaN(started)) this.lifeMs += this.#number(record, 'retired_ms') - started;
    this.cpuMs += this.#number(record, 'cpu_ms') || 0;
    this.kernelPeakMb += this.#number(record, 'kernel_peak_mb');
    this.highestMemoryMb = Math.max(this.highestMemoryMb, this.#number(record, 'peak_memory_mb') || 0);
    this.highestResources = Math.max(this.highestResources, this.#number(record, 'resource_peak') || 0);
    for (const [member, column] of Object.entries(resourceMembers)) this.resources[member as keyof typeof resourceMembers] += this.#number(record, column) || 0;
  }

  /** NaN where there is nothing, or no such column. */
  #number(record: CsvRecord, column: string): number {
    const field = this.#columns.get(column);
    return field === undefined ? Number.NaN : record.number(field);
  }
}

function checkSums(table: ContainerLines, { containers, cpu, memory, resources }: CellSummary, findings: FileFindings): void {
  const count = table.lines.length;
  const differs = (what: string, here: number, there: number | null, tolerance: number): void => {
    if (there !== null && !isNear(here, there, tolerance)) findings.add(null, `${what} add up to ${here}, and summary.json has ${there}`);
  };
  differs('containers', count, containers.launched, 0);
  differs('lives of containers (s)', table.lifeMs / msPerSecond, containers.containerSeconds, (2 * count * rounding) / msPerSecond);
  differs('cpu_ms (s)', table.cpuMs / msPerSecond, cpu.coreSeconds, (count * rounding) / msPerSecond);
  if (table.hasKernelPeak && typeof memory.kernelPeakMb === 'number') differs('kernel_peak_mb', table.kernelPeakMb, memory.kernelPeakMb, count * rounding);
  if (memory.peakMb !== null && table.highestMemoryMb > memory.peakMb + 0.01) findings.add(null, `a container had ${table.highestMemoryMb} MB, and summary.json has a peak of ${memory.peakMb} of all together`);
  if (!table.hasResources) return;
  for (const [member, column] of Object.entries(resourceMembers)) differs(column, table.resources[member as keyof typeof resourceMembers], resources?.[member as keyof typeof resourceMembers] ?? 0, roundedMembers.has(member) ? count * rounding : 0);
  const peak = resources?.peakInContainer ?? 0;
  if (table.highestResources !== peak) findings.add(null, `the highest resource_peak is ${table.highestResources}, and summary.json has ${peak}`);
}

/** Whether the containers.csv of a cell is in order, and its sums are those of the summary. Returns what others compare with; undefined when it cannot be read. */
export function checkContainers(summary: CellSummary, findings: FileFindings): ContainerColumns | undefined {
  let table: ContainerLines | undefined;
  try {
    scanCsv(findings.path, required, (columns) => {
      const lines = new ContainerLines(columns, findings);
      table = lines;
      return (record) => lines.take(record);
    });
  } catch (thrown) {
    findings.addThrown(thrown);
    return undefined;
  }
  findings.close();
  if (table !== undefined) checkSums(table, summary, findings);
  return table;
}
