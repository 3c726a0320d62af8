import type { BarSeriesOption } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import { partColours, type BarChart, type BarRole, type Look } from '../../charts/index.js';
import { axisOf, ticksBelow } from './axes.js';
import { hintElement, hintStyle } from './hint.js';
import { legendOf } from './legend.js';
import { rowLabels } from './row-labels.js';
import { styleOf } from './look.js';
import { withUnit } from './numbers.js';
import { textWidthPx } from './text-width.js';

type BarSeries = BarChart['series'][number];

/** Colour and border of a bar: a part has its own, everything else that of its scheduler; what was not measured here is hollow. */
function fillOf(chart: BarChart, role: BarRole, row: number, look: Look): object {
  if (role !== 'own' && role !== 'reference') return { color: partColours[role], borderColor: look.surface, borderWidth: 0.5 };
  const of = chart.rows[row];
  const colour = of === undefined ? look.ink : styleOf(look, of).colour;
  return role === 'own' ? { color: colour } : { color: 'transparent', borderColor: colour, borderWidth: 1.5, borderType: 'dashed' };
}

/** Whether each bar has its value beside it. */
function isLabelled({ series, stacked }: BarChart): boolean {
  return series.length === 1 || !stacked;
}

function barLabel({ value: axis }: BarChart, value: unknown): string {
  return typeof value === 'number' ? withUnit(value, axis) : '–';
}

/** Right of the longest bar: its value, and half of the last number of the axis. */
function roomBeside(chart: BarChart, fontSize: number): number {
  const labels = isLabelled(chart) ? chart.series.flatMap(({ values }) => values.map((value) => textWidthPx(barLabel(chart, value), fontSize))) : [];
  return Math.max(fontSize * 2, 8 + Math.max(0, ...labels));
}

function seriesOption(chart: BarChart, { label, role, values }: BarSeries, look: Look): BarSeriesOption {
  return {
    type: 'bar',
    name: label,
    ...(chart.stacked ? { stack: 'all' } : {}),
    barMaxWidth: look.fontSize * 2,
    barGap: '10%',
    barCategoryGap: '30%',
    data: values.map((value, row) => ({ value: value ?? '-', itemStyle: fillOf(chart, role, row, look) })),
    // What the legend shows.
    itemStyle: role === 'own' ? { color: look.quietInk } : role === 'reference' ? { color: 'transparent', borderColor: look.quietInk, borderWidth: 1.5, borderType: 'dashed' } : { color: partColours[role] },
    label: {
      show: isLabelled(chart),
      position: 'right',
      color: look.ink,
      fontSize: look.fontSize,
      fontFamily: look.fontFamily,
      formatter: ({ value }: { value?: unknown }) => barLabel(chart, value),
    },
    emphasis: { disabled: true },
  };
}

function hintOf(chart: BarChart, look: Look, row: number): HTMLElement {
  const of = chart.rows[row];
  const sum = chart.series.reduce((total, { values }) => total + (values[row] ?? 0), 0);
  const lines = chart.series.map(({ label, role, values }) => {
    const value = values[row] ?? null;
    const fill = fillOf(chart, role, row, look) as { color: string; borderColor?: string };
    return { colour: fill.color === 'transparent' ? (fill.borderColor ?? look.ink) : fill.color, label, value: value === null ? 'not known' : withUnit(value, chart.value) };
  });
  return hintElement(of?.label ?? '', chart.stacked ? [...lines, { label: 'together', value: withUnit(sum, chart.value) }] : lines);
}

/** So tall that each row can be read, in px. */
export function barHeightPx({ rows, series, stacked }: BarChart, fontSize: number): number {
  const perRow = stacked ? 1 : series.length;
  return Math.max(120, rows.length * (fontSize * 1.2 + perRow * fontSize * 1.3) + fontSize * 5);
}

export function barOption(chart: BarChart, look: Look, widthPx: number): EChartsCoreOption {
  const { legend, heightPx } = legendOf(chart.series.map(({ label }) => label), look, widthPx);
  const room = look.fontSize;
  const rows = { name: '', unit: '', scale: 'category', categories: chart.rows.map(({ label }) => label) } as const;
  const category = axisOf(rows, look);
  const labels = rowLabels(rows.categories, look, widthPx);
  const right = roomBeside(chart, room);
  return {
    animation: false,
    backgroundColor: 'transparent',
    legend,
    grid: { left: labels.widthPx, right, top: heightPx + room * 0.6, bottom: room * 3.4, outerBoundsMode: 'none' },
    yAxis: {
      ...category,
      inverse: true,
      axisTick: { show: false },
      axisLabel: { ...category.axisLabel, ...labels.axisLabel },
    },
    xAxis: { ...axisOf(chart.value, look), ...ticksBelow(widthPx - labels.widthPx - right, look), nameGap: room * 2.2 },
    tooltip: { ...hintStyle(look), trigger: 'axis', axisPointer: { type: 'shadow' }, formatter: (pointed: unknown) => hintOf(chart, look, (pointed as { dataIndex: number }[])[0]?.dataIndex ?? -1) },
    series: chart.series.map((series) => seriesOption(chart, series, look)),
  };
}
