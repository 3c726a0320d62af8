import { tableOf, type Chart, type PriceModel } from '../../charts/index.js';
import { element } from '../elements.js';

/** A page of thousands of rows is slow, and nobody reads it; the download has all. */
const mostRows = 300;

/** The data of a chart as a table that is made when it is first opened. */
export function dataTable(chartOf: () => { readonly chart: Chart; readonly prices: PriceModel }, title: string): HTMLDetailsElement {
  const details = element('details', { class: 'data' }, element('summary', {}, 'Data'));
  details.addEventListener('toggle', () => {
    details.querySelector('.scroll')?.remove();
    if (details.open) details.append(tableElement(chartOf(), title));
  });
  return details;
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
