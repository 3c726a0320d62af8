import type { CustomSeriesOption, CustomSeriesRenderItemAPI, CustomSeriesRenderItemReturn } from 'echarts';
import { graphic, type EChartsCoreOption } from 'echarts/core';
import { partColours, type TimelineChart, type Look } from '../../charts/index.js';
import { axisOf } from './axes.js';
import { hintElement, hintStyle, type HintLine } from './hint.js';
import { legendOf } from './legend.js';
import { withUnit } from './numbers.js';

const msAxis = { name: 'time since the start of the cell', unit: 'ms', scale: 'linear' } as const;

/** What the shapes of a timeline mean, in the order of its key. */
export const timelineKey = (look: Pick<Look, 'grid'>): readonly { readonly label: string; readonly colour: string }[] => [
  { label: 'container', colour: look.grid },
  { label: 'cold start', colour: partColours.coldStart },
  { label: 'waiting in the container', colour: partColours.queue },
  { label: 'invocation', colour: partColours.execution },
  { label: 'invocation that failed', colour: failedColour },
];

const failedColour = '#d1183b';

interface CoordSys {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A stretch of time in a part of a lane, `top` and `bottom` from 0 to 1, cut at the edges of the chart; at least a px wide where it can be seen. */
function stretch(api: CustomSeriesRenderItemAPI, coordSys: CoordSys, place: { readonly lane: number; readonly top: number; readonly bottom: number; readonly fromMs: number; readonly toMs: number }): { x: number; y: number; width: number; height: number } | undefined {
  const [x1 = 0, y1 = 0] = api.coord([place.fromMs, place.lane + place.top]);
  const [x2 = 0, y2 = 0] = api.coord([place.toMs, place.lane + place.bottom]);
  const cut = graphic.clipRectByRect({ x: x1, y: y1, width: Math.max(1, x2 - x1), height: Math.max(0.5, y2 - y1) }, coordSys);
  return cut === undefined || cut.width <= 0 ? undefined : (cut);
}

type Stretch = Parameters<typeof stretch>[2];

/** `z2`: what is higher covers what is lower, in whichever order they come. */
function rect(api: CustomSeriesRenderItemAPI, coordSys: CoordSys, place: Stretch, { z2 = 0, ...style }: { readonly z2?: number } & Readonly<Record<string, unknown>>): CustomSeriesRenderItemReturn[] {
  const shape = stretch(api, coordSys, place);
  return shape === undefined ? [] : [{ type: 'rect', shape, style, z2 }];
}

function series(data: number[][], renderItem: (index: number, api: CustomSeriesRenderItemAPI, coordSys: CoordSys) => CustomSeriesRenderItemReturn[]): CustomSeriesOption {
  return {
    type: 'custom',
    data,
    encode: { x: [0, 1], y: 2 },
    clip: true,
    renderItem: (params, api) => {
      const children = renderItem(params.dataIndex, api, params.coordSys as unknown as CoordSys);
      return children.length === 0 ? null : ({ type: 'group', children } as CustomSeriesRenderItemReturn);
    },
  };
}

/** Of a lane, what is left free above and below. */
const margin = 0.12;

function containerSeries({ containers }: TimelineChart, look: Look): CustomSeriesOption {
  return series(containers.map(({ launchedMs, retiredMs }, lane) => [launchedMs, retiredMs, lane]), (lane, api, coordSys) => {
    const { launchedMs, readyMs, retiredMs } = containers[lane] as TimelineChart['containers'][number];
    const readyAtMs = readyMs ?? retiredMs;
    const place = { lane, top: margin / 2, bottom: 1 - margin / 2 };
    return [
      ...rect(api, coordSys, { ...place, fromMs: launchedMs, toMs: retiredMs }, { fill: look.grid }),
      ...rect(api, coordSys, { ...place, fromMs: launchedMs, toMs: readyAtMs }, { fill: partColours.coldStart, opacity: 0.6 }),
    ];
  });
}

/** Lanes lower than this, in px, show no outlines of batches. */
const leastLanePx = 7;

function batchSeries({ batches }: TimelineChart, look: Look): CustomSeriesOption {
  return series(batches.map(({ startMs, endMs, container }) => [startMs, endMs, container]), (index, api, coordSys) => {
    const { container, startMs, endMs } = batches[index] as TimelineChart['batches'][number];
    const [, lanePx = 0] = api.size?.([0, 1]) as number[];
    if (Math.abs(lanePx) < leastLanePx) return [];
    return rect(api, coordSys, { lane: container, top: margin / 2, bottom: 1 - margin / 2, fromMs: startMs, toMs: endMs }, { fill: 'none', stroke: look.quietInk, lineWidth: 1 });
  });
}

function invocationSeries({ invocations, containers }: TimelineChart): CustomSeriesOption {
  return series(invocations.map(({ startMs, endMs, queueMs, container }) => [startMs - queueMs, endMs, container]), (index, api, coordSys) => {
    const { container, slot, startMs, endMs, queueMs, completed } = invocations[index] as TimelineChart['invocations'][number];
    const slots = Math.max(1, containers[container]?.slots ?? 1);
    const height = (1 - 2 * margin) / slots;
    const top = margin + slot * height;
    const place = { lane: container, top, bottom: top + height * (slots > 1 ? 0.85 : 1) };
    return [
      ...(queueMs > 0 ? rect(api, coordSys, { ...place, fromMs: startMs - queueMs, toMs: startMs }, { fill: partColours.queue, opacity: 0.55 }) : []),
      // Those of a serial batch wait for one another in the same slot: what runs is seen, who waits behind it is not.
      ...rect(api, coordSys, { ...place, fromMs: startMs, toMs: endMs }, { fill: completed ? partColours.execution : failedColour, z2: 1 }),
    ];
  });
}

function containerHint({ containers, functions }: TimelineChart, index: number): HTMLElement | string {
  const container = containers[index];
  if (container === undefined) return '';
  const ms = (value: number): string => withUnit(value, msAxis);
  const { id, launchedMs, readyMs, retiredMs, slots } = container;
  return hintElement(`container ${id}`, [
    { label: 'function', value: functions[container.function] ?? '' },
    { label: 'launched', value: ms(launchedMs) },
    { label: 'cold start', value: readyMs === null ? 'never ready' : ms(readyMs - launchedMs) },
    { label: 'retired', value: ms(retiredMs) },
    { label: 'most at a time', value: String(slots) },
  ]);
}

function batchHint({ batches, containers }: TimelineChart, index: number): HTMLElement | string {
  const batch = batches[index];
  if (batch === undefined) return '';
  return hintElement(`batch ${batch.id} of container ${containers[batch.container]?.id ?? ''}`, [
    { label: 'invocations', value: String(batch.invocations) },
    { label: 'sent', value: withUnit(batch.startMs, msAxis) },
    { label: 'took', value: withUnit(batch.endMs - batch.startMs, msAxis) },
  ]);
}

function invocationHint({ invocations, containers }: TimelineChart, index: number): HTMLElement | string {
  const invocation = invocations[index];
  if (invocation === undefined) return '';
  const { id, batch, container, intendedMs, startMs, endMs, coldStartMs, queueMs, totalMs, completed } = invocation;
  const ms = (value: number): string => withUnit(value, msAxis);
  const lines: HintLine[] = [
    { label: 'container', value: `${containers[container]?.id ?? ''}, batch ${batch}` },
    { label: 'should arrive', value: ms(intendedMs) },
    { label: 'waited for a cold start', value: ms(coldStartMs) },
    { label: 'waited in the container', value: ms(queueMs) },
    { label: 'ran', value: ms(endMs - startMs) },
    { label: 'latency', value: ms(totalMs) },
  ];
  return hintElement(`invocation ${id}${completed ? '' : ', which failed'}`, lines);
}

/** So tall that a lane can be seen; the rest is zooming. */
export function timelineHeightPx({ containers }: TimelineChart): number {
  return Math.min(620, Math.max(220, containers.length * 16 + 110));
}

function zooms(look: Look): object[] {
  const colours = { borderColor: look.grid, fillerColor: `${look.quietInk}33`, handleStyle: { color: look.surface, borderColor: look.quietInk }, moveHandleStyle: { color: look.quietInk }, dataBackground: { lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 } } };
  const x = { xAxisIndex: 0, filterMode: 'weakFilter' };
  const y = { yAxisIndex: 0, filterMode: 'none' };
  // A wheel alone scrolls the page.
  const byHand = { type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true, moveOnMouseWheel: false };
  return [
    { id: 'x', ...byHand, ...x },
    { id: 'y', ...byHand, ...y, zoomOnMouseWheel: 'shift' },
    { type: 'slider', ...x, height: 18, bottom: 6, showDetail: false, brushSelect: false, ...colours },
    { type: 'slider', ...y, width: 18, right: 6, showDetail: false, brushSelect: false, ...colours },
  ];
}

