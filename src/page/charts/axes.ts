import type { Axis, Look } from '../../charts/index.js';
import { percentileAt, percentileText, withUnit } from './numbers.js';

/** An axis as ECharts takes it for either direction; its own types know one direction and one scale each. */
interface AxisOption {
  readonly axisLabel: object;
  readonly axisTick: object;
  readonly [option: string]: unknown;
}

/** 0, 50, 90, 99 … % as places. */
const percentilePlaces = [0, Math.log10(2), 1, 2, 3, 4, 5, 6, 7];

/** About so many numbers stand below an axis without crowding each other. */
export function ticksBelow(widthPx: number, { fontSize }: Look): { readonly splitNumber: number } {
  return { splitNumber: Math.min(5, Math.max(2, Math.floor(widthPx / (fontSize * 6)))) };
}

/** What all axes have in common. */
function common(axis: Axis, look: Look): AxisOption {
  return {
    name: axis.name,
    nameLocation: 'middle',
    nameTextStyle: { color: look.quietInk, fontSize: look.fontSize, fontFamily: look.fontFamily },
    axisLine: { show: true, lineStyle: { color: look.quietInk } },
    axisTick: { lineStyle: { color: look.quietInk } },
    axisLabel: { color: look.quietInk, fontSize: look.fontSize, fontFamily: look.fontFamily, hideOverlap: true, formatter: (value: number) => withUnit(value, axis) },
    splitLine: { show: true, lineStyle: { color: look.grid } },
    minorSplitLine: { show: false },
  };
}

/** The part of an axis that its scale decides. */
export function axisOf(axis: Axis, look: Look): AxisOption {
  const base = common(axis, look);
  switch (axis.scale) {
    case 'linear':
      return { ...base, type: 'value' };
    case 'log':
      return { ...base, type: 'log', logBase: 10 };
    case 'category':
      return { ...base, type: 'category', data: [...(axis.categories ?? [])], axisLabel: { ...base.axisLabel, formatter: (label: string) => label }, splitLine: { show: false } };
    case 'percentile':
      return {
        ...base,
        type: 'value',
        min: 0,
        interval: 1,
        axisTick: { ...base.axisTick, customValues: percentilePlaces },
        axisLabel: { ...base.axisLabel, customValues: percentilePlaces, formatter: (place: number) => percentileText(percentileAt(place)) },
      };
  }
}
