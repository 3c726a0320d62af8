import { leastLogMs, type Figure, type LineSeries } from '../../charts/index.js';
import { having, ofRow, withoutIt, type FigureRow, type FigureSource } from './figure-rows.js';
import type { LatencyCurve } from './latency-curve.js';
import { grouping } from './rounded.js';

type Curved = readonly (readonly [row: FigureRow, curve: LatencyCurve])[];

function shapeOf({ from }: LatencyCurve): LineSeries['shape'] {
  return from === 'percentiles' ? 'points' : 'line';
}

function fromTo(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? grouping(least) : `${grouping(least)} to ${grouping(most)}`;
}

function drawnOf(curves: readonly LatencyCurve[]): string {
  const counts = fromTo(curves.map(({ count }) => count));
  if (curves.every(({ points, count }) => points.length === count)) return `drawn are all ${counts} of a row`;
  return `drawn are ${fromTo(curves.map(({ points }) => points.length))} of ${counts} a row, each the latency of an invocation, more of them in the tail`;
}

/** Of what a kind of curves is, and how much of it is drawn. */
function sourceOf(curved: Curved): string {
  const counts = (from: LatencyCurve['from']): LatencyCurve[] => curved.flatMap(([, curve]) => (curve.from === from ? [curve] : []));
  const [rows, histograms, percentiles] = [counts('rows'), counts('histogram'), counts('percentiles')];
  return [
    ...(rows.length === 0
      ? []
      : [`Total latency of completed invocations, those of all valid repetitions together; ${drawnOf(rows)}.`]),
    ...(histograms.length === 0 ? [] : [`Without rows, from the stored histogram: total latency of ${fromTo(histograms.map(({ count }) => count))} completed invocations, to three significant digits.`]),
    ...(percentiles.length === 0 ? [] : ['Marks alone are the percentiles that the summary has: neither rows nor a histogram are stored.']),
  ].join(' ');
}

function caveatsOf(curved: Curved, without: readonly FigureRow[], source: FigureSource): string[] {
  const rowsOf = (holds: (curve: LatencyCurve) => boolean): FigureRow[] => curved.flatMap(([row, curve]) => (holds(curve) ? [row] : []));
  const mixed = new Set(curved.map(([, { from }]) => from)).size > 1;
  return [
    ...source.caveats,
    ...(mixed ? [...withoutIt(rowsOf(({ from }) => from === 'histogram'), 'from the stored histogram'), ...withoutIt(rowsOf(({ from }) => from === 'percentiles'), 'from the stored percentiles')] : []),
    ...withoutIt(without, 'no latency of a completed invocation is known'),
    ...withoutIt(rowsOf(({ ofFirst }) => ofFirst), 'the first of several repetitions alone, as there are no rows'),
    ...withoutIt(rowsOf(({ points }) => (points[0] as readonly [number, number])[0] < leastLogMs), `latencies below ${leastLogMs} ms are drawn at ${leastLogMs} ms`),
  ];
}

/** Whether at least one latency in expectation lies beyond: otherwise too few to name it. */
function canBeNamed({ count }: LatencyCurve, share: number): boolean {
  return count * (1 - share) >= 1 - 1e-9;
}

/** Two views of how the total latency is distributed: the shares up to each latency, and the latency at each percentile. */
export function latencyDistributions(source: FigureSource): Figure[] {
  const { with: curved, without } = having(source.rows, ({ data }) => data.latency);
  if (curved.length === 0) return [];
  const how = sourceOf(curved);
  const caveats = caveatsOf(curved, without, source);
  const clamped = (ms: number): number => Math.max(leastLogMs, ms);
  const latency = { name: 'latency', unit: 'ms', scale: 'log' } as const;
  const series = (pointsOf: (curve: LatencyCurve) => LineSeries['points']): LineSeries[] =>
    curved.flatMap(([row, curve]) => {
      const points = pointsOf(curve);
      return points.length === 0 ? [] : [{ ...ofRow(row), shape: shapeOf(curve), points }];
    });
  const percentiles = series((curve) => curve.points.filter(([, share]) => canBeNamed(curve, share)).map(([ms, share]) => [share, clamped(ms)]));
  const unnamed = curved.filter(([row]) => !percentiles.some(({ label }) => label === row.label)).map(([row]) => row);
  return [
    {
      id: 'latency-cdf',
      title: 'Latency: share of invocations up to it',
      how,
      caveats,
      chart: { kind: 'lines', x: latency, y: { name: 'share of completed invocations', unit: 'share', scale: 'linear' }, series: series(({ points }) => points.map(([ms, share]) => [clamped(ms), share])) },
    },
    ...(percentiles.length === 0
      ? []
      : [
          {
            id: 'latency-percentiles',
            title: 'Latency by percentile',
            how: `${how} A percentile is drawn where at least one invocation lies beyond it.`,
            caveats: [...caveats, ...withoutIt(unnamed, 'too few invocations to name a percentile')],
            chart: { kind: 'lines', x: { name: 'percentile', unit: '', scale: 'percentile' }, y: latency, series: percentiles },
          } as const,
        ]),
  ];
}
