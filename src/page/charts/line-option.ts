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

/** Whether a point of a line has a mark: now and then one, and always one between gaps, which no line shows. */
function hasMark({ points }: LineSeries, offset: number): (index: number) => boolean {
  const every = Math.max(1, Math.ceil(points.length / marksPerLine));
  const first = (offset * Math.ceil(every / 3)) % every;
  const isGap = (index: number): boolean => (points[index]?.[1] ?? null) === null;
  return (index) => index % every === first || (isGap(index - 1) && isGap(index + 1));
}

function seriesOption({ x }: LineChart, series: LineSeries, index: number, look: Look): LineSeriesOption {
  const { label, points, shape, reference } = series;
  const { colour, symbol } = styleOf(look, series);
  const size = look.fontSize * (shape === 'points' ? 0.75 : 0.65);
  const sparse = shape === 'line' || shape === 'step';
  const isMarked = sparse ? hasMark(series, index) : () => true;
  return {
    type: 'line',
    name: label,
    // No mark at all is cheaper than one of no size.
    data: points.map(([at, value], place) => (isMarked(place) ? [placeOn(x, at), value] : { value: [placeOn(x, at), value], symbol: 'none' })),
    symbol: symbolOf(symbol),
    symbolSize: size,
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
