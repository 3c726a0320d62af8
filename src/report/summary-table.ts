import Table from 'cli-table3';
import { grouped, latencyPartNames } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { baseFor, changeOf, publishedChanges } from './changes.js';
import { groupOf, meanOverRepetitions, type CellAverage } from './repetitions.js';

export interface TableStyle {
  /** Wraps text for the terminal; identity without colours. */
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
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
function formatChange(change: number | null): string {
  return change === null ? '–' : formatPercent(change, 1);
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

const columns = [
  'scheduler', 'mean', 'p50', 'p98', ...latencyPartNames.map((name) => (name === 'coldStart' ? 'cold' : name === 'scheduling' ? 'sched' : name === 'execution' ? 'exec' : name === 'response' ? 'resp' : name)),
  'cont.', 'GB·s', 'CPU·s', 'mean', 'paper', 'cont.', 'paper',
];

/** How many of the repetitions are invalid, where there are others that the numbers are taken from. */
function invalidMark({ invalid, comparable, repetitions }: CellAverage): string {
  if (invalid === 0) return '';
  return comparable ? ` ${invalid} of ${invalid + repetitions} invalid` : ' invalid';
}

function row(manifest: Manifest, cell: CellAverage, base: CellAverage | undefined, style: TableStyle): string[] {
  const published = publishedChanges(manifest, cell);
  const isBase = cell === base;
  const comparable = cell.comparable && base?.comparable === true;
  const change = (value: number | null, baseValue: number | null): string => (isBase ? style.dim('base') : comparable ? formatChange(changeOf(value, baseValue)) : '–');
  return [
    `${cell.label}${style.red(invalidMark(cell))}`,
    formatMs(cell.meanMs),
    formatMs(cell.p50Ms),
    formatMs(cell.p98Ms),
    ...latencyPartNames.map((name) => style.dim(formatMs(cell.partsMs[name]))),
    formatCount(cell.containers),
    formatAmount(cell.gbSeconds),
    formatAmount(cell.cpuSeconds),
    style.bold(change(cell.meanMs, base?.meanMs ?? null)),
    style.dim(published === undefined ? '' : formatChange(published.meanMs)),
    style.bold(change(cell.containers, base?.containers ?? null)),
    style.dim(published === undefined ? '' : formatChange(published.containers)),
  ];
}

/** A longer reason would make the table wider; it stands below. */
const longestReasonInTable = 60;

/** Instead of numbers: the label, and why there are none. */
function skippedRow({ label, skipped = '' }: CellAverage, style: TableStyle): Table.HorizontalTableRow {
  const text = skipped.length > longestReasonInTable ? 'skipped, see below' : `skipped: ${skipped}`;
  return [label, { content: style.dim(text), colSpan: columns.length - 1, hAlign: 'left' }];
}

/** Reasons that are too long for the table, each once, with the rows that it is the reason of. */
function reasonsBelow(cells: readonly CellAverage[], style: TableStyle): string[] {
  const labels = new Map<string, string[]>();
  for (const { label, skipped } of cells) {
    if (skipped !== undefined && skipped.length > longestReasonInTable) labels.set(skipped, [...(labels.get(skipped) ?? []), label]);
  }
  return [...labels].map(([reason, skipped]) => style.dim(`skipped: ${skipped.join(', ')}: ${reason}`));
}

function block(manifest: Manifest, cells: readonly CellAverage[], style: TableStyle): string {
  const bases = cells.filter(({ scheduler, skipped }) => scheduler === manifest.base && skipped === undefined);
  const rows = cells.map((cell) => (cell.skipped === undefined ? row(manifest, cell, baseFor(cell, bases, manifest), style) : skippedRow(cell, style)));
  return [renderTable(columns, rows), ...reasonsBelow(cells, style)].join('\n');
}

/** What the columns of change are against, or why they are empty. */
function comparison(base: string, cells: readonly CellAverage[]): string {
  const bases = cells.filter(({ scheduler, skipped }) => scheduler === base && skipped === undefined);
  if (bases.length === 0) return `no ${base} to compare with`;
  return bases.some(({ comparable }) => comparable) ? `change against ${base}` : `no valid ${base} to compare with`;
}

/** The comparison at the end of a run: a block an experiment and workload, a row a scheduler. */
export function renderSummaryTable(manifest: Manifest, summaries: readonly CellSummary[], style: TableStyle): string {
  const averages = meanOverRepetitions(summaries, manifest);
  const parts: string[] = [];
  for (const [title, cells] of grouped(averages, groupOf)) {
    const ran = cells.filter(({ skipped }) => skipped === undefined);
    const arrived = [...new Set((ran.length > 0 ? ran : cells).map((cell) => cell.arrived))].join(' / ');
    const repetitions = Math.max(...cells.map((cell) => cell.repetitions));
    parts.push(`${style.bold(title)}   ${arrived} invocations${repetitions > 1 ? `, means of ${repetitions} repetitions` : ''}; latencies in ms, ${comparison(manifest.base, cells)}`);
    parts.push(block(manifest, cells, style), '');
  }
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
  const shown = lines.slice(0, perCell).map((line) => `${cellId}: ${line}`);
  return lines.length > perCell ? [...shown, `${cellId}: and ${lines.length - perCell} more, see its summary.json`] : shown;
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
