import Table from 'cli-table3';
import { grouped, latencyPartNames, type LatencyPartName } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { sharesOf } from './bar.js';
import { fittedTable, type FittedColumn, type TableRoom } from './fitted-table.js';
import { groupOf, meanOverRepetitions, publishedFor, type CellAverage } from './repetitions.js';
import { harmless, textWidth, wrapped } from './terminal-text.js';

export interface TableStyle {
  /** Wraps text for the terminal; identity without colours. */
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
}

const borderless = {
  'top': '', 'top-mid': '', 'top-left': '', 'top-right': '', 'bottom': '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  'left': '', 'left-mid': '', 'mid': '', 'mid-mid': '', 'right': '', 'right-mid': '', 'middle': '  ',
};

/** A latency with three significant digits or whole milliseconds; a dash for one that cannot be named. */
export function formatMs(valueMs: number | null): string {
  if (valueMs === null) return '–';
  if (valueMs >= 100) return valueMs.toFixed(0);
  return valueMs >= 10 ? valueMs.toFixed(1) : valueMs.toFixed(2);
}

/** A mean of counts, whole where it is. */
export function formatCount(value: number | null): string {
  return formatAmount(value).replace(/\.0+$/, '');
}

export function formatAmount(value: number | null): string {
  return value === null ? '–' : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** A share as a signed percentage; what rounds to nothing has no sign. */
export function formatPercent(share: number, digits: number): string {
  const text = Math.abs(share * 100).toFixed(digits);
  return `${Number(text) === 0 ? '' : share > 0 ? '+' : '−'}${text} %`;
}

/** The change from base to value in percent, a reduction negative: -87.8 %. */
function formatChange(value: number | null, base: number | null): string {
  return value === null || base === null || base === 0 ? '–' : formatPercent(value / base - 1, 1);
}

interface PublishedChange {
  readonly mean: string;
  readonly containers: string;
}

function publishedChange(manifest: Manifest, average: CellAverage): PublishedChange {
  const { scheduler } = average;
  const own = publishedFor(average, manifest);
  const base = publishedFor({ ...average, scheduler: manifest.base }, manifest);
  if (own === undefined || base === undefined || scheduler === manifest.base) return { mean: '', containers: '' };
  return { mean: formatChange(own.meanMs, base.meanMs), containers: formatChange(own.containers, base.containers) };
}

/** A table without borders: the first column to the left, numbers to the right. */
export function renderTable(head: readonly string[], rows: readonly Table.HorizontalTableRow[]): string {
  const table = new Table({
    head: [...head],
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_name, index) => (index === 0 ? 'left' : 'right')),
  });
  table.push(...rows);
  return table.toString().split('\n').map((line) => line.trimEnd()).join('\n');
}

const partHeads = { lag: 'lag', scheduling: 'sched', coldStart: 'cold', queue: 'queue', execution: 'exec', response: 'resp' } as const satisfies Record<LatencyPartName, string>;

const meanBar = 'bars of the mean';
const containersBar = 'bars of the containers';

/** Columns that a narrow terminal does without, the first to go first: numbers that others add up to, then what is told twice. */
const leaving = ['lag', 'resp', 'queue', 'sched', 'exec', 'cold', 'CPU·s', 'GB·s', 'p50', containersBar, meanBar, 'containers in the paper', 'mean in the paper', 'change of containers', 'change of the mean', 'p98', 'containers'];

/** How many of the repetitions are invalid, where there are others that the numbers are taken from. */
function invalidMark({ invalid, comparable, repetitions }: CellAverage): string {
  if (invalid === 0) return '';
  return comparable ? ` ${invalid} of ${invalid + repetitions} invalid` : ' invalid';
}

