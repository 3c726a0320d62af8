import { createHash } from 'node:crypto';
import { packedJson, stylesOf, type SchedulerStyle } from '../../charts/index.js';
import type { CellSummary, Manifest } from '../../results/index.js';
import type { Caveat, Headline, ReportData, Section } from '../report-model.js';
import { summaryBlocks, type SummaryBlock } from '../summary-blocks.js';
import { answersHtml } from './answers-html.js';
import { environmentHtml } from './environment-html.js';
import { html, Markup, nothing, scriptJson } from './markup.js';
import { numbersHtml } from './numbers-html.js';

/** What the page carries beside its numbers: the programs and the style that were built for it. */
interface PageAssets {
  readonly chartProgram: string;
  readonly reportProgram: string;
  readonly style: string;
}

interface Report {
  readonly manifest: Manifest;
  readonly summaries: readonly CellSummary[];
  readonly headline: Headline;
  readonly sections: readonly Section[];
  /** Against another result set. */
  readonly comparison: Comparison | undefined;
}

export interface Comparison {
  /** Names of the two sets. */
  readonly first: string;
  readonly second: string;
  readonly figures: ReportData['comparison'];
  /** Why they must not be compared; not empty only when that was forced. */
  readonly problems: readonly string[];
  /** What must be known before trusting it, a line each. */
  readonly caveats: readonly string[];
}

/** The first bytes of a report, by which one is told from other files. */
export const reportMark = '<!doctype html>\n<!-- a report of faasbatch-bench -->\n';

function sourceHash(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

/** Nothing is loaded from anywhere, and no script runs but these: neither one that a name smuggled in. */
function policyOf(scripts: readonly string[]): string {
  return `default-src 'none'; script-src ${scripts.map(sourceHash).join(' ')}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`;
}

/** A program inside a script element: what would end the element is written in another way, which means the same inside its strings. */
function inScript(program: string): string {
  return program.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}

function titleOf({ suite, backend }: Manifest): string {
  return `${suite.name}, ${backend}`;
}

function aboutHtml({ manifest, summaries }: Report): Markup {
  const { id, createdAt, host, tool, cells, status } = manifest;
  const machine = [host['cpuModel'], host['cpu'], host['hostProfile']].find((value) => value !== undefined && value !== null);
  const facts = [createdAt.slice(0, 16).replace('T', ' '), `${summaries.length} of ${cells.length} cells`, ...(status === 'complete' ? [] : [status]), ...(machine === undefined ? [] : [String(machine)]), `${tool.name} ${tool.version}`];
  return html`<p class="about">${id}: ${facts.join(' · ')}</p>`;
}

/** What was compared although it must not be is said first of all. */
function forcedCaveats(comparison: Comparison | undefined): Caveat[] {
  if (comparison === undefined) return [];
  return comparison.problems.map((problem) => ({ severity: 'serious', text: `must not be compared with ${comparison.first}, and is because of --force: ${problem}` }));
}

function comparisonHtml(comparison: Comparison | undefined): Markup {
  if (comparison === undefined) return nothing;
  const { first, second, caveats, figures } = comparison;
  const drawn =
    figures.length === 0
      ? html`<p class="warning">No change has an interval, so there is nothing to draw; <code>faasbatch-bench diff</code> prints the numbers.</p>`
      : html`<h3>Figures</h3>
<div class="figures" id="figures-comparison"></div>`;
  return html`<section><h2 id="comparison">${second} against ${first}</h2>
<p>Changes from ${first} to ${second}; less is better. A filled point is a difference that is shown at 95 %, corrected for all comparisons; a hollow one is not.</p>
${caveats.length === 0 ? nothing : html`<ul>${caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul>`}
${drawn}</section>`;
}

function navHtml({ sections, comparison }: Report): Markup {
  const links = [['answer', 'The answer'], ...(comparison === undefined ? [] : [['comparison', 'Comparison']]), ...sections.map(({ id, title }) => [`section-${id}`, title]), ['environment', 'Where it ran'], ['repeat', 'Run it again']] as [string, string][];
  return html`<nav aria-label="Parts of the report">${links.map(([anchor, text]) => html`<a href="#${anchor}">${text}</a>`)}</nav>`;
}

function sectionHtml({ id, title }: Section, blocks: readonly SummaryBlock[], styles: Readonly<Record<string, SchedulerStyle>>): Markup {
  return html`<section><h2 id="section-${id}">${title}</h2>
${blocks.filter((block) => block.title === title).map((block) => numbersHtml(block, styles))}
<div id="figures-${id}"></div></section>`;
}

function emptyHtml({ summaries, sections }: Report): Markup {
  if (summaries.length === 0) return html`<p class="warning">No cell of this run has finished: there is nothing to show but what was to be run.</p>`;
  return sections.every(({ slices }) => slices.length === 0) ? html`<p class="warning">Every cell of this run was skipped: nothing was measured.</p>` : nothing;
}

/** The report as one HTML file that needs nothing else: no network, no other file. */
export function renderReportPage(report: Report, { chartProgram, reportProgram, style }: PageAssets): string {
  const { manifest, headline, sections, comparison } = report;
  const schedulers = manifest.schedulers.map(({ name }) => name);
  const data: ReportData = { fileStem: manifest.id, schedulers, sections, comparison: comparison?.figures ?? [] };
  const styles = stylesOf(schedulers);
  const blocks = summaryBlocks(manifest, report.summaries);
  const scripts = [inScript(chartProgram), inScript(reportProgram)];
  const page = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${manifest.tool.name} ${manifest.tool.version}">
<title>${titleOf(manifest)} · ${manifest.id}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header class="top"><div><h1>${titleOf(manifest)}</h1>${aboutHtml(report)}</div><button type="button" id="theme">Dark</button></header>
${navHtml(report)}
<main>
${emptyHtml(report)}
${answersHtml({ ...headline, caveats: [...forcedCaveats(comparison), ...headline.caveats] }, styles)}
${comparisonHtml(comparison)}
<noscript><p class="warning">The charts are drawn by a script, and scripts are switched off; the numbers are in the tables.</p></noscript>
${sections.map((section) => sectionHtml(section, blocks, styles))}
${environmentHtml(manifest)}
</main>
<footer>Made by ${manifest.tool.name} from the result set ${manifest.id}. Charts: Apache ECharts.</footer>
<script type="application/json" id="report-data">${scriptJson(packedJson(data))}</script>
<script>${new Markup(scripts[0] as string)}</script>
<script>${new Markup(scripts[1] as string)}</script>
</body>
</html>
`;
  return reportMark + page.text;
}
