import { existsSync } from 'node:fs';
import { InvocationTable, readContainerLives, scanCsv, type ContainerLife, type ResultSet } from '../results/index.js';
import { writeBlocks } from './block-file.js';
import { layOut, type BatchSpan, type Slice, type Span } from './perfetto-lanes.js';
import type { ExportPlan } from './planned-files.js';
import type { FinishedCell } from './selected-cells.js';
import { TraceEvents } from './trace-events.js';
import { withRows } from './with-rows.js';

const notServedLane = 1;

function micro(ms: number): number {
  return Math.round(ms * 1_000);
}

function known(ms: number): number {
  return Number.isNaN(ms) ? 0 : ms;
}

/** Only what is known: JSON has no NaN. */
function withoutUnknown(args: Readonly<Record<string, number | string>>): Record<string, number | string> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== '' && !Number.isNaN(value)));
}

/** When an invocation was sent to its container, when its handler ran and when its outcome was known, in µs. */
function timesOf(table: InvocationTable, row: number): { readonly sentUs: number; readonly handler: Span; readonly knownUs: number } {
  const part = (name: Parameters<InvocationTable['number']>[1]): number => known(table.number(row, name));
  const sentMs = part('intended_ms') + part('lag_ms') + part('scheduling_ms') + part('cold_start_ms');
  const startMs = sentMs + part('queue_ms');
  return { sentUs: micro(sentMs), handler: { startUs: micro(startMs), endUs: micro(startMs + part('execution_ms')) }, knownUs: micro(part('intended_ms') + part('total_ms')) };
}

function describe(table: InvocationTable, row: number): { readonly cat: string; readonly name: string; readonly args: Record<string, number | string> } {
  const number = (name: Parameters<InvocationTable['number']>[1]): number => table.number(row, name);
  const [functionId, outcome] = [table.word(row, 'function'), table.word(row, 'outcome')];
  const args = {
    invocation: number('id'), function: functionId, container: number('container'), batch: number('batch'), attempt: number('attempt'), outcome, error_code: table.word(row, 'error_code'),
    intended_ms: number('intended_ms'), lag_ms: number('lag_ms'), scheduling_ms: number('scheduling_ms'), cold_start_ms: number('cold_start_ms'), queue_ms: number('queue_ms'),
    execution_ms: number('execution_ms'), response_ms: number('response_ms'), total_ms: number('total_ms'), cpu_ms: number('cpu_ms'),
  };
  return { cat: 'invocation', name: outcome === 'completed' ? functionId : `${functionId} ${outcome}`, args: withoutUnknown(args) };
}

function batchOf(table: InvocationTable, id: number, rows: readonly number[]): BatchSpan<number> {
  let startUs = Number.POSITIVE_INFINITY;
  let endUs = 0;
  const invocations = rows.map((row) => {
    const { sentUs, handler, knownUs } = timesOf(table, row);
    startUs = Math.min(startUs, sentUs);
    endUs = Math.max(endUs, knownUs, handler.endUs);
    return { ...handler, row };
  });
  return { id, startUs, endUs, invocations };
}

/** The rows of each container, by batch and then by id; and those that reached none. */
function byContainer(table: InvocationTable): { readonly containers: Map<number, number[]>; readonly notServed: number[] } {
  const rows = Array.from({ length: table.length }, (_, row) => row);
  rows.sort((a, b) => table.number(a, 'container') - table.number(b, 'container') || table.number(a, 'batch') - table.number(b, 'batch') || table.number(a, 'id') - table.number(b, 'id'));
  const containers = new Map<number, number[]>();
  const notServed: number[] = [];
  for (const row of rows) {
    const container = table.number(row, 'container');
    if (Number.isNaN(container)) notServed.push(row);
    else if (containers.get(container)?.push(row) === undefined) containers.set(container, [row]);
  }
  return { containers, notServed };
}

function batchesOf(table: InvocationTable, rows: readonly number[]): BatchSpan<number>[] {
  const batches = new Map<number, number[]>();
  for (const row of rows) {
    const id = table.number(row, 'batch');
    if (batches.get(id)?.push(row) === undefined) batches.set(id, [row]);
  }
  return [...batches].map(([id, inBatch]) => batchOf(table, id, inBatch));
}

/** From the launch until it was ready, or until the end of a container that never was. */
function launchOf({ launchedMs, readyMs, retiredMs }: ContainerLife): Span {
  return { startUs: micro(launchedMs), endUs: micro([readyMs, retiredMs, launchedMs].find((ms) => !Number.isNaN(ms)) as number) };
}

function launchArgs({ id, launchedMs, startedMs, readyMs }: ContainerLife): Record<string, number | string> {
  return withoutUnknown({ container: id, launched_ms: launchedMs, started_ms: startedMs, ready_ms: readyMs });
}

/** One container: its lanes, its launch, its batches and what ran in them, and its end. */
class ContainerTrace {
  readonly #events: TraceEvents;
  readonly #table: InvocationTable;

  constructor(events: TraceEvents, table: InvocationTable) {
    this.#events = events;
    this.#table = table;
  }

