import { latencyPartNames } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { escapeMarkdown, markdownRow } from './plain-text.js';
import type { Answer, AnswerGroup, Headline } from './report-model.js';
import { harmless } from './terminal-text.js';
import { partTitles, summaryBlocks, type SummaryBlock, type SummaryRow } from './summary-blocks.js';

/** Longer than any row of backticks inside. */
function codeBlock(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [fence, harmless(text), fence];
}

/** Text for the field of a name; empty where there is nothing to tell. */
function field(name: string, value: unknown): string[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return ['', 'null', '[]', '{}'].includes(text) ? [] : [markdownRow([escapeMarkdown(name), escapeMarkdown(text)])];
}

function fieldTable(title: string, rows: readonly string[]): string[] {
  return [markdownRow([title, '']), markdownRow(['---', '---']), ...rows];
}

function whatWasRun({ suite, backend, host, createdAt, tool, fib30Ms, selection }: Manifest): string[] {
  const amounts = ([['cores', 'cores'], ['memoryGb', 'GB']] as const).flatMap(([name, unit]) => (host[name] === undefined ? [] : [`${host[name]} ${unit}`]));
  const machine = [host['cpuModel'], ...amounts, host['platform'], host['hostProfile']].filter((part) => part !== undefined && part !== null).join(', ');
  return [
    ...field('suite', suite.name),
    ...field('backend', backend),
    ...field('host', machine),
    ...field('date', createdAt),
    ...field('version', `${tool.name} ${tool.version}${tool.commit === null ? '' : ` (${tool.commit})`}`),
    ...field('fib(30), ms', fib30Ms),
    ...field('repetitions', selection.repeat),
    ...field('load', selection.load),
    ...field('seed', selection.seed),
  ];
}

const doubts = { notShown: 'not shown', tooFew: 'too few data', shown: 'shown', single: 'the only one' } as const;

/** What wins, how it does against the base and the next, and how sure that is, in one line. */
function answerLine({ metric, winner, tied, againstBase, next, sure, why }: Answer): string {
  const least = metric === 'containers' ? 'fewest' : 'least';
  if (winner === undefined) return `- ${least} ${metric}: none (${escapeMarkdown(why)})`;
  const base = againstBase === undefined ? '' : `, ${againstBase.change} against ${escapeMarkdown(againstBase.base)} (${againstBase.interval === '–' ? '' : `95 % interval ${againstBase.interval}; `}${doubts[againstBase.verdict]})`;
  const after = next === undefined ? '' : `; next ${escapeMarkdown(next.label)} with ${escapeMarkdown(next.value)} (${next.change})`;
  const labels = next === undefined && tied.length > 1 ? 'any other' : tied.map(({ label }) => escapeMarkdown(label)).join(', ');
  const maybe = tied.length === 0 ? '' : `; perhaps as good: ${labels}`;
  return `- ${least} ${metric}: **${escapeMarkdown(winner.label)}**, ${escapeMarkdown(winner.value)}${base}${after}${maybe} — ${sure === 'shown' ? 'shown against all others' : `${doubts[sure]}: ${escapeMarkdown(why)}`}`;
}

function answers({ title, answers: lines }: AnswerGroup): string[] {
  return [`### ${escapeMarkdown(title)}`, '', ...lines.map(answerLine), ''];
}

const wide = 3 + latencyPartNames.length + 3;

function tableRow({ label, mark, skipped, latencies, parts, amounts, changes }: SummaryRow, withPaper: boolean): string {
  const name = escapeMarkdown(mark === '' ? label : `${label} (${mark})`);
  if (skipped !== undefined) return markdownRow([`${name}, skipped: ${escapeMarkdown(skipped)}`, ...Array.from({ length: wide + (withPaper ? 4 : 2) }, () => '')]);
  return markdownRow([name, ...latencies, ...parts, ...amounts, ...Object.values(changes).flatMap(({ own, published }) => (withPaper ? [own, published] : [own]))]);
}

function numbers({ title, about, rows }: SummaryBlock): string[] {
  const withPaper = rows.some(({ changes }) => changes.mean.published !== '' || changes.containers.published !== '');
  const head = ['scheduler', 'mean', 'p50', 'p98', ...partTitles, 'containers', 'GB·s', 'CPU·s', ...['change of mean', 'change of containers'].flatMap((change) => (withPaper ? [change, 'paper'] : [change]))];
  return [`### ${escapeMarkdown(title)}`, '', escapeMarkdown(about), '', markdownRow(head), markdownRow(head.map((_name, index) => (index === 0 ? '---' : '--:'))), ...rows.map((row) => tableRow(row, withPaper)), ''];
}

function environment({ host, settings }: Manifest): string[] {
  return [...Object.entries(host), ...Object.entries(settings)].flatMap(([name, value]) => field(name, value));
}

/** A stored set for readers of Markdown: what was run, who has the least of what, what not to trust, all numbers, and how to run it again. Ends with a line break. */
export function renderReportMarkdown(manifest: Manifest, summaries: readonly CellSummary[], { groups, caveats }: Headline): string {
  const { imported, published, base, command } = manifest;
  const lines = [
    `# ${escapeMarkdown(manifest.id)}`,
    '',
    ...fieldTable('what was run', whatWasRun(manifest)),
    '',
    '## Answers',
    '',
    ...(groups.length === 0 ? ['No cell has finished.', ''] : groups.flatMap(answers)),
    ...(caveats.length === 0 ? [] : ['## Before trusting the numbers', '', ...caveats.map(({ severity, text }) => `- ${severity === 'serious' ? '⚠ ' : ''}${escapeMarkdown(text)}`), '']),
    ...(summaries.length === 0 ? [] : ['## Numbers', '', ...summaryBlocks(manifest, summaries).flatMap(numbers)]),
    ...(published === null ? [] : [`paper: the authors' own change against their ${escapeMarkdown(base)} (${escapeMarkdown(published.source)})`, '']),
    '## Environment',
    '',
    ...fieldTable('host and settings', environment(manifest)),
    '',
    ...(imported === undefined ? ['## To run it again', ''] : ['## How it was imported', '']),
    ...codeBlock(command),
  ];
  return `${lines.join('\n')}\n`;
}