/** The row that another one is compared with: among the twins of the base the one whose options of the same names are equal. */
function baseFor(cell: CellAverage, bases: readonly CellAverage[], manifest: Manifest): CellAverage | undefined {
  const [first] = bases;
  if (cell.scheduler === manifest.base) return first;
  const agrees = ({ parameters }: CellAverage): boolean => Object.entries(parameters).every(([option, value]) => !(option in cell.parameters) || cell.parameters[option] === value);
  return bases.find(agrees) ?? first;
}

/** The columns of a block, a cell a row; those that were skipped have nothing in them. */
function columnsOf(manifest: Manifest, cells: readonly CellAverage[], style: TableStyle): FittedColumn[] {
  const bases = cells.filter(({ scheduler, skipped }) => scheduler === manifest.base && skipped === undefined);
  const textOf = (of: (cell: CellAverage) => string): string[] => cells.map((cell) => (cell.skipped === undefined ? of(cell) : ''));
  const number = (name: string, of: (cell: CellAverage) => string, paint = (text: string): string => text): FittedColumn => ({ name, head: name, cells: textOf(of), paint });
  const bars = (name: string, of: (cell: CellAverage) => number | null): FittedColumn => ({
    name,
    // What is invalid is compared with nothing, not by eye either.
    shares: sharesOf(cells.map((cell) => (cell.skipped === undefined && cell.comparable ? of(cell) : null))),
  });
  const change = (name: string, head: string, of: (cell: CellAverage) => number | null): FittedColumn => {
    const changeOf = (cell: CellAverage): string => {
      const base = baseFor(cell, bases, manifest);
      if (cell === base) return 'base';
      return cell.comparable && base?.comparable === true ? formatChange(of(cell), of(base)) : '–';
    };
    return { name, head, cells: textOf(changeOf), paint: (text) => style.bold(text === 'base' ? style.dim(text) : text) };
  };
  const paper = (name: string, of: (change: PublishedChange) => string): FittedColumn => ({ name, head: 'paper', cells: textOf((cell) => of(publishedChange(manifest, cell))), paint: style.dim });
  return [
    number('mean', ({ meanMs }) => formatMs(meanMs)),
    bars(meanBar, ({ meanMs }) => meanMs),
    number('p50', ({ p50Ms }) => formatMs(p50Ms)),
    number('p98', ({ p98Ms }) => formatMs(p98Ms)),
    ...latencyPartNames.map((part) => number(partHeads[part], ({ partsMs }) => formatMs(partsMs[part]), style.dim)),
    { ...number('containers', ({ containers }) => formatCount(containers)), head: 'cont.' },
    bars(containersBar, ({ containers }) => containers),
    number('GB·s', ({ gbSeconds }) => formatAmount(gbSeconds)),
    number('CPU·s', ({ cpuSeconds }) => formatAmount(cpuSeconds)),
    change('change of the mean', 'mean', ({ meanMs }) => meanMs),
    paper('mean in the paper', ({ mean }) => mean),
    change('change of containers', 'cont.', ({ containers }) => containers),
    paper('containers in the paper', ({ containers }) => containers),
  ];
}

/** A longer reason would make the table wider; it stands below. */
const longestReasonInTable = 60;

/** Whether a reason is short enough to stand in the table, where the labels leave so many columns to it. */
function standsInTable(skipped: string, room: number): boolean {
  return skipped.length <= longestReasonInTable && textWidth(`skipped: ${skipped}`) <= room;
}

/** Reasons that are too long for the table, each once, with the rows that it is the reason of. */
function reasonsBelow(cells: readonly CellAverage[], roomForReasons: number): string[] {
  const labels = new Map<string, string[]>();
  for (const { label, skipped } of cells) {
    if (skipped !== undefined && !standsInTable(skipped, roomForReasons)) labels.set(skipped, [...(labels.get(skipped) ?? []), label]);
  }
  return [...labels].map(([reason, skipped]) => `skipped: ${skipped.join(', ')}: ${reason}`);
}

interface Block {
  readonly lines: readonly string[];
  readonly leftOut: readonly string[];
  readonly hasBars: boolean;
}