  /** Takes lanes from `tid` on; returns the first one that it did not need. */
  write(id: number, life: ContainerLife | undefined, { rows, tid }: { readonly rows: readonly number[]; readonly tid: number }): number {
    const slices = layOut(life === undefined || Number.isNaN(life.launchedMs) ? undefined : launchOf(life), batchesOf(this.#table, rows));
    const lanes = slices.reduce((most, { lane }) => Math.max(most, lane + 1), 1);
    const functionId = life?.functionId ?? this.#table.word(rows[0] as number, 'function');
    for (let lane = 0; lane < lanes; lane += 1) this.#events.nameLane(tid + lane, `container ${id} (${functionId})${lane === 0 ? '' : ` · slot ${lane + 1}`}`);
    for (const slice of slices) this.#slice(tid + slice.lane, slice, { id, life });
    if (life !== undefined && !Number.isNaN(life.retiredMs)) {
      const args = withoutUnknown({ container: id, retired_ms: life.retiredMs, peak_memory_mb: life.peakMemoryMb, cpu_ms: life.cpuMs });
      this.#events.instant(tid, micro(life.retiredMs), { cat: 'container', name: 'retired', args });
    }
    return tid + lanes;
  }

  #slice(tid: number, slice: Slice<number>, { id, life }: { readonly id: number; readonly life: ContainerLife | undefined }): void {
    if (slice.kind === 'invocation') this.#events.slice(tid, slice, describe(this.#table, slice.row));
    else if (slice.kind === 'batch') this.#events.slice(tid, slice, { cat: 'batch', name: `batch ${slice.batch.id}`, args: { batch: slice.batch.id, container: id, invocations: slice.batch.invocations.length } });
    else if (life !== undefined) this.#events.slice(tid, slice, { cat: 'container', name: Number.isNaN(life.readyMs) ? 'launch, never ready' : 'launch', args: launchArgs(life) });
  }
}

/** What reached no container, each at the instant when that was known: it took no time of anybody, and thousands can wait at once. */
function writeNotServed(events: TraceEvents, table: InvocationTable, rows: readonly number[]): void {
  if (rows.length === 0) return;
  events.nameLane(notServedLane, 'not served');
  for (const row of rows) events.instant(notServedLane, timesOf(table, row).knownUs, describe(table, row));
}

/** Memory of each container, and memory and CPU of the host, over time. */
function writeCounters(events: TraceEvents, path: string): void {
  if (!existsSync(path)) return;
  scanCsv(path, ['t_ms', 'container', 'memory_mb', 'cpu_percent'], (columns) => {
    const [time, container, memory, cpu] = ['t_ms', 'container', 'memory_mb', 'cpu_percent'].map((name) => columns.get(name) as number) as [number, number, number, number];
    return (record) => {
      const whose = record.text(container);
      const atUs = micro(record.number(time));
      const [memoryMb, cpuPercent] = [record.number(memory), record.number(cpu)];
      if (!Number.isNaN(memoryMb)) events.counter(`memory of ${whose === 'host' ? 'the host' : `container ${whose}`}`, atUs, ['MB', memoryMb]);
      if (whose === 'host' && !Number.isNaN(cpuPercent)) events.counter('CPU of the host', atUs, ['%', cpuPercent]);
    };
  });
}

function writeTrace(path: string, { id, summary, rows }: FinishedCell & { readonly rows: string }, results: ResultSet): void {
  const table = InvocationTable.read(rows);
  const lives = readContainerLives(results.cellFile(id, 'containers.csv'));
  const { containers, notServed } = byContainer(table);
  const { manifest } = results;
  writeBlocks(path, (file) => {
    const events = new TraceEvents(file, { result: manifest.id, cell: summary.cell, backend: summary.backend, tool: `${manifest.tool.name} ${manifest.tool.version}` });
    events.nameProcess(id);
    writeNotServed(events, table, notServed);
    const trace = new ContainerTrace(events, table);
    let tid = notServedLane + 1;
    for (const container of [...new Set([...lives.keys(), ...containers.keys()])].sort((a, b) => a - b)) {
      tid = trace.write(container, lives.get(container), { rows: containers.get(container) ?? [], tid });
    }
    writeCounters(events, results.cellFile(id, 'samples.csv'));
    events.end();
  });
}

/** Whether each row tells when its invocation arrived: imported ones do not, and then nothing can be put in its place. */
function hasArrivals(path: string): boolean {
  let all = true;
  scanCsv(path, ['intended_ms'], (columns) => {
    const intended = columns.get('intended_ms') as number;
    return (record) => {
      all &&= !Number.isNaN(record.number(intended));
    };
  });
  return all;
}

/** `<cell>.perfetto.json` of each cell that has rows with times of arrival: a trace in Chrome's JSON format with a lane for each container. */
export function planPerfetto(cells: readonly FinishedCell[], results: ResultSet): ExportPlan {
  const { having, leftOut } = withRows(cells, 'without rows');
  const timed = having.filter(({ rows }) => hasArrivals(rows));
  const untimed = having.filter((cell) => !timed.includes(cell)).map(({ id }) => id);
  return {
    files: timed.map((cell) => ({ name: `${cell.id}.perfetto.json`, write: (path: string) => writeTrace(path, cell, results) })),
    leftOut: [...leftOut, ...(untimed.length === 0 ? [] : [{ why: 'without times of arrival', cells: untimed }])],
  };
}
