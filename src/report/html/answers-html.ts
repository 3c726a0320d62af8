import type { SchedulerStyle } from '../../charts/index.js';
import type { Answer, Caveat, Headline, Sureness } from '../report-model.js';
import { html, nothing, type Markup } from './markup.js';

type Styles = Readonly<Record<string, SchedulerStyle>>;

const badges: Readonly<Record<Sureness, string>> = { shown: 'shown', notShown: 'not shown', tooFew: 'too few data', single: 'no rival' };

function badge(kind: Sureness | Caveat['severity'], text: string): Markup {
  return html`<span class="badge badge-${kind}">${text}</span>`;
}

function dot(styles: Styles, scheduler: string | undefined): Markup {
  const style = scheduler === undefined ? undefined : styles[scheduler];
  return style === undefined ? nothing : html`<span class="dot" style="background:${style.colour}"></span>`;
}

/** How sure a change is, in words beside its interval. */
function sureWords(verdict: Sureness): string {
  return verdict === 'shown' ? '' : `, ${badges[verdict]}`;
}

/** What belongs to the winner, in phrases. */
function details({ againstBase, next, tied, why, sure }: Answer): string[] {
  const interval = againstBase === undefined || againstBase.interval === '–' ? '' : ` (95 %: ${againstBase.interval})`;
  return [
    ...(againstBase === undefined ? [] : [`${againstBase.change} against ${againstBase.base}${interval}${sureWords(againstBase.verdict)}`]),
    ...(tied.length === 0 ? [] : [`perhaps as good: ${next === undefined && tied.length > 2 ? `all ${tied.length} others` : tied.map(({ label }) => label).join(', ')}`]),
    ...(next === undefined ? [] : [`next: ${next.label}, ${next.value} (${next.change}${sureWords(next.verdict)})`]),
    ...(sure === 'shown' || why === '' ? [] : [why]),
  ];
}

function answerHtml(answer: Answer, styles: Styles): Markup {
  const { metric, winner, sure } = answer;
  const won = winner === undefined ? html`<div class="detail">no row that can be compared</div>` : html`<div><span class="winner">${dot(styles, winner.scheduler)}${winner.label}</span> <span class="value">${winner.value}</span> ${badge(sure, badges[sure])}</div>`;
  return html`<div class="answer"><div class="metric">${metric}</div><div>${won}<div class="detail">${details(answer).join(' · ')}</div></div></div>`;
}

/** The first screen: who has the least of what, by how much, how sure, and what to distrust. */
export function answersHtml({ groups, caveats }: Headline, styles: Styles): Markup {
  const cards = groups.map(({ title, answers }) => html`<section class="card"><h2>${title}</h2>${answers.map((answer) => answerHtml(answer, styles))}</section>`);
  return html`<section id="answer" aria-label="The answer">
${caveatsHtml(caveats)}
<div class="answers">${cards}</div>
</section>`;
}

/** So many are always seen; the others are a click away, so that the answer stays on the first screen. */
const shownCaveats = 4;
/** Where less than this is serious, notes fill up. */
const shownNotes = 2;

function itemsHtml(caveats: readonly Caveat[]): Markup {
  return html`<ul class="caveats">${caveats.map(({ severity, text }) => html`<li>${badge(severity, severity)}<span>${text}</span></li>`)}</ul>`;
}

function caveatsHtml(caveats: readonly Caveat[]): Markup {
  const serious = caveats.filter(({ severity }) => severity === 'serious');
  const shown = caveats.slice(0, Math.max(shownNotes, Math.min(serious.length, shownCaveats)));
  const rest = caveats.slice(shown.length);
  const summary = html`${serious.length === 0 ? html`<p>Nothing serious was found.</p>` : nothing}${itemsHtml(shown)}`;
  const more = rest.length === 0 ? nothing : html`<details><summary>${countText(Math.max(0, serious.length - shown.length), rest.length)}</summary>${itemsHtml(rest)}</details>`;
  return html`<section class="card distrust ${serious.length > 0 ? 'distrust-serious' : ''}"><h2>What to distrust</h2>${summary}${more}</section>`;
}

function countText(serious: number, all: number): string {
  const notes = all - serious;
  const parts = [...(serious > 0 ? [`${serious} more that ${serious === 1 ? 'is' : 'are'} serious`] : []), ...(notes > 0 ? [`${notes} ${notes === 1 ? 'note' : 'notes'}`] : [])];
  return parts.join(', ');
}
