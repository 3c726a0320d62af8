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
const context: PageContext = { look: () => look, prices: () => prices, fileStem: data.fileStem };

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

const sections: SectionView[] = [];
const single: FigureView[] = [];

function redraw(which: (view: FigureView) => boolean = (view) => view.isDrawn): void {
  for (const view of [...single, ...sections.flatMap((section) => section.views)]) if (which(view)) view.draw();
}

function setPrices(changed: PriceModel): void {
  prices = changed;
  redraw((view) => view.isDrawn && view.element.classList.contains('figure-cost'));
}

for (const section of data.sections) {
  const host = document.getElementById(`figures-${section.id}`);
  if (host !== null) sections.push(new SectionView(host, section, { context, watch, setPrices }));
}
const comparison = document.getElementById('figures-comparison');
for (const figure of comparison === null ? [] : data.comparison) {
  const view = new FigureView(figure, context);
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
// Paper has all charts, also those that were never scrolled to.
addEventListener('beforeprint', () => {
  theme.setPrinting(true);
  redraw(() => true);
});
addEventListener('afterprint', () => theme.setPrinting(false));

for (const code of document.querySelectorAll<HTMLElement>('pre[data-copy]')) {
  const copy = button('Copy', () => {
    void navigator.clipboard.writeText(code.textContent).then(() => {
      copy.textContent = 'Copied';
    });
  });
  code.after(copy);
}
document.documentElement.dataset['ready'] = 'yes';
