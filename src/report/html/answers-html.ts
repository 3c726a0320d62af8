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

function details({ againstBase, next, tied, why, sure }: Answer): Markup[] {
  return [
    ...(againstBase === undefined ? [] : [html`<div class="detail">${againstBase.change} against ${againstBase.base} (95 %: ${againstBase.interval})${sureWords(againstBase.verdict)}</div>`]),
    ...(tied.length === 0 ? [] : [html`<div class="detail">perhaps as good: ${tied.map(({ label }) => label).join(', ')}</div>`]),
    ...(next === undefined ? [] : [html`<div class="detail">next: ${next.label}, ${next.value}, ${next.change}${sureWords(next.verdict)}</div>`]),
    ...(sure === 'shown' || why === '' ? [] : [html`<div class="detail">${why}</div>`]),
  ];
}

function answerHtml(answer: Answer, styles: Styles): Markup {
  const { metric, winner, sure } = answer;
  const won = winner === undefined ? html`<div class="detail">no row that can be compared</div>` : html`<div><span class="winner">${dot(styles, winner.scheduler)}${winner.label}</span> <span class="value">${winner.value}</span> ${badge(sure, badges[sure])}</div>`;
  return html`<div class="answer"><div class="metric">${metric}</div><div>${won}${details(answer)}</div></div>`;
}

/** The first screen: who has the least of what, by how much, how sure, and what to distrust. */
export function answersHtml({ groups, caveats }: Headline, styles: Styles): Markup {
  const cards = groups.map(({ title, answers }) => html`<section class="card"><h2>${title}</h2>${answers.map((answer) => answerHtml(answer, styles))}</section>`);
  return html`<section id="answer" aria-label="The answer">
<div class="answers">${cards}</div>
${caveatsHtml(caveats)}
</section>`;
}

function caveatsHtml(caveats: readonly Caveat[]): Markup {
  if (caveats.length === 0) return html`<section class="card distrust"><h2>What to distrust</h2><p>Nothing was found that speaks against these numbers.</p></section>`;
  const serious = caveats.filter(({ severity }) => severity === 'serious').length;
  const items = caveats.map(({ severity, text }) => html`<li>${badge(severity, severity)}<span>${text}</span></li>`);
  return html`<section class="card distrust ${serious > 0 ? 'distrust-serious' : ''}"><h2>What to distrust</h2><ul class="caveats">${items}</ul></section>`;
}
