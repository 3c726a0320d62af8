import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, setPlatformAPI, use, type ECharts, type EChartsCoreOption } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { costBars, usualPrices, type BarChart as BarChartData, type Chart, type PriceModel, type Look } from '../../charts/index.js';
import { barHeightPx, barOption } from './bar-option.js';
import { intervalHeightPx, intervalOption } from './interval-option.js';
import { legendOf } from './legend.js';
import { lineOption } from './line-option.js';
import { textWidthPx } from './text-width.js';
import { timelineHeightPx, timelineKey, timelineOption } from './timeline-option.js';

use([BarChart, LineChart, CustomChart, GridComponent, LegendComponent, TooltipComponent, DataZoomComponent, SVGRenderer, CanvasRenderer]);

// ECharts keeps texts as names of plain objects; one that is called `__proto__` must be a name like others there.
Reflect.deleteProperty(Object.prototype, '__proto__');

// Without a page there is nothing to measure text with.
if (typeof document === 'undefined') setPlatformAPI({ measureText: (text, font = '') => ({ width: textWidthPx(text, Number(/([\d.]+)px/.exec(font)?.[1] ?? 12)) }) });

interface Drawing {
  readonly look: Look;
  readonly widthPx: number;
  /** Of lines, without their legend; undefined: as its rows need. */
  readonly plotHeightPx?: number | undefined;
  readonly prices?: PriceModel | undefined;
}

function optionOf(chart: Chart, { look, widthPx, prices }: Drawing): EChartsCoreOption {
  switch (chart.kind) {
    case 'lines':
      return lineOption(chart, look, widthPx);
    case 'bars':
      return barOption(chart, look, widthPx);
    case 'intervals':
      return intervalOption(chart, look, widthPx);
    case 'cost':
      return barOption(costBars(chart, prices ?? usualPrices), look, widthPx);
    case 'timeline':
      return timelineOption(chart, look, widthPx);
  }
}

function heightOf(chart: Chart, { look, widthPx, plotHeightPx }: Drawing): number {
  const { fontSize } = look;
  const legendPx = (labels: readonly string[]): number => legendOf(labels, look, widthPx).heightPx;
  const barsPx = (bars: BarChartData): number => barHeightPx(bars, fontSize) + legendPx(bars.series.map(({ label }) => label));
  switch (chart.kind) {
    case 'lines':
      return (plotHeightPx ?? fontSize * 25) + legendPx(chart.series.map(({ label }) => label));
    case 'bars':
      return barsPx(chart);
    case 'intervals':
      return intervalHeightPx(chart, fontSize);
    case 'cost':
      return barsPx(costBars(chart, usualPrices));
    case 'timeline':
      return timelineHeightPx(chart) + legendPx(timelineKey(look).map(({ label }) => label));
  }
}

/** What XML does not allow, not even as an entity. */
const notInXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** A chart in a page. */
export class MountedChart {
  readonly #instance: ECharts;
  #chart: Chart;

  /** Timelines have thousands of shapes, which a canvas draws faster; all else is SVG, which prints sharply. */
  constructor(element: HTMLElement, chart: Chart, drawing: Drawing) {
    this.#chart = chart;
    const height = heightOf(chart, drawing);
    element.style.height = `${height}px`;
    this.#instance = init(element, null, { renderer: chart.kind === 'timeline' ? 'canvas' : 'svg', width: drawing.widthPx, height });
    this.#instance.setOption(optionOf(chart, drawing));
  }

  /** Draws it anew, with another look, size or data. What the reader has switched off or zoomed into stays. */
  redraw(drawing: Drawing, chart = this.#chart): void {
    this.#chart = chart;
    this.#instance.resize({ width: drawing.widthPx, height: heightOf(chart, drawing) });
    this.#instance.setOption(optionOf(chart, drawing), { replaceMerge: ['series'] });
  }

  /** Shows or hides what has a label. */
  toggle(label: string): void {
    this.#instance.dispatchAction({ type: 'legendToggleSelect', name: label });
  }

  /** The window of a zoomed axis in percent of the whole. */
  zoom(axis: 'x' | 'y'): { readonly start: number; readonly end: number } {
    const zooms = (this.#instance.getOption() as { dataZoom?: { id?: string; start?: number; end?: number }[] }).dataZoom ?? [];
    const { start = 0, end = 100 } = zooms.find(({ id }) => id === axis) ?? {};
    return { start, end };
  }

  setZoom(axis: 'x' | 'y', { start, end }: { readonly start: number; readonly end: number }): void {
    this.#instance.dispatchAction({ type: 'dataZoom', dataZoomId: axis, start, end });
  }

  onZoom(told: () => void): void {
    this.#instance.on('datazoom', told);
  }

  dispose(): void {
    this.#instance.dispose();
  }
}

/** A chart as an SVG of its own. */
export function svgOf(chart: Chart, drawing: Drawing): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, width: drawing.widthPx, height: heightOf(chart, drawing) });
  try {
    instance.setOption(optionOf(chart, drawing));
    return instance.renderToSVGString().replace(notInXml, ' ');
  } finally {
    instance.dispose();
  }
}
