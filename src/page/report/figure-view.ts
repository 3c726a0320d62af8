import { csvOf, tableOf, type Figure, type PriceModel, type Look } from '../../charts/index.js';
import type { MountedChart } from '../charts/global.js';
import { button, download, element } from '../elements.js';
import { DataTable } from './data-table.js';
import { blockSwatch, legendOf } from './legend.js';
import { timelineTools, windowText } from './timeline-tools.js';

/** What all figures of a page share. */
export interface PageContext {
  /** As the page looks now. */
  look(): Look;
  prices(): PriceModel;
}

/** Where a figure stands: others of the same title show other cells. */
export interface FigurePlace {
  readonly title: string;
  /** Begins the names of downloads. */
  readonly fileStem: string;
}

/** Of a downloaded SVG, in px. */
const svgWidthPx = 720;

function plainText(look: Look): Look {
  return { ...look, ink: '#1b1f24', quietInk: '#57606a', grid: '#d8dee4', surface: '#ffffff', fontFamily: 'sans-serif', legend: true };
}

/** A figure: its chart with legend and tools, how it was computed, and its data. It is drawn when it comes into view. */
export class FigureView {
  readonly element: HTMLElement;
  readonly #plot: HTMLElement;
  readonly #context: PageContext;
  readonly #figure: Figure;
  readonly #place: FigurePlace;
  readonly #legend: HTMLElement;
  readonly #data: DataTable;
  readonly #hidden = new Set<string>();
  /** What a timeline shows of its cell, for those who do not see it. */
  readonly #window = element('p', { class: 'about', role: 'status' });
  #mounted: MountedChart | undefined;

  constructor(figure: Figure, context: PageContext, place: FigurePlace) {
    const title = `${figure.title}, ${place.title}`;
    this.#figure = figure;
    this.#place = place;
    this.#context = context;
    this.#data = new DataTable(() => ({ chart: figure.chart, prices: context.prices() }), title);
    this.#plot = element('div', { class: 'plot', role: 'img', 'aria-label': `${title}. ${figure.how} The data follow as a table.` });
    this.#legend = element('div', { class: 'legend' });
    this.element = element('figure', { class: `figure figure-${figure.chart.kind}`, 'data-figure': figure.id }, element('h4', {}, figure.title), this.#legend, this.#plot);
    if (figure.chart.kind === 'timeline') this.element.append(timelineTools(() => this.#mounted), this.#window);
    for (const caveat of figure.caveats) this.element.append(element('p', { class: 'figure-caveat' }, caveat));
    this.element.append(element('figcaption', {}, figure.how), this.#tools(title));
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

  /** Follows the prices of the reader, where its numbers are made of them. */
  followPrices(): void {
    if (this.#figure.chart.kind !== 'cost') return;
    this.#data.refresh();
    if (this.isDrawn) this.draw();
  }

  dispose(): void {
    this.#mounted?.dispose();
    this.element.remove();
  }

  #mount(drawing: ConstructorParameters<typeof FbbCharts.MountedChart>[2]): void {
    const { chart } = this.#figure;
    const mounted = new FbbCharts.MountedChart(this.#plot, chart, drawing);
    this.#mounted = mounted;
    for (const label of this.#hidden) mounted.toggle(label);
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
    const focused = [...this.#legend.querySelectorAll('button')].findIndex((each) => each === document.activeElement);
    this.#legend.replaceChildren();
    for (const { label, swatch } of legendOf(chart, look)) {
      const toggle = button('', () => this.#toggle(label, toggle), { 'aria-pressed': String(!this.#hidden.has(label)) });
      toggle.append(swatch, label);
      this.#legend.append(toggle);
    }
    if (chart.kind === 'timeline') {
      for (const { label, colour } of FbbCharts.timelineKey(look)) this.#legend.append(element('span', { class: 'key' }, blockSwatch({ background: colour }), label));
    }
    this.#legend.querySelectorAll('button')[focused]?.focus({ preventScroll: true });
  }

  #toggle(label: string, toggle: HTMLButtonElement): void {
    if (this.#hidden.has(label)) this.#hidden.delete(label);
    else this.#hidden.add(label);
    toggle.setAttribute('aria-pressed', String(!this.#hidden.has(label)));
    this.#mounted?.toggle(label);
  }

  #tools(title: string): HTMLElement {
    const { id, chart } = this.#figure;
    const name = `${this.#place.fileStem}-${id}`;
    const csv = button('CSV', () => download(`${name}.csv`, 'text/csv', csvOf(tableOf(chart, this.#context.prices()))), { 'aria-label': `Download the data of ${title} as CSV` });
    const svg = button('SVG', () => download(`${name}.svg`, 'image/svg+xml', FbbCharts.svgOf(chart, { look: plainText(this.#context.look()), widthPx: svgWidthPx, prices: this.#context.prices() })), { 'aria-label': `Download ${title} as SVG` });
    return element('div', { class: 'tools' }, csv, svg, this.#data.element);
  }
}
