import { csvField } from '../results/index.js';
import { hasFailed, type Comparison, type Diff, type GateResult, type Metric } from '../diff/index.js';
import { byMetric, caveatsOf, changeOf, formatChange, formatInterval, formatP, formatUnits, formatValue, geometricMeans, reasonsOf, rowName, titleOf, verdictWords } from './diff-rows.js';
import { escapeMarkdown, markdownRow } from './plain-text.js';
import { formatPercent } from './formats.js';

const marks = { better: '🟢 ', worse: '🔴 ', none: '', tooFew: '' } as const;

function gateMarkdown(gate: GateResult): string[] {
  const { regressions, notShown, lost, broken, checked } = gate;
  const line = ({ threshold, comparison }: (typeof regressions)[number]): string => escapeMarkdown(`${rowName(comparison)}: ${threshold.metric.name} ${formatChange(comparison)}, over '${threshold.text}'`);
  const items = [
    ...regressions.map((judged) => `- ${line(judged)}`),
    ...broken.map((row) => `- ${escapeMarkdown(row)}: fewer than half of its runs are valid`),
    ...lost.map(({ threshold, comparison }) => `- ${escapeMarkdown(rowName(comparison))}: has no ${threshold.metric.name} any more`),
    ...notShown.map((judged) => `- not shown: ${line(judged)}`),
  ];
  const verdict = hasFailed(gate) ? `**Gate failed**: ${regressions.length} of ${checked} checks.` : `**Gate passed**: no shown regression in ${checked} checks.`;
  return [verdict, '', ...items, ...(items.length > 0 ? [''] : [])];
}

/** A table for the comment of a pull request. */
export function renderDiffMarkdown(diff: Diff, shown: readonly Metric[], gate: GateResult | undefined): string {
  const { first, second } = diff;
  const lines = [`### ${first === second ? `${escapeMarkdown(first.name)}, against ${escapeMarkdown([...new Set(diff.rows.map((row) => row.first.key.scheduler))].join(', '))}` : `${escapeMarkdown(first.name)} → ${escapeMarkdown(second.name)}`}`, ''];
  if (gate !== undefined) lines.push(...gateMarkdown(gate));
  for (const [metric, rows] of byMetric(diff, shown)) {
    lines.push(markdownRow([escapeMarkdown(titleOf(metric)), 'A', 'B', 'change', '95 % interval', 'p', 'runs', 'verdict']), markdownRow(['---', '--:', '--:', '--:', '--:', '--:', '--:', '---']));
    for (const row of rows) {
      const { verdict, first: one, second: other, correctedP } = row;
      lines.push(markdownRow([escapeMarkdown(rowName(row)), formatValue(metric, one), formatValue(metric, other), formatChange(row), formatInterval(row), escapeMarkdown(formatP(correctedP)), formatUnits(row), `${marks[verdict]}${verdictWords[verdict]}`]));
    }
    const means = geometricMeans(rows);
    if (means !== undefined) lines.push(markdownRow([`geomean${means.of === rows.length ? '' : ` of ${means.of}`}`, formatValue(metric, means.first), formatValue(metric, means.second), formatPercent(means.second / means.first - 1, 1), '', '', '', '']));
    lines.push('');
  }
  const named = new Set(shown);
  for (const line of caveatsOf(diff)) lines.push(`> ⚠ ${escapeMarkdown(line)}`);
  for (const reason of reasonsOf(diff.comparisons.filter(({ metric }) => named.has(metric)))) lines.push(`> too few data: ${escapeMarkdown(reason)}`);
  return lines.join('\n').trimEnd();
}

/** A comparison as data; numbers are null when they are not known. Changes are shares of the first value, or in the unit of the metric where `relative` is false. */
function dataOf(comparison: Comparison): Record<string, unknown> {
  const { row, metric, first, second, runs, units, evidence, correctedP, correctedRankP, verdict, reason } = comparison;
  return {
    experiment: row.experiment,
    workload: row.workload,
    row: row.label,
    scheduler: [row.first.key.scheduler, row.second.key.scheduler],
    parameters: [row.first.key.parameters, row.second.key.parameters],
    metric: metric.name,
    unit: metric.unit,
    first,
    second,
    change: changeOf(comparison) ?? null,
    interval: evidence === undefined ? null : { from: evidence.from, to: evidence.to, relative: evidence.relative },
    p: evidence?.p ?? null,
    correctedP: correctedP ?? null,
    rankP: evidence?.rank.p ?? null,
    correctedRankP: correctedRankP ?? null,
    effect: evidence?.rank.effect ?? null,
    units: units ?? null,
    runs,
    verdict,
    reason: reason ?? null,
  };
}

/** Everything, for programs. */
export function diffAsJson(diff: Diff, gate: GateResult | undefined): string {
  const { first, second, comparisons, leftOut, problems, differences } = diff;
  const judged = ({ threshold, comparison }: GateResult['regressions'][number]): object => ({ threshold: threshold.text, ...dataOf(comparison) });
  const data = {
    first: { name: first.name, id: first.manifest.id, scheduler: first.scheduler ?? null },
    second: { name: second.name, id: second.manifest.id, scheduler: second.scheduler ?? null },
    comparable: problems.length === 0,
    problems,
    leftOut,
    caveats: caveatsOf(diff),
    differences,
    comparisons: comparisons.map(dataOf),
    gate: gate === undefined ? null : { failed: hasFailed(gate), checked: gate.checked, broken: gate.broken, lost: gate.lost.map(judged), tooFew: gate.tooFew.map(judged), regressions: gate.regressions.map(judged), notShown: gate.notShown.map(judged) },
  };
  return JSON.stringify(data, undefined, 2);
}

const csvColumns = [
  'experiment', 'workload', 'row', 'metric', 'unit', 'first', 'second', 'change', 'interval_from', 'interval_to', 'interval_relative', 'p', 'corrected_p', 'rank_p', 'corrected_rank_p', 'effect',
  'units', 'first_runs', 'second_runs', 'verdict', 'reason',
] as const;

/** A row a comparison (RFC 4180). */
export function diffAsCsv({ comparisons }: Diff): string {
  const rows = comparisons.map((comparison) => {
    const { row, metric, first, second, runs, units, evidence, correctedP, correctedRankP, verdict, reason } = comparison;
    return [
      row.experiment, row.workload, row.label, metric.name, metric.unit, first, second, changeOf(comparison), evidence?.from, evidence?.to, evidence?.relative, evidence?.p, correctedP, evidence?.rank.p, correctedRankP,
      evidence?.rank.effect, units, runs[0], runs[1], verdict, reason,
    ];
  });
  return [csvColumns, ...rows].map((fields) => fields.map(csvField).join(',')).join('\n');
}
