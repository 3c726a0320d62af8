import { costBars, csvOf, partColours, tableOf, usualPrices, type Chart, type Figure, type PriceModel, type Look } from '../../charts/index.js';
import type { MountedChart } from '../charts/global.js';
import { dashOf, styleOf } from '../charts/look.js';
import { button, download, element } from '../elements.js';
import { dataTable } from './data-table.js';
import { timelineTools, windowText } from './timeline-tools.js';

/** What all figures of a page share. */
export interface PageContext {
  /** As the page looks now. */
  look(): Look;
  prices(): PriceModel;
  /** Begins the names of downloads. */
  readonly fileStem: string;
}

/** Of a downloaded SVG, in px. */
const svgWidthPx = 720;

function plainText(look: Look): Look {
  return { ...look, ink: '#1b1f24', quietInk: '#57606a', grid: '#d8dee4', surface: '#ffffff', fontFamily: 'sans-serif', legend: true };
}

interface LegendEntry {
  readonly label: string;
  /** Gives the sample beside the label its look. */
  readonly paint: (swatch: HTMLElement, look: Look) => void;
}

/** Series that can be switched off; bars that have one value a scheduler are named at their axis. */
function legendOf(chart: Chart): LegendEntry[] {
  if (chart.kind === 'lines' && chart.series.length > 1) {
    return chart.series.map((series) => ({
      label: series.label,
      paint: (swatch, look) => {
        const dash = dashOf(series);
        swatch.style.borderTop = `2px ${series.reference === true ? 'dotted' : dash === 'solid' ? 'solid' : 'dashed'} ${styleOf(look, series).colour}`;
      },
    }));
  }
  const bars = chart.kind === 'cost' ? costBars(chart, usualPrices) : chart;
  if (bars.kind !== 'bars' || bars.series.length < 2) return [];
  return bars.series.map(({ label, role }) => ({
    label,
    paint: (swatch, look) => {
      swatch.classList.add('swatch-block');
      if (role === 'reference') swatch.style.border = `1.5px dashed ${look.quietInk}`;
      else swatch.style.background = role === 'own' ? look.quietInk : partColours[role];
    },
  }));
}

/** A figure: its chart with legend and tools, how it was computed, and its data. It is drawn when it comes into view. */
export class FigureView {
  readonly element: HTMLElement;
  readonly #plot: HTMLElement;
  readonly #context: PageContext;
  readonly #figure: Figure;
  readonly #legend: HTMLElement;
  readonly #hidden = new Set<string>();
  /** What a timeline shows of its cell, for those who do not see it. */
  readonly #window = element('p', { class: 'about', role: 'status' });
  #mounted: MountedChart | undefined;

  constructor(figure: Figure, context: PageContext) {
    this.#figure = figure;
    this.#context = context;
    this.#plot = element('div', { class: 'plot', role: 'img', 'aria-label': `${figure.title}. ${figure.how} The data follow as a table.` });
    this.#legend = element('div', { class: 'legend' });
    this.element = element('figure', { class: `figure figure-${figure.chart.kind}`, 'data-figure': figure.id }, element('h4', {}, figure.title), this.#legend, this.#plot);
    if (figure.chart.kind === 'timeline') this.element.append(timelineTools(() => this.#mounted), this.#window);
    for (const caveat of figure.caveats) this.element.append(element('p', { class: 'figure-caveat' }, caveat));
    this.element.append(element('figcaption', {}, figure.how), this.#tools());
    this.#drawLegend();
  }

  get isDrawn(): boolean {
    return this.#mounted !== undefined;
  }

  /** Draws it, or draws it anew as the page looks now. */
  draw(): void {
    const drawing = { look: this.#context.look(), widthPx: Math.max(240, this.#plot.clientWidth), prices: this.#context.prices() };
    if (this.#mounted === undefined) this.#mount(drawing);
    else {
      this.#plot.style.height = '';
      this.#mounted.redraw(drawing);
    }
    this.#plot.dataset['drawn'] = 'yes';
    this.#drawLegend();
  }

  dispose(): void {
    this.#mounted?.dispose();
    this.element.remove();
  }

  #mount(drawing: ConstructorParameters<typeof FbbCharts.MountedChart>[2]): void {
    const { chart } = this.#figure;
    const mounted = new FbbCharts.MountedChart(this.#plot, chart, drawing);
    this.#mounted = mounted;
    if (chart.kind !== 'timeline') return;
    const tell = (): void => {
      this.#window.textContent = windowText(chart, mounted);
    };
    mounted.onZoom(tell);
    tell();
  }

  #drawLegend(): void {
    const look = this.#context.look();
    const { chart } = this.#figure;
    this.#legend.replaceChildren();
    for (const { label, paint } of legendOf(chart)) {
      const swatch = element('span', { class: 'swatch' });
      paint(swatch, look);
      const toggle = button('', () => this.#toggle(label, toggle), { 'aria-pressed': String(!this.#hidden.has(label)) });
      toggle.append(swatch, label);
      this.#legend.append(toggle);
    }
    if (chart.kind === 'timeline') {
      for (const { label, colour } of FbbCharts.timelineKey(look)) {
        const swatch = element('span', { class: 'swatch swatch-block' });
        swatch.style.background = colour;
        this.#legend.append(element('span', { class: 'key' }, swatch, label));
      }
    }
  }

  #toggle(label: string, toggle: HTMLButtonElement): void {
    if (this.#hidden.has(label)) this.#hidden.delete(label);
    else this.#hidden.add(label);
    toggle.setAttribute('aria-pressed', String(!this.#hidden.has(label)));
    this.#mounted?.toggle(label);
  }

  #tools(): HTMLElement {
    const { id, title, chart } = this.#figure;
    const name = `${this.#context.fileStem}-${id}`;
    const csv = button('CSV', () => download(`${name}.csv`, 'text/csv', csvOf(tableOf(chart, this.#context.prices()))), { 'aria-label': `Download the data of ${title} as CSV` });
    const svg = button('SVG', () => download(`${name}.svg`, 'image/svg+xml', FbbCharts.svgOf(this.#asDrawn(), { look: plainText(this.#context.look()), widthPx: svgWidthPx })), { 'aria-label': `Download ${title} as SVG` });
    return element('div', { class: 'tools' }, csv, svg, dataTable(() => ({ chart, prices: this.#context.prices() }), title));
  }

  #asDrawn(): Chart {
    const { chart } = this.#figure;
    return chart.kind === 'cost' ? costBars(chart, this.#context.prices()) : chart;
  }
}