/** A cell that begins near its start is shown from there. */
const nearStart = 0.1;

/** From the first to the last that is shown. */
export function timelineSpan({ containers, invocations }: TimelineChart): { readonly startMs: number; readonly endMs: number } {
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = 1;
  for (const { launchedMs, retiredMs } of containers) {
    startMs = Math.min(startMs, launchedMs);
    endMs = Math.max(endMs, retiredMs);
  }
  for (const { intendedMs, endMs: each } of invocations) {
    startMs = Math.min(startMs, intendedMs);
    endMs = Math.max(endMs, each);
  }
  return { startMs: startMs < nearStart * endMs || startMs > endMs ? 0 : startMs, endMs };
}

/** Series of nothing, which the legend of a figure names: a colour there stands for a part of a shape. */
function keySeries(look: Look): CustomSeriesOption[] {
  return timelineKey(look).map(({ label, colour }) => ({ type: 'custom', name: label, data: [], renderItem: () => null, itemStyle: { color: colour } }));
}

export function timelineOption(chart: TimelineChart, look: Look, widthPx: number): EChartsCoreOption {
  const room = look.fontSize;
  const { containers } = chart;
  const { legend, heightPx } = legendOf(timelineKey(look).map(({ label }) => label), look, widthPx);
  const hints = [containerHint, batchHint, invocationHint];
  const { startMs, endMs } = timelineSpan(chart);
  return {
    animation: false,
    backgroundColor: 'transparent',
    legend,
    grid: { left: room * 4, right: look.legend ? room * 2 : room * 3, top: heightPx + room, bottom: look.legend ? room * 3.5 : room * 6 },
    xAxis: { ...axisOf(msAxis, look), nameGap: room * 2, min: startMs, max: endMs },
    yAxis: {
      ...axisOf({ name: 'container', unit: '', scale: 'linear' }, look),
      inverse: true,
      min: 0,
      max: Math.max(1, containers.length),
      minInterval: 1,
      nameGap: room * 2.6,
      splitLine: { show: false },
      axisLabel: { color: look.quietInk, fontSize: room, formatter: (lane: number) => (Number.isInteger(lane) ? String(containers[lane]?.id ?? '') : ''), hideOverlap: true },
    },
    ...(look.legend ? {} : { dataZoom: zooms(look) }),
    tooltip: {
      ...hintStyle(look),
      trigger: 'item',
      formatter: (pointed: unknown) => {
        const { seriesIndex, dataIndex } = pointed as { seriesIndex: number; dataIndex: number };
        return hints[seriesIndex]?.(chart, dataIndex) ?? '';
      },
    },
    series: [containerSeries(chart, look), batchSeries(chart, look), invocationSeries(chart), ...keySeries(look)],
  };
}
