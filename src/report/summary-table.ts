import Table from 'cli-table3';
import type { CellSummary, Manifest } from '../results/index.js';
import { sharesOf } from './bar.js';
import { fittedTable, type FittedColumn, type TableRoom } from './fitted-table.js';
import { partTitles, summaryBlocks, type SummaryRow } from './summary-blocks.js';
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

const meanBar = 'bars of the mean';
const containersBar = 'bars of the containers';

/** Columns that a narrow terminal does without, the first to go first: numbers that others add up to, then what is told twice. */
const leaving = ['lag', 'resp', 'queue', 'sched', 'exec', 'cold', 'CPU·s', 'GB·s', 'p50', containersBar, meanBar, 'containers in the paper', 'mean in the paper', 'change of containers', 'change of the mean', 'p98', 'containers'];

/** The columns of a block, a cell a row; those that were skipped have nothing in them. */
function columnsOf(rows: readonly SummaryRow[], style: TableStyle): FittedColumn[] {
  const textOf = (of: (row: SummaryRow) => string | undefined): string[] => rows.map((row) => (row.skipped === undefined ? (of(row) ?? '') : ''));
  const column = (name: string, of: (row: SummaryRow) => string | undefined, { head = name, paint = (text: string): string => text } = {}): FittedColumn => ({ name, head, cells: textOf(of), paint });
  // What is invalid is compared with nothing, not by eye either.
  const bars = (name: string, of: (row: SummaryRow) => number | null): FittedColumn => ({ name, shares: sharesOf(rows.map((row) => (row.skipped === undefined && row.comparable ? of(row) : null))) });
  const paintChange = (text: string): string => style.bold(text === 'base' ? style.dim(text) : text);
  return [
    column('mean', ({ latencies }) => latencies[0]),
    bars(meanBar, ({ meanMs }) => meanMs),
    column('p50', ({ latencies }) => latencies[1]),
    column('p98', ({ latencies }) => latencies[2]),
    ...partTitles.map((title, part) => column(title, ({ parts }) => parts[part], { paint: style.dim })),
    column('containers', ({ amounts }) => amounts[0], { head: 'cont.' }),
    bars(containersBar, ({ containers }) => containers),
    column('GB·s', ({ amounts }) => amounts[1]),
    column('CPU·s', ({ amounts }) => amounts[2]),
    column('change of the mean', ({ changes }) => changes.mean.own, { head: 'mean', paint: paintChange }),
    column('mean in the paper', ({ changes }) => changes.mean.published, { head: 'paper', paint: style.dim }),
    column('change of containers', ({ changes }) => changes.containers.own, { head: 'cont.', paint: paintChange }),
    column('containers in the paper', ({ changes }) => changes.containers.published, { head: 'paper', paint: style.dim }),
  ];
}

/** A longer reason would make the table wider; it stands below. */
const longestReasonInTable = 60;

/** Whether a reason is short enough to stand in the table, where the labels leave so many columns to it. */
function standsInTable(skipped: string, room: number): boolean {
  return skipped.length <= longestReasonInTable && textWidth(`skipped: ${skipped}`) <= room;
}

/** Reasons that are too long for the table, each once, with the rows that it is the reason of. */
function reasonsBelow(cells: readonly SummaryRow[], roomForReasons: number): string[] {
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

function block(blockRows: readonly SummaryRow[], style: TableStyle, room: TableRoom): Block {
  const roomForReasons = (room.columns ?? Number.POSITIVE_INFINITY) - Math.max(...blockRows.map(({ label }) => textWidth(label))) - 2;
  const rows = blockRows.map(({ label, mark, skipped }) => {
    const instead = skipped === undefined ? undefined : { text: standsInTable(skipped, roomForReasons) ? `skipped: ${skipped}` : 'skipped, see below', paint: style.dim };
    return { label, mark: { text: skipped === undefined && mark !== '' ? ` ${mark}` : '', paint: style.red }, instead };
  });
  const columns = columnsOf(blockRows, style).filter((column) => room.bars !== undefined || !('shares' in column));
  const { lines, shown } = fittedTable({ head: 'scheduler', rows, columns, leaving }, room);
  const below = reasonsBelow(blockRows, roomForReasons).flatMap((reason) => wrappedIn(reason, room).map(style.dim));
  const without = columns.filter((column) => !shown.includes(column) && 'cells' in column && column.cells.some((text) => text !== ''));
  return { lines: [...lines, ...below], leftOut: without.map(({ name }) => name), hasBars: shown.some((column) => 'shares' in column) };
}

function wrappedIn(text: string, { columns }: TableRoom): string[] {
  return columns === undefined ? [text] : wrapped(text, columns);
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
  const parts: string[] = [];
  const blocks: Block[] = [];
  for (const { title, about, rows } of summaryBlocks(manifest, summaries)) {
    const rendered = block(rows, style, room);
    blocks.push(rendered);
    parts.push(...titleLines(title, about, style, room), ...rendered.lines, '');
  }
  const last = legend(blocks);
  if (last !== '') parts.push(...wrappedIn(last, room).map(style.dim), '');
  return parts.join('\n');
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
