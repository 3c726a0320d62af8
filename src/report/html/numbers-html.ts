import type { CellSummary, Manifest } from '../../results/index.js';
import { groupOf, meanOverRepetitions } from '../repetitions.js';
import { formatAmount, formatCount, formatMs } from '../summary-table.js';
import { html, type Markup } from './markup.js';

/** The numbers of the terminal's table. */
export function numbersHtml(manifest: Manifest, summaries: readonly CellSummary[], title: string): Markup {
  const rows = meanOverRepetitions(summaries, manifest).filter((row) => groupOf(row) === title);
  return html`<div class="scroll numbers"><table><thead><tr><th scope="col">scheduler</th><th>mean</th><th>p50</th><th>p98</th><th>cont.</th><th>GB·s</th></tr></thead><tbody>${rows.map((row) => html`<tr><th scope="row">${row.label}</th><td>${formatMs(row.meanMs)}</td><td>${formatMs(row.p50Ms)}</td><td>${formatMs(row.p98Ms)}</td><td>${formatCount(row.containers)}</td><td>${formatAmount(row.gbSeconds)}</td></tr>`)}</tbody></table></div>`;
}
