import { neutralStyle, type SchedulerStyle } from '../../charts/index.js';
import { partTitles, type SummaryBlock, type SummaryRow } from '../summary-blocks.js';
import { html, nothing, type Markup } from './markup.js';

type Styles = Readonly<Record<string, SchedulerStyle>>;

/** More rows than this are a click away: a sweep has a row for each of its values. */
const rowsAtOnce = 16;

function rowHtml(row: SummaryRow, withPaper: boolean, styles: Styles): Markup {
  const { label, mark, skipped, scheduler, latencies, parts, amounts, changes } = row;
  const name = html`<th scope="row"><span class="dot" style="background:${(styles[scheduler] ?? neutralStyle).colour}"></span>${label}${mark === '' ? nothing : html` <span class="badge badge-serious">${mark}</span>`}</th>`;
  const columns = latencies.length + parts.length + amounts.length + (withPaper ? 4 : 2);
  if (skipped !== undefined) return html`<tr>${name}<td class="left" colspan="${columns}">skipped: ${skipped}</td></tr>`;
  const change = ({ own, published }: SummaryRow['changes']['mean']): Markup => html`<td class="change">${own}</td>${withPaper ? html`<td class="paper">${published}</td>` : nothing}`;
  return html`<tr>${name}${[...latencies, ...parts, ...amounts].map((text) => html`<td>${text}</td>`)}${change(changes.mean)}${change(changes.containers)}</tr>`;
}

/** The numbers of the terminal's table, of one experiment and workload. */
export function numbersHtml({ title, about, rows }: SummaryBlock, styles: Styles): Markup {
  const withPaper = rows.some(({ changes }) => changes.mean.published !== '' || changes.containers.published !== '');
  const paper = withPaper ? ['paper'] : [];
  const heads = ['scheduler', 'mean', 'p50', 'p98', ...partTitles, 'containers', 'GB·s', 'CPU·s', 'change of mean', ...paper, 'change of cont.', ...paper];
  const table = html`<div class="scroll numbers" tabindex="0" role="region" aria-label="Numbers of ${title}"><table><caption>${about}</caption><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows.map((row) => rowHtml(row, withPaper, styles))}</tbody></table></div>`;
  return rows.length <= rowsAtOnce ? table : html`<details><summary>All ${rows.length} rows of numbers</summary>${table}</details>`;
}
