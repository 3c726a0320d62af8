import type { Figure, IntervalChart } from '../charts/index.js';
import type { Comparison, Diff, Metric } from '../diff/index.js';
import { byMetric, titleOf } from './diff-rows.js';

type Row = IntervalChart['rows'][number];

function rowOf({ row, evidence, verdict }: Comparison, withPlace: boolean): Row[] {
  // A change in units of the metric, from or to 0, has no place on an axis of shares.
  if (evidence?.relative !== true) return [];
  const label = withPlace ? `${row.experiment} · ${row.workload} · ${row.label}` : row.label;
  return [{ label, scheduler: row.second.key.scheduler, at: evidence.change, from: evidence.from, to: evidence.to, verdict }];
}

/** `mean latency`, `p98 latency`; the others as tables call them. */
function nameOf(metric: Metric): string {
  return titleOf(metric).replace(/^latency (.*), ms$/, '$1 latency').replace(', ms', '');
}

/** A figure a metric: the change of each row with its 95 % interval. `title`: of what against what. */
export function comparisonFigures(diff: Diff, shown: readonly Metric[], { title, withPlace }: { readonly title: string; readonly withPlace: boolean }): Figure[] {
  return byMetric(diff, shown).flatMap(([metric, comparisons]) => {
    const rows = comparisons.flatMap((comparison) => rowOf(comparison, withPlace));
    const unknown = comparisons.length - rows.length;
    if (rows.length === 0) return [];
    return [
      {
        id: `change-${metric.name.replaceAll(/[^A-Za-z0-9]+/g, '-')}`,
        title: `Change of the ${nameOf(metric)}${title}`,
        how: `The point is the change, the line its 95 % interval: bootstrap over ${unitsOf(comparisons)}. Filled: a difference is shown, corrected for all comparisons made with it; hollow: it is not. Less is better.`,
        caveats: unknown === 0 ? [] : [`${unknown} of ${comparisons.length} rows have no interval: too few data, or a value of 0`],
        chart: { kind: 'intervals', value: { name: `change of ${nameOf(metric)}`, unit: 'share', scale: 'linear' }, rows },
      } satisfies Figure,
    ];
  });
}

function unitsOf(comparisons: readonly Comparison[]): string {
  const units = new Set(comparisons.flatMap(({ units: each }) => each ?? []));
  const words = { runs: 'runs', pairs: 'pairs of runs that did the same work', blocks: 'blocks of time within a run' };
  return [...units].map((unit) => words[unit]).join(' or ');
}
