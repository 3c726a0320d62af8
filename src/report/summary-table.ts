import Table from 'cli-table3';
import { grouped, latencyPartNames } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { groupOf, meanOverRepetitions, publishedFor, type CellAverage } from './repetitions.js';

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

/** What tables call the parts of a latency, in the order of `latencyPartNames`. */
export const partTitles = latencyPartNames.map((name) => (name === 'coldStart' ? 'cold' : name === 'scheduling' ? 'sched' : name === 'execution' ? 'exec' : name === 'response' ? 'resp' : name));

const columns = ['scheduler', 'mean', 'p50', 'p98', ...partTitles, 'cont.', 'GB·s', 'CPU·s', 'mean', 'paper', 'cont.', 'paper'];

/** How many of the repetitions are invalid, where there are others that the numbers are taken from. */
function invalidMark({ invalid, comparable, repetitions }: CellAverage): string {
  if (invalid === 0) return '';
  return comparable ? `${invalid} of ${invalid + repetitions} invalid` : 'invalid';
}

/** What stands in a row of the table, not yet styled. */
export interface SummaryRow {
  readonly label: string;
  /** How many repetitions are invalid; empty when none is. */
  readonly mark: string;
  /** Why it was not run: then there is nothing else. */
  readonly skipped: string | undefined;
  /** Mean, p50 and p98. */
  readonly latencies: readonly string[];
  /** In the order of `latencyPartNames`. */
  readonly parts: readonly string[];
  /** Containers, GB·s and CPU·s. */
  readonly amounts: readonly string[];
  /** Of the mean latency and of the containers, each against the base and as published. */
  readonly changes: readonly { readonly own: string; readonly published: string }[];
  readonly isBase: boolean;
}

function rowOf(manifest: Manifest, cell: CellAverage, base: CellAverage | undefined): SummaryRow {
  const published = publishedChange(manifest, cell);
  const isBase = cell === base;
  const comparable = cell.comparable && base?.comparable === true;
  const change = (value: number | null, baseValue: number | null): string => (isBase ? 'base' : comparable ? formatChange(value, baseValue) : '–');
  return {
    label: cell.label,
    mark: invalidMark(cell),
    skipped: cell.skipped,
    latencies: [cell.meanMs, cell.p50Ms, cell.p98Ms].map(formatMs),
    parts: latencyPartNames.map((name) => formatMs(cell.partsMs[name])),
    amounts: [formatCount(cell.containers), formatAmount(cell.gbSeconds), formatAmount(cell.cpuSeconds)],
    changes: [
      { own: change(cell.meanMs, base?.meanMs ?? null), published: published.mean },
      { own: change(cell.containers, base?.containers ?? null), published: published.containers },
    ],
    isBase,
  };
}

function styledRow({ label, mark, latencies, parts, amounts, changes, isBase }: SummaryRow, style: TableStyle): string[] {
  const own = (text: string): string => style.bold(isBase ? style.dim(text) : text);
  return [`${label}${style.red(mark === '' ? '' : ` ${mark}`)}`, ...latencies, ...parts.map((text) => style.dim(text)), ...amounts, ...changes.flatMap((change) => [own(change.own), style.dim(change.published)])];
}

/** A longer reason would make the table wider; it stands below. */
const longestReasonInTable = 60;

/** Instead of numbers: the label, and why there are none. */
function skippedRow({ label, skipped = '' }: SummaryRow, style: TableStyle): Table.HorizontalTableRow {
  const text = skipped.length > longestReasonInTable ? 'skipped, see below' : `skipped: ${skipped}`;
  return [label, { content: style.dim(text), colSpan: columns.length - 1, hAlign: 'left' }];
}

/** Reasons that are too long for the table, each once, with the rows that it is the reason of. */
function reasonsBelow(cells: readonly SummaryRow[], style: TableStyle): string[] {
  const labels = new Map<string, string[]>();
  for (const { label, skipped } of cells) {
    if (skipped !== undefined && skipped.length > longestReasonInTable) labels.set(skipped, [...(labels.get(skipped) ?? []), label]);
  }
  return [...labels].map(([reason, skipped]) => style.dim(`skipped: ${skipped.join(', ')}: ${reason}`));
}

/** The row that another one is compared with: among the twins of the base the one whose options of the same names are equal. */
export function baseFor(cell: CellAverage, bases: readonly CellAverage[], manifest: Manifest): CellAverage | undefined {
  const [first] = bases;
  if (cell.scheduler === manifest.base) return first;
  const agrees = ({ parameters }: CellAverage): boolean => Object.entries(parameters).every(([option, value]) => !(option in cell.parameters) || cell.parameters[option] === value);
  return bases.find(agrees) ?? first;
}

function block(rows: readonly SummaryRow[], style: TableStyle): string {
  return [renderTable(columns, rows.map((row) => (row.skipped === undefined ? styledRow(row, style) : skippedRow(row, style)))), ...reasonsBelow(rows, style)].join('\n');
}

/** What the columns of change are against, or why they are empty. */
function comparison(base: string, cells: readonly CellAverage[]): string {
  const bases = cells.filter(({ scheduler, skipped }) => scheduler === base && skipped === undefined);
  if (bases.length === 0) return `no ${base} to compare with`;
  return bases.some(({ comparable }) => comparable) ? `change against ${base}` : `no valid ${base} to compare with`;
}

/** What is compared with each other in one table. */
export interface SummaryBlock {
  /** `e2e · icdcs-cpu`. */
  readonly title: string;
  /** How much was run, units, and what changes are against. */
  readonly about: string;
  readonly rows: readonly SummaryRow[];
}

/** The comparison of a set as data: a block an experiment and workload, a row a scheduler. */
export function summaryBlocks(manifest: Manifest, summaries: readonly CellSummary[]): SummaryBlock[] {
  const groups = grouped(meanOverRepetitions(summaries, manifest), groupOf);
  return [...groups].map(([title, cells]) => {
    const ran = cells.filter(({ skipped }) => skipped === undefined);
    const arrived = [...new Set((ran.length > 0 ? ran : cells).map((cell) => cell.arrived))].join(' / ');
    const repetitions = Math.max(...cells.map((cell) => cell.repetitions));
    const bases = ran.filter(({ scheduler }) => scheduler === manifest.base);
    return {
      title,
      about: `${arrived} invocations${repetitions > 1 ? `, means of ${repetitions} repetitions` : ''}; latencies in ms, ${comparison(manifest.base, cells)}`,
      rows: cells.map((cell) => rowOf(manifest, cell, baseFor(cell, bases, manifest))),
    };
  });
}

/** The comparison at the end of a run, as a table an experiment and workload. */
export function renderSummaryTable(manifest: Manifest, summaries: readonly CellSummary[], style: TableStyle): string {
  return summaryBlocks(manifest, summaries).flatMap(({ title, about, rows }) => [`${style.bold(title)}   ${about}`, block(rows, style), '']).join('\n');
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
