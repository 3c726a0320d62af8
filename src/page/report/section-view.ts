import type { Figure, PriceModel } from '../../charts/index.js';
import type { Section, Slice } from '../../report/index.js';
import { choice, element } from '../elements.js';
import { FigureView, type FigurePlace, type PageContext } from './figure-view.js';
import { PriceForm } from './price-form.js';

/** Some figures are a pair, others need the whole width. */
function figuresElement(): HTMLElement {
  return element('div', { class: 'figures' });
}

/** What sections tell the page. */
interface Page {
  readonly context: PageContext;
  /** Begins the names of downloads. */
  readonly fileStem: string;
  /** Of a figure: it is to be drawn when it comes into view; it is gone. */
  readonly watch: (view: FigureView) => void;
  readonly forget: (view: FigureView) => void;
  readonly setPrices: (changed: Partial<PriceModel>) => void;
}

/** One experiment and workload: what goes over the whole sweep, and the figures of the slice that is chosen. */
export class SectionView {
  readonly #section: Section;
  readonly #page: Page;
  readonly #slice = element('div', { class: 'slice' });
  readonly #whole: readonly FigureView[];
  readonly #forms = new Map<FigureView, PriceForm>();
  #shown: FigureView[] = [];
  #timelineIndex = 0;

  constructor(host: HTMLElement, section: Section, page: Page) {
    this.#section = section;
    this.#page = page;
    const whole = figuresElement();
    const place = { title: section.title, fileStem: `${page.fileStem}-${section.id}` };
    this.#whole = section.figures.map((figure) => this.#add(figure, whole, place));
    if (section.figures.length > 0) host.append(element('h3', {}, 'Over the whole sweep'), whole);
    if (section.slices.length > 1) {
      const labels = section.slices.map(({ label }) => label);
      host.append(element('h3', {}, 'In detail'), choice('Shown at', labels, section.shownSlice, (index) => this.#show(index)));
    }
    if (section.slices.length === 1) host.append(element('h3', {}, 'Figures'));
    host.append(this.#slice);
    this.#show(section.shownSlice);
  }

  get views(): readonly FigureView[] {
    return [...this.#whole, ...this.#shown];
  }

  /** All forms and what is computed with prices follow those of the page. */
  followPrices(): void {
    for (const form of this.#forms.values()) form.show(this.#page.context.prices());
    for (const view of this.views) view.followPrices();
  }

  #add(figure: Figure, into: HTMLElement, place: FigurePlace): FigureView {
    const { context, setPrices, watch } = this.#page;
    const view = new FigureView(figure, context, place);
    into.append(view.element);
    if (figure.chart.kind === 'cost') {
      const form = new PriceForm(context.prices(), setPrices);
      this.#forms.set(view, form);
      view.element.querySelector('.plot')?.before(form.element);
    }
    watch(view);
    return view;
  }

  #placeOf({ label }: Slice): FigurePlace {
    const { title, id } = this.#section;
    const parts = [this.#page.fileStem, id, ...(label === '' ? [] : [label.replace(/[^\w.]+/g, '-')])];
    return { title: label === '' ? title : `${title}, ${label}`, fileStem: parts.join('-') };
  }

  #drop(view: FigureView): void {
    this.#page.forget(view);
    this.#forms.delete(view);
    view.dispose();
  }

  #show(index: number): void {
    const slice = this.#section.slices[index];
    for (const view of this.#shown) this.#drop(view);
    this.#slice.replaceChildren();
    this.#shown = [];
    if (slice === undefined) return;
    const figures = figuresElement();
    this.#slice.append(figures);
    this.#shown = slice.figures.map((figure) => this.#add(figure, figures, this.#placeOf(slice)));
    this.#showTimeline(slice);
  }

  /** One cell at a time, chosen from a list: they are too tall to be beside each other. */
  #showTimeline(slice: Slice): void {
    const { timelines } = slice;
    const [first] = timelines;
    if (first === undefined) return;
    const place = element('div', { class: 'timeline' });
    let view: FigureView | undefined;
    const show = (index: number): void => {
      const figure = timelines[index];
      if (figure === undefined) return;
      this.#timelineIndex = index;
      if (view !== undefined) {
        this.#shown.splice(this.#shown.indexOf(view), 1);
        this.#drop(view);
      }
      view = this.#add(figure, place, this.#placeOf(slice));
      this.#shown.push(view);
    };
    const start = Math.min(this.#timelineIndex, timelines.length - 1);
    this.#slice.append(element('h3', {}, 'What ran when'));
    if (timelines.length > 1) this.#slice.append(choice('Scheduler', timelines.map(({ title }) => title), start, show));
    this.#slice.append(place);
    show(start);
  }
}