function block(manifest: Manifest, cells: readonly CellAverage[], style: TableStyle, room: TableRoom): Block {
  const roomForReasons = (room.columns ?? Number.POSITIVE_INFINITY) - Math.max(...cells.map(({ label }) => textWidth(label))) - 2;
  const rows = cells.map((cell) => {
    const { label, skipped } = cell;
    const instead = skipped === undefined ? undefined : { text: standsInTable(skipped, roomForReasons) ? `skipped: ${skipped}` : 'skipped, see below', paint: style.dim };
    return { label, mark: { text: skipped === undefined ? invalidMark(cell) : '', paint: style.red }, instead };
  });
  const columns = columnsOf(manifest, cells, style).filter((column) => room.bars !== undefined || !('shares' in column));
  const { lines, shown } = fittedTable({ head: 'scheduler', rows, columns, leaving }, room);
  const below = reasonsBelow(cells, roomForReasons).flatMap((reason) => wrappedIn(reason, room).map(style.dim));
  const without = columns.filter((column) => !shown.includes(column) && 'cells' in column && column.cells.some((text) => text !== ''));
  return { lines: [...lines, ...below], leftOut: without.map(({ name }) => name), hasBars: shown.some((column) => 'shares' in column) };
}

function wrappedIn(text: string, { columns }: TableRoom): string[] {
  return columns === undefined ? [text] : wrapped(text, columns);
}

/** What the columns of change are against, or why they are empty. */
function comparison(base: string, cells: readonly CellAverage[]): string {
  const bases = cells.filter(({ scheduler, skipped }) => scheduler === base && skipped === undefined);
  const name = harmless(base);
  if (bases.length === 0) return `no ${name} to compare with`;
  return bases.some(({ comparable }) => comparable) ? `change against ${name}` : `no valid ${name} to compare with`;
}

/** The title in bold and the rest in one line, or below each other where that is too long. */
function titleLines(title: string, rest: string, style: TableStyle, room: TableRoom): string[] {
  const oneLine = `${title}   ${rest}`;
  if (room.columns === undefined || textWidth(oneLine) <= room.columns) return [`${style.bold(title)}   ${rest}`];
  return [...wrappedIn(title, room).map(style.bold), ...wrappedIn(rest, room)];
}

/** What bars mean, and what a wider terminal would show. */
function legend(blocks: readonly Block[]): string {
  const leftOut = leaving.filter((name) => blocks.some((each) => each.leftOut.includes(name)));
  return [
    ...(blocks.some(({ hasBars }) => hasBars) ? ['bars: linear from 0 to the greatest valid one of each table'] : []),
    ...(leftOut.length === 0 ? [] : [`left out where it is too narrow: ${leftOut.join(', ')} (a wider terminal or --json shows them)`]),
  ].join('; ');
}

const unlimited: TableRoom = { columns: undefined, bars: undefined };

/** The comparison at the end of a run: a block an experiment and workload, a row a scheduler; no line is wider than there is room. */
export function renderSummaryTable(manifest: Manifest, summaries: readonly CellSummary[], style: TableStyle, room: TableRoom = unlimited): string {
  const averages = meanOverRepetitions(summaries, manifest);
  const parts: string[] = [];
  const blocks: Block[] = [];
  for (const [title, cells] of grouped(averages, groupOf)) {
    const ran = cells.filter(({ skipped }) => skipped === undefined);
    const arrived = [...new Set((ran.length > 0 ? ran : cells).map((cell) => cell.arrived))].join(' / ');
    const repetitions = Math.max(...cells.map((cell) => cell.repetitions));
    const rest = `${arrived} invocations${repetitions > 1 ? `, means of ${repetitions} repetitions` : ''}; latencies in ms, ${comparison(manifest.base, cells)}`;
    const rendered = block(manifest, cells, style, room);
    blocks.push(rendered);
    parts.push(...titleLines(title, rest, style, room), ...rendered.lines, '');
  }
  const last = legend(blocks);
  if (last !== '') parts.push(...wrappedIn(last, room).map(style.dim), '');
  return parts.join('\n');
}

