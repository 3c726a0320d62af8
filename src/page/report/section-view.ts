import type { Figure } from '../../charts/index.js';
import type { Section, Slice } from '../../report/index.js';
import { choice, element } from '../elements.js';
import { FigureView, type PageContext } from './figure-view.js';
import { priceForm } from './price-form.js';

/** Some figures are a pair, others need the whole width. */
function figuresElement(): HTMLElement {
  return element('div', { class: 'figures' });
}

/** One experiment and workload: what goes over the whole sweep, and the figures of the slice that is chosen. */
export class SectionView {
  readonly #section: Section;
  readonly #context: PageContext;
  readonly #slice = element('div', { class: 'slice' });
  readonly #watch: (view: FigureView) => void;
  readonly #setPrices: (prices: ReturnType<PageContext['prices']>) => void;
  readonly #whole: readonly FigureView[];
  #shown: FigureView[] = [];
  #timelineIndex = 0;

  constructor(host: HTMLElement, section: Section, options: { readonly context: PageContext; readonly watch: (view: FigureView) => void; readonly setPrices: (prices: ReturnType<PageContext['prices']>) => void }) {
    this.#section = section;
    this.#context = options.context;
    this.#watch = options.watch;
    this.#setPrices = options.setPrices;
    const whole = figuresElement();
    this.#whole = section.figures.map((figure) => this.#add(figure, whole));
    if (section.figures.length > 0) host.append(element('h3', {}, 'Over the whole sweep'), whole);
    if (section.slices.length > 1) {
      const labels = section.slices.map(({ label }) => label);
      host.append(element('h3', {}, 'In detail'), choice('Shown at', labels, section.shownSlice, (index) => this.#show(index)));
    }
    host.append(this.#slice);
    this.#show(section.shownSlice);
  }

  get views(): readonly FigureView[] {
    return [...this.#whole, ...this.#shown];
  }

  #add(figure: Figure, into: HTMLElement): FigureView {
    const view = new FigureView(figure, this.#context);
    into.append(view.element);
    if (figure.chart.kind === 'cost') view.element.querySelector('.plot')?.before(priceForm(this.#context.prices(), this.#setPrices));
    this.#watch(view);
    return view;
  }

  #show(index: number): void {
    const slice = this.#section.slices[index];
    for (const view of this.#shown) view.dispose();
    this.#slice.replaceChildren();
    this.#shown = [];
    if (slice === undefined) return;
    const figures = figuresElement();
    this.#slice.append(figures);
    this.#shown = slice.figures.map((figure) => this.#add(figure, figures));
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
        view.dispose();
      }
      view = this.#add(figure, place);
      this.#shown.push(view);
    };
    const start = Math.min(this.#timelineIndex, timelines.length - 1);
    this.#slice.append(element('h3', {}, 'What ran when'));
    if (timelines.length > 1) this.#slice.append(choice('Scheduler', timelines.map(({ title }) => title), start, show));
    this.#slice.append(place);
    show(start);
  }
}
