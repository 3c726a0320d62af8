import type { EChartsCoreOption } from 'echarts/core';
import type { LineSeriesOption } from 'echarts';
import type { Axis, LineChart, LineSeries, Look } from '../../charts/index.js';
import { axisOf, ticksBelow } from './axes.js';
import { hintElement, hintStyle } from './hint.js';
import { legendOf } from './legend.js';
import { dashOf, styleOf, symbolOf } from './look.js';
import { percentileAt, percentilePlace, withUnit } from './numbers.js';

/** Marks on a line of many points: about so many, to tell lines apart without colours. */
const marksPerLine = 7;

function placeOn(axis: Axis, value: number): number {
  return axis.scale === 'percentile' ? percentilePlace(value) : value;
}

function sparseMarks(points: number, offset: number, size: number): (value: unknown, params: { dataIndex: number }) => number {
  const every = Math.max(1, Math.ceil(points / marksPerLine));
  const first = (offset * Math.ceil(every / 3)) % every;
  return (_value, { dataIndex }) => (dataIndex % every === first ? size : 0);
}

function seriesOption({ x }: LineChart, series: LineSeries, index: number, look: Look): LineSeriesOption {
  const { label, points, shape, reference } = series;
  const { colour, symbol } = styleOf(look, series);
  const size = look.fontSize * (shape === 'points' ? 0.75 : 0.65);
  const sparse = shape === 'line' || shape === 'step';
  return {
    type: 'line',
    name: label,
    data: points.map(([at, value]) => [placeOn(x, at), value]),
    symbol: symbolOf(symbol),
    symbolSize: sparse ? sparseMarks(points.length, index, size) : size,
    showSymbol: series.scheduler !== undefined || !sparse,
    showAllSymbol: true,
    ...(shape === 'step' ? { step: 'end' } : {}),
    lineStyle: { color: colour, width: shape === 'points' ? 0 : look.lineWidth, type: reference === true ? [3, 3] : dashOf(series), opacity: reference === true ? 0.65 : 1 },
    itemStyle: { color: reference === true ? look.surface : colour, borderColor: colour, borderWidth: reference === true ? 1 : 0, opacity: 1 },
    emphasis: { disabled: true },
    ...(series.scheduler === undefined ? { areaStyle: { color: colour, opacity: 0.25 } } : {}),
  };
}

interface Pointed {
  readonly seriesIndex: number;
  readonly value: readonly [number, number | null];
}

function hintOf(chart: LineChart, look: Look, pointed: readonly Pointed[]): HTMLElement {
  const { x, y, series } = chart;
  const xText = (place: number): string => withUnit(x.scale === 'percentile' ? percentileAt(place) : place, x);
  const places = new Set(pointed.map(({ value }) => value[0]));
  const shared = places.size === 1;
  const lines = pointed.flatMap(({ seriesIndex, value: [at, value] }) => {
    const of = series[seriesIndex];
    if (of === undefined || value === null) return [];
    return [{ colour: styleOf(look, of).colour, label: of.label, value: shared ? withUnit(value, y) : `${withUnit(value, y)} at ${xText(at)}` }];
  });
  const [first] = pointed;
  return hintElement(first === undefined ? '' : `${x.name} ${shared ? '' : '≈ '}${xText(first.value[0])}`, lines);
}

/** Labels of one name would be one series to a legend. */
export function lineOption(chart: LineChart, look: Look, widthPx: number): EChartsCoreOption {
  const { legend, heightPx } = legendOf(chart.series.map(({ label }) => label), look, widthPx);
  const room = look.fontSize;
  return {
    animation: false,
    backgroundColor: 'transparent',
    legend,
    grid: { left: 2, right: room * 1.4, top: heightPx + room, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    xAxis: { ...axisOf(chart.x, look), ...ticksBelow(widthPx * 0.8, look), nameGap: room * 0.5 },
    yAxis: { ...axisOf(chart.y, look), nameGap: room * 0.5, ...(chart.y.unit === 'share' ? { min: 0, max: 1 } : {}) },
    tooltip: { ...hintStyle(look), trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: look.quietInk } }, formatter: (pointed: unknown) => hintOf(chart, look, pointed as Pointed[]) },
    series: chart.series.map((series, index) => seriesOption(chart, series, index, look)),
  };
}