/** What a reader must know of memory that is not PSS. */
const memorySources: readonly (readonly [CellSummary['memory']['source'], string])[] = [
  ['rss', 'memory is RSS, which counts shared pages in every container: there is no PSS here'],
  ['cgroup', 'memory is what control groups are charged for, without idle file pages: a shared page counts in the container that touched it first'],
  ['docker-stats', "memory and CPU are as Docker's stats tell, about once a second"],
];

/** How far the instrument itself can be trusted: lateness of the load generator and cost of sampling, the worst of all cells; undefined when none was run. */
export function renderInstrument(all: readonly CellSummary[]): string | undefined {
  const summaries = all.filter(({ skipped }) => skipped === undefined);
  if (summaries.length === 0) return undefined;
  if (summaries.every(({ backend }) => backend === 'artifact')) return 'imported: how late the load was, and what sampling cost, nobody tells';
  if (summaries.every(({ backend }) => backend === 'simulation')) return 'simulated in virtual time: no load generator, no sampling, memory as the host profile says';
  const lags = summaries.map(({ loadGenerator }) => loadGenerator.lagP99Ms ?? loadGenerator.lagMaxMs ?? 0);
  const shares = summaries.map(({ sampler }) => sampler?.coreShare ?? Number.NaN);
  const harnessShares = summaries.flatMap(({ harness }) => (harness === undefined ? [] : [harness.coreShare]));
  const stolenShares = summaries.flatMap(({ cpu }) => (cpu.hostStolenShare === null ? [] : [cpu.hostStolenShare]));
  const realTime = summaries.every(({ loadGenerator }) => loadGenerator.realTime);
  return [
    `load generator late by at most ${formatMs(Math.max(...lags))} ms (p99 of the worst cell), its threads in the ${realTime ? 'real-time class' : 'normal class: chrt is not there or not permitted'}`,
    ...(stolenShares.length === 0 ? [] : [`other machines took at most ${(Math.max(...stolenShares) * 100).toFixed(1)} % of the cores`]),
    ...(harnessShares.length === 0 ? [] : [`the harness itself used at most ${(Math.max(...harnessShares) * 100).toFixed(1)} % of a core`]),
    `sampling cost ${shares.some(Number.isNaN) ? 'unknown in a cell' : `at most ${(Math.max(...shares) * 100).toFixed(1)} % of a core`}`,
    ...memorySources.flatMap(([source, meaning]) => (summaries.some(({ memory }) => memory.source === source) ? [meaning] : [])),
  ].join('; ');
}

function firstLines(cellId: string, lines: readonly string[], perCell: number): string[] {
  const shown = lines.slice(0, perCell).map((line) => harmless(`${cellId}: ${line}`));
  return lines.length > perCell ? [...shown, `${harmless(cellId)}: and ${lines.length - perCell} more, see its summary.json`] : shown;
}

/** Problems of all cells, a line each, with the cell they belong to. Why a cell was skipped stands in the table. */
export function renderProblems(summaries: readonly CellSummary[], perCell: number): string[] {
  return summaries.flatMap(({ cell, problems, skipped }) => (skipped === undefined ? firstLines(cell.id, problems, perCell) : []));
}

/** What the schedulers told, a line each, with the cell they were told in; once what was told in all of several cells. */
export function renderNotes(summaries: readonly CellSummary[], perCell: number): string[] {
  const [first, ...others] = summaries;
  const shared = others.length === 0 ? [] : (first as CellSummary).notes.filter((note) => others.every(({ notes }) => notes.includes(note)));
  const own = summaries.flatMap(({ cell, notes }) => firstLines(cell.id, notes.filter((note) => !shared.includes(note)), perCell));
  return [...firstLines('all cells', shared, perCell), ...own];
}
