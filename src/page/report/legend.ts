import { costBars, partColours, usualPrices, type BarRole, type Chart, type LineSeries, type Look, type SchedulerStyle } from '../../charts/index.js';
import { dashOf, styleOf } from '../charts/look.js';
import { element } from '../elements.js';

interface LegendEntry {
  readonly label: string;
  /** A sample of how it is drawn. */
  readonly swatch: Element;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

function svgElement(tag: string, attributes: Readonly<Record<string, string | number>>, ...children: readonly Element[]): SVGElement {
  const made = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** In a box from -4 to 4. */
const marks: Readonly<Record<SchedulerStyle['symbol'], string>> = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  rect: 'M-3.5-3.5h7v7h-7z',
  roundRect: 'M-2-3.5h4a1.5 1.5 0 0 1 1.5 1.5v4a1.5 1.5 0 0 1-1.5 1.5h-4a1.5 1.5 0 0 1-1.5-1.5v-4a1.5 1.5 0 0 1 1.5-1.5z',
  triangle: 'M0-4L4 3.5H-4z',
  triangleDown: 'M0 4L4-3.5H-4z',
  diamond: 'M0-4.5L4 0L0 4.5L-4 0z',
  plus: 'M-1.3-4h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7v-2.6h2.7z',
};

/** Line and mark, because colours alone do not tell lines apart for everybody. */
function lineSwatch(series: LineSeries, look: Look): SVGElement {
  const { colour, symbol } = styleOf(look, series);
  const isReference = series.reference === true;
  const dash = isReference ? [3, 3] : dashOf(series);
  const line = svgElement('path', { d: 'M0 6H24', stroke: colour, 'stroke-width': 2, ...(dash === 'solid' ? {} : { 'stroke-dasharray': dash.join(' ') }) });
  const mark = svgElement('path', { d: marks[symbol], transform: 'translate(12 6)', fill: isReference ? look.surface : colour, stroke: colour, 'stroke-width': isReference ? 1 : 0 });
  return svgElement('svg', { class: 'swatch-line', viewBox: '0 0 24 12', width: 24, height: 12, 'aria-hidden': 'true' }, ...(series.shape === 'points' ? [] : [line]), mark);
}

export function blockSwatch({ background, border }: { readonly background?: string; readonly border?: string }): HTMLElement {
  const swatch = element('span', { class: 'swatch' });
  if (background !== undefined) swatch.style.background = background;
  if (border !== undefined) swatch.style.border = border;
  return swatch;
}

function barSwatch(role: BarRole, { quietInk }: Look): HTMLElement {
  if (role === 'reference') return blockSwatch({ border: `1.5px dashed ${quietInk}` });
  return blockSwatch({ background: role === 'own' ? quietInk : partColours[role] });
}

/** Series that can be switched off; bars that have one value a scheduler are named at their axis. */
export function legendOf(chart: Chart, look: Look): LegendEntry[] {
  if (chart.kind === 'lines') return chart.series.length < 2 ? [] : chart.series.map((series) => ({ label: series.label, swatch: lineSwatch(series, look) }));
  const bars = chart.kind === 'cost' ? costBars(chart, usualPrices) : chart;
  if (bars.kind !== 'bars' || bars.series.length < 2) return [];
  return bars.series.map(({ label, role }) => ({ label, swatch: barSwatch(role, look) }));
}
