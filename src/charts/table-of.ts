import type { Axis, BarChart, Chart, IntervalChart, LineChart, TimelineChart } from './chart.js';
import { costBars, usualPrices, type PriceModel } from './cost.js';

type Field = string | number | null;

/** The data of a chart as the rows of a table: what is drawn, nothing else. */
interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Field[])[];
}

function columnOf({ name, unit }: Axis): string {
  return unit === '' ? name : `${name} (${unit})`;
}

function lineTable({ x, y, series }: LineChart): ChartTable {
  const valueOf = (value: number): Field => (x.scale === 'category' ? (x.categories?.[value] ?? value) : value);
  return { columns: ['series', columnOf(x), columnOf(y)], rows: series.flatMap(({ label, points }) => points.map(([at, value]) => [label, valueOf(at), value])) };
}

function barTable({ rows, value, series }: BarChart): ChartTable {
  const columns = series.length === 1 ? [columnOf(value)] : series.map(({ label }) => `${label}${value.unit === '' ? '' : ` (${value.unit})`}`);
  return { columns: ['scheduler', ...columns], rows: rows.map(({ label }, row) => [label, ...series.map(({ values }) => values[row] ?? null)]) };
}

function intervalTable({ value, rows }: IntervalChart): ChartTable {
  return { columns: ['scheduler', value.name, 'from', 'to', 'verdict'], rows: rows.map(({ label, at, from, to, verdict }) => [label, at, from, to, verdict]) };
}

function timelineTable({ containers, invocations }: TimelineChart): ChartTable {
  const idOf = (container: number): number => (containers[container] as (typeof containers)[number]).id;
  return {
    columns: ['what', 'id', 'container', 'batch', 'intended or launched (ms)', 'start or ready (ms)', 'end or retired (ms)', 'completed'],
    rows: [
      ...containers.map(({ id, launchedMs, readyMs, retiredMs }) => ['container', id, id, null, launchedMs, readyMs, retiredMs, null]),
      ...invocations.map(({ id, container, batch, intendedMs, startMs, endMs, completed }) => ['invocation', id, idOf(container), batch, intendedMs, startMs, endMs, completed ? 'yes' : 'no']),
    ],
  };
}

export function tableOf(chart: Chart, prices: PriceModel = usualPrices): ChartTable {
  switch (chart.kind) {
    case 'lines':
      return lineTable(chart);
    case 'bars':
      return barTable(chart);
    case 'intervals':
      return intervalTable(chart);
    case 'cost':
      return barTable(costBars(chart, prices));
    case 'timeline':
      return timelineTable(chart);
  }
}

/** A field after RFC 4180. What a spreadsheet would run as a formula is made text by an apostrophe. */
function csvText(field: Field): string {
  if (field === null) return '';
  if (typeof field === 'number') return String(field);
  const text = /^[=+\-@\t\r]/.test(field) ? `'${field}` : field;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf({ columns, rows }: ChartTable): string {
  return `${[columns, ...rows].map((row) => row.map(csvText).join(',')).join('\n')}\n`;
}
