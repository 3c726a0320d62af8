import { tableOf, type Chart, type PriceModel } from '../../charts/index.js';
import { element } from '../elements.js';

/** A page of thousands of rows is slow, and nobody reads it; the download has all. */
const mostRows = 300;

/** The data of a chart as a table, which is made when it is opened. */
export class DataTable {
  readonly element = element('details', { class: 'data' }, element('summary', {}, 'Data'));
  readonly #chartOf: () => { readonly chart: Chart; readonly prices: PriceModel };
  readonly #title: string;

  constructor(chartOf: () => { readonly chart: Chart; readonly prices: PriceModel }, title: string) {
    this.#chartOf = chartOf;
    this.#title = title;
    this.element.addEventListener('toggle', () => this.refresh());
  }

  /** Makes it anew where it is open: numbers may depend on prices. */
  refresh(): void {
    this.element.querySelector('.scroll')?.remove();
    if (this.element.open) this.element.append(tableElement(this.#chartOf(), this.#title));
  }
}

function tableElement({ chart, prices }: { readonly chart: Chart; readonly prices: PriceModel }, title: string): HTMLElement {
  const { columns, rows } = tableOf(chart, prices);
  const shown = rows.slice(0, mostRows);
  const table = element(
    'table',
    {},
    element('caption', {}, rows.length > shown.length ? `${title}: the first ${shown.length} of ${rows.length} rows; the CSV file has all` : title),
    element('thead', {}, element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...shown.map((row) => element('tr', {}, ...row.map((field) => element('td', {}, field === null ? '–' : String(field)))))),
  );
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Data of ${title}` }, table);
}
