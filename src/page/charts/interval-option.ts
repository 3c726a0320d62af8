import type { CustomSeriesOption, CustomSeriesRenderItemAPI, CustomSeriesRenderItemReturn } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { IntervalChart, Look } from '../../charts/index.js';
import { axisOf, ticksBelow } from './axes.js';
import { hintElement, hintStyle } from './hint.js';
import { styleOf } from './look.js';
import { withUnit } from './numbers.js';
import { rowLabels } from './row-labels.js';

type Row = IntervalChart['rows'][number];

const verdicts: Readonly<Record<Row['verdict'], string>> = { better: 'better', worse: 'worse', none: 'no difference shown', tooFew: 'too few data' };

/** A line from one end to the other, and a point that is hollow where no difference is shown. */
function intervalShape(row: Row, at: number, api: CustomSeriesRenderItemAPI, look: Look): CustomSeriesRenderItemReturn {
  const place = (value: number): number[] => api.coord([value, at]);
  const [[fromX = 0, y = 0], [toX = 0], [x = 0]] = [place(row.from), place(row.to), place(row.at)] as [number[], number[], number[]];
  const { colour } = styleOf(look, row);
  const half = look.fontSize * 0.4;
  const isShown = row.verdict === 'better' || row.verdict === 'worse';
  const stroke = { stroke: colour, lineWidth: look.lineWidth, fill: 'none' };
  const line = (x1: number, y1: number, x2: number, y2: number): CustomSeriesRenderItemReturn => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: stroke });
  return {
    type: 'group',
    children: [
      line(fromX, y, toX, y),
      line(fromX, y - half, fromX, y + half),
      line(toX, y - half, toX, y + half),
      { type: 'circle', shape: { cx: x, cy: y, r: half * 1.1 }, style: { ...stroke, fill: isShown ? colour : look.surface } },
    ],
  } as CustomSeriesRenderItemReturn;
}

export function intervalHeightPx({ rows }: IntervalChart, fontSize: number): number {
  return Math.max(110, rows.length * fontSize * 2.4 + fontSize * 5);
}

/** So that intervals, and the line of no change, lie inside; also where nothing changed at all. */
function rangeOf({ rows }: IntervalChart): { readonly min: number; readonly max: number } {
  const least = Math.min(0, ...rows.map(({ from }) => from));
  const greatest = Math.max(0, ...rows.map(({ to }) => to));
  const step = 10 ** Math.floor(Math.log10(Math.max(0.02, greatest - least))) / 2;
  return { min: least === 0 ? -step : Math.floor(least / step) * step, max: greatest === 0 ? step : Math.ceil(greatest / step) * step };
}

export function intervalOption(chart: IntervalChart, look: Look, widthPx: number): EChartsCoreOption {
  const room = look.fontSize;
  const categories = chart.rows.map(({ label }) => label);
  const category = axisOf({ name: '', unit: '', scale: 'category', categories }, look);
  const labels = rowLabels(categories, look, widthPx);
  const series: CustomSeriesOption = {
    type: 'custom',
    renderItem: (params, api) => intervalShape(chart.rows[params.dataIndex] as Row, params.dataIndex, api, look),
    data: chart.rows.map(({ from, at, to }, index) => [from, index, at, to]),
    encode: { x: [0, 2, 3], y: 1 },
    // The ends of the axis lie beyond all intervals; what marks them is wider.
    clip: false,
  };
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: labels.widthPx, right: room * 2, top: room * 0.6, bottom: room * 3.4, outerBoundsMode: 'none' },
    yAxis: { ...category, inverse: true, axisLine: { show: true, onZero: true, lineStyle: { color: look.ink } }, axisTick: { show: false }, axisLabel: { ...category.axisLabel, ...labels.axisLabel } },
    xAxis: { ...axisOf(chart.value, look), ...rangeOf(chart), ...ticksBelow(widthPx - labels.widthPx - room * 2, look), nameGap: room * 2.2 },
    tooltip: {
      ...hintStyle(look),
      trigger: 'axis',
      axisPointer: { type: 'shadow', axis: 'y' },
      formatter: (pointed: unknown) => {
        const row = chart.rows[(pointed as { dataIndex: number }[])[0]?.dataIndex ?? -1];
        if (row === undefined) return '';
        const text = (value: number): string => withUnit(value, chart.value);
        return hintElement(row.label, [{ colour: styleOf(look, row).colour, label: chart.value.name, value: text(row.at) }, { label: '95 % interval', value: `${text(row.from)} … ${text(row.to)}` }, { label: 'verdict', value: verdicts[row.verdict] }]);
      },
    },
    series: [series],
  };
}
