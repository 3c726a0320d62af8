import { hasFailed, type Comparison, type Diff, type GateResult, type Metric } from '../diff/index.js';
import { byMetric, caveatsOf, formatChange, formatInterval, formatP, formatUnits, formatValue, geometricMeans, reasonsOf, rowName, titleOf, verdictWords } from './diff-rows.js';
import { formatPercent } from './formats.js';
import { renderTable, type TableStyle } from './summary-table.js';

function rowOf(comparison: Comparison, style: TableStyle): string[] {
  const { metric, first, second, verdict, correctedP, evidence } = comparison;
  const shown = verdict === 'better' || verdict === 'worse';
  const word = verdictWords[verdict];
  return [
    rowName(comparison),
    formatValue(metric, first),
    formatValue(metric, second),
    shown ? style.bold(formatChange(comparison)) : formatChange(comparison),
    formatInterval(comparison),
    formatP(correctedP),
    evidence === undefined ? '–' : evidence.rank.effect.toFixed(2).replace('-', '−'),
    formatUnits(comparison),
    verdict === 'worse' ? style.red(word) : shown ? style.bold(word) : style.dim(word),
  ];
}

function geomeanRow(metric: Metric, rows: readonly Comparison[]): string[][] {
  const means = geometricMeans(rows);
  if (means === undefined) return [];
  const name = means.of === rows.length ? 'geomean' : `geomean of ${means.of}`;
  return [[name, formatValue(metric, means.first), formatValue(metric, means.second), formatPercent(means.second / means.first - 1, 1), '', '', '', '', '']];
}

function sentences({ comparisons }: Diff): string[] {
  const count = (verdict: Comparison['verdict']): number => comparisons.filter((comparison) => comparison.verdict === verdict).length;
  return [`${comparisons.length} comparisons: ${count('better')} better, ${count('worse')} worse, ${count('none')} with no difference shown, ${count('tooFew')} with too few data`];
}

/** The comparison as tables, one a metric as benchstat has them; the geometric mean of the rows at the bottom of each. */
export function renderDiff(diff: Diff, shown: readonly Metric[], style: TableStyle): string {
  const { first, second } = diff;
  const parts: string[] = [];
  for (const [metric, rows] of byMetric(diff, shown)) {
    const head = [style.bold(titleOf(metric)), ...(first === second ? ['base', 'compared'] : ['A', 'B']), 'change', '95 % interval', 'p', 'effect', 'runs', ''];
    parts.push(renderTable(head, [...rows.map((row) => rowOf(row, style)), ...geomeanRow(metric, rows)]), '');
  }
  if (parts.length === 0) parts.push('nothing to compare', '');
  const named = new Set(shown);
  const reasons = reasonsOf(diff.comparisons.filter(({ metric }) => named.has(metric)));
  return [
    ...parts,
    ...caveatsOf(diff).map((line) => style.red(`! ${line}`)),
    ...reasons.map((reason) => style.dim(`too few data: ${reason}`)),
    ...sentences(diff),
    style.dim('p: Student’s t with the bootstrap’s error, corrected for all comparisons (Benjamini and Hochberg); effect: rank-biserial correlation, −1 to 1. docs/diff.md says how'),
  ].join('\n');
}

/** What a gate found, a line each. */
export function renderGate(gate: GateResult, style: TableStyle): string {
  const { regressions, notShown, tooFew, lost, broken, checked } = gate;
  const line = ({ threshold, comparison }: GateResult['regressions'][number]): string => `${rowName(comparison)}: ${threshold.metric.name} ${formatValue(comparison.metric, comparison.first)} → ${formatValue(comparison.metric, comparison.second)} (${formatChange(comparison)}), over '${threshold.text}', p ${formatP(comparison.correctedP)}`;
  return [
    ...broken.map((row) => style.red(`BROKEN ${row}: fewer than half of its runs are valid`)),
    ...lost.map(({ threshold, comparison }) => style.red(`LOST ${rowName(comparison)}: has no ${threshold.metric.name} any more`)),
    ...regressions.map((judged) => style.red(`REGRESSION ${line(judged)}`)),
    ...notShown.map((judged) => `not shown: ${line(judged)}, ${verdictWords[judged.comparison.verdict]}`),
    ...(tooFew.length === 0 ? [] : [`not checked: ${tooFew.length} with too few data`]),
    hasFailed(gate) ? style.bold(`gate failed: ${regressions.length} of ${checked} checks${broken.length + lost.length === 0 ? '' : `, and ${broken.length + lost.length} broken or lost`}`) : `gate passed: no shown regression in ${checked} checks`,
  ].join('\n');
}
