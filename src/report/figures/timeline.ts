import type { TimelineChart } from '../../charts/index.js';
import type { ContainerLife, InvocationTable } from '../../results/index.js';
import { busiestStretch } from './busiest-stretch.js';
import { grouping, rounded } from './rounded.js';

type Container = TimelineChart['containers'][number];
type Batch = TimelineChart['batches'][number];
type Invocation = TimelineChart['invocations'][number];

/** The timeline of one cell, and what is not in it. */
export interface Timeline {
  readonly chart: TimelineChart;
  readonly caveats: readonly string[];
}

/** Times are added up of parts that are stored to the µs: instants that were one can lie so far apart. */
const roundingMs = 0.005;

function ms(value: number): number {
  return rounded(value, 3);
}

function known(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

/** When an invocation was sent to its container, when its handler ran, and when its outcome was known. */
function timesOf(table: InvocationTable, row: number): { readonly sentMs: number; readonly startMs: number; readonly endMs: number; readonly knownMs: number } {
  const part = (name: Parameters<InvocationTable['number']>[1]): number => known(table.number(row, name));
  const sentMs = part('intended_ms') + part('lag_ms') + part('scheduling_ms') + part('cold_start_ms');
  const startMs = sentMs + part('queue_ms');
  return { sentMs, startMs, endMs: startMs + part('execution_ms'), knownMs: part('intended_ms') + part('total_ms') };
}

/** Rows of a container by the start of their handlers, each in the lowest slot that is free. */
class Slots {
  readonly #freeFromMs: number[] = [];

  place(startMs: number, endMs: number): number {
    const free = this.#freeFromMs.findIndex((fromMs) => fromMs <= startMs + roundingMs);
    const slot = free < 0 ? this.#freeFromMs.length : free;
    this.#freeFromMs[slot] = endMs;
    return slot;
  }

  get count(): number {
    return this.#freeFromMs.length;
  }
}

/** All rows of the batches of these rows, drawn or not: a batch is as it was. */
function batchesOf(table: InvocationTable, { all, drawn, places }: { readonly all: readonly number[]; readonly drawn: readonly number[]; readonly places: ReadonlyMap<number, number> }): Batch[] {
  const batches = new Map<number, { container: number; startMs: number; endMs: number; invocations: number }>();
  for (const row of drawn) {
    const id = table.number(row, 'batch');
    if (!Number.isNaN(id)) batches.set(id, { container: places.get(table.number(row, 'container')) as number, startMs: Number.POSITIVE_INFINITY, endMs: 0, invocations: 0 });
  }
  for (const row of all) {
    const batch = batches.get(table.number(row, 'batch'));
    if (batch === undefined) continue;
    const { sentMs, endMs, knownMs } = timesOf(table, row);
    batch.startMs = Math.min(batch.startMs, sentMs);
    batch.endMs = Math.max(batch.endMs, knownMs, endMs);
    batch.invocations += 1;
  }
  return [...batches].sort(([a], [b]) => a - b).map(([id, { container, startMs, endMs, invocations }]) => ({ id, container, startMs: ms(startMs), endMs: ms(endMs), invocations }));
}

/** Gives names numbers in the order in which they come. */
class Names {
  readonly #places = new Map<string, number>();

  placeOf(name: string): number {
    const place = this.#places.get(name) ?? this.#places.size;
    this.#places.set(name, place);
    return place;
  }

  get all(): readonly string[] {
    return [...this.#places.keys()];
  }
}

/** The life of a container that containers.csv does not have: as long as what it served. */
function lifeOf(id: number, rows: readonly number[], table: InvocationTable): Pick<ContainerLife, 'id' | 'functionId' | 'launchedMs' | 'readyMs' | 'retiredMs'> {
  const times = rows.map((row) => timesOf(table, row));
  return { id, functionId: table.word(rows[0] as number, 'function'), launchedMs: Math.min(...times.map(({ sentMs }) => sentMs)), readyMs: Number.NaN, retiredMs: Math.max(...times.map(({ endMs, knownMs }) => Math.max(endMs, knownMs))) };
}

function containerOf(life: ReturnType<typeof lifeOf>, functions: Names, slots: number): Container {
  const launchedMs = known(life.launchedMs);
  return {
    id: life.id,
    function: functions.placeOf(life.functionId),
    launchedMs: ms(launchedMs),
    readyMs: Number.isNaN(life.readyMs) ? null : ms(life.readyMs),
    retiredMs: ms(Number.isNaN(life.retiredMs) ? launchedMs : life.retiredMs),
    slots,
  };
}

function invocationOf(table: InvocationTable, row: number, { container, slot }: { readonly container: number; readonly slot: number }): Invocation {
  const { startMs, endMs } = timesOf(table, row);
  const part = (name: Parameters<InvocationTable['number']>[1]): number => ms(known(table.number(row, name)));
  return {
    id: table.number(row, 'id'), container, slot, batch: known(table.number(row, 'batch')), intendedMs: part('intended_ms'), startMs: ms(startMs), endMs: ms(endMs),
    coldStartMs: part('cold_start_ms'), queueMs: part('queue_ms'), totalMs: part('total_ms'), completed: table.word(row, 'outcome') === 'completed',
  };
}

function rowsByContainer(table: InvocationTable, rows: readonly number[]): Map<number, number[]> {
  const containers = new Map<number, number[]>();
  for (const row of rows) {
    const id = table.number(row, 'container');
    const own = containers.get(id);
    if (own === undefined) containers.set(id, [row]);
    else own.push(row);
  }
  return containers;
}

function caveatsOf(table: InvocationTable, served: number, { rows, stretch }: ReturnType<typeof busiestStretch>): string[] {
  const unserved = table.length - served;
  const seconds = (atMs: number): string => (atMs / 1_000).toFixed(1);
  return [
    ...(stretch === undefined ? [] : [`${grouping(rows.length)} of ${grouping(table.length)} invocations: those that arrived from ${seconds(stretch[0])} s to ${seconds(stretch[1])} s, the busiest stretch, with the containers that served them`]),
    ...(unserved === 0 ? [] : [`${grouping(unserved)} ${unserved === 1 ? 'invocation' : 'invocations'} reached no container and ${unserved === 1 ? 'is' : 'are'} not in it`]),
  ];
}

interface TimelineSource {
  readonly table: InvocationTable;
  readonly lives: ReadonlyMap<number, ContainerLife>;
  /** How many invocations may be drawn. */
  readonly most: number;
}

/** What happened in the containers of a cell; undefined where its rows do not tell when invocations arrived, or none reached a container. */
export function timelineOf(cell: string, { table, lives, most }: TimelineSource): Timeline | undefined {
  const served: number[] = [];
  for (let row = 0; row < table.length; row += 1) {
    if (Number.isNaN(table.number(row, 'intended_ms'))) return undefined;
    if (!Number.isNaN(table.number(row, 'container'))) served.push(row);
  }
  if (served.length === 0) return undefined;
  const selected = busiestStretch(table, served, most);
  const rows = rowsByContainer(table, selected.rows);
  const ids = [...new Set([...(selected.stretch === undefined ? lives.keys() : []), ...rows.keys()])];
  const launches = ids.map((id) => lives.get(id) ?? lifeOf(id, rows.get(id) as number[], table)).sort((a, b) => known(a.launchedMs) - known(b.launchedMs) || a.id - b.id);
  const functions = new Names();
  const invocations: Invocation[] = [];
  const containers = launches.map((life, container) => {
    const slots = new Slots();
    const timed = (rows.get(life.id) ?? []).map((row) => ({ row, ...timesOf(table, row) })).sort((a, b) => a.startMs - b.startMs || a.row - b.row);
    for (const { row, startMs, endMs } of timed) invocations.push(invocationOf(table, row, { container, slot: slots.place(startMs, endMs) }));
    return containerOf(life, functions, slots.count);
  });
  const places = new Map(launches.map(({ id }, place) => [id, place]));
  return {
    chart: { kind: 'timeline', cell, functions: functions.all, containers, batches: batchesOf(table, { all: served, drawn: selected.rows, places }), invocations },
    caveats: caveatsOf(table, served.length, selected),
  };
}
