import { stylesOf, unpackedJson, usualPrices, type PriceModel } from '../../charts/index.js';
import type { ReportData } from '../../report/index.js';
import { button } from '../elements.js';
import { currentLook, ThemeSwitch } from '../theme.js';
import { FigureView, type PageContext } from './figure-view.js';
import { SectionView } from './section-view.js';

const data = unpackedJson(document.getElementById('report-data')?.textContent ?? '') as ReportData;
const styles = stylesOf(data.schedulers);
let prices: PriceModel = usualPrices;
let look = currentLook(styles);
const context: PageContext = { look: () => look, prices: () => prices };

const views = new Map<Element, FigureView>();
/** A screen's height ahead, so that charts are there when the reader comes to them. */
const inView = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      inView.unobserve(target);
      views.get(target)?.draw();
    }
  },
  { rootMargin: '100% 0px' },
);

function watch(view: FigureView): void {
  views.set(view.element, view);
  inView.observe(view.element);
}

function forget(view: FigureView): void {
  views.delete(view.element);
  inView.unobserve(view.element);
}

const sections: SectionView[] = [];
const single: FigureView[] = [];

function redraw(which: (view: FigureView) => boolean = (view) => view.isDrawn): void {
  for (const view of [...single, ...sections.flatMap((section) => section.views)]) if (which(view)) view.draw();
}

function setPrices(changed: Partial<PriceModel>): void {
  prices = { ...prices, ...changed };
  for (const section of sections) section.followPrices();
}

for (const section of data.sections) {
  const host = document.getElementById(`figures-${section.id}`);
  if (host !== null) sections.push(new SectionView(host, section, { context, fileStem: data.fileStem, watch, forget, setPrices }));
}
const comparison = document.getElementById('figures-comparison');
for (const figure of comparison === null ? [] : data.comparison) {
  const view = new FigureView(figure, context, { title: 'comparison', fileStem: `${data.fileStem}-comparison` });
  comparison?.append(view.element);
  single.push(view);
  watch(view);
}

const themeButton = document.getElementById('theme') as HTMLButtonElement;
const theme = new ThemeSwitch(themeButton, () => {
  look = currentLook(styles);
  redraw();
});

let drawnWidth = document.documentElement.clientWidth;
addEventListener('resize', () => {
  if (document.documentElement.clientWidth === drawnWidth) return;
  drawnWidth = document.documentElement.clientWidth;
  redraw();
});
/** What is folded away cannot be unfolded on paper; data and manifest are files of their own. */
const unfolded: HTMLDetailsElement[] = [];
// Paper has all charts, also those that were never scrolled to.
addEventListener('beforeprint', () => {
  unfolded.push(...document.querySelectorAll<HTMLDetailsElement>('main details:not([open], .data, .manifest)'));
  for (const details of unfolded) details.open = true;
  theme.setPrinting(true);
  redraw(() => true);
});
addEventListener('afterprint', () => {
  for (const details of unfolded.splice(0)) details.open = false;
  theme.setPrinting(false);
});

for (const code of document.querySelectorAll<HTMLElement>('pre[data-copy]')) {
  const copy = button('Copy', () => {
    // A browser may forbid it, and has no clipboard at all where the page came from elsewhere.
    void Promise.resolve()
      .then(() => navigator.clipboard.writeText(code.textContent))
      .then(() => 'Copied', () => 'Not allowed here: select the text')
      .then((said) => (copy.textContent = said));
  });
  code.after(copy);
}
document.documentElement.dataset['ready'] = 'yes';
