import { latencyPartNames, type LatencyPartName } from '../core/index.js';
import type { CellSummary } from '../results/index.js';

export type LatencySeries = 'total' | LatencyPartName;
export const latencySeries: readonly LatencySeries[] = ['total', ...latencyPartNames];

/** What a metric is made of, where it can also be made of the invocations of a stretch of time. */
export type BlockStatistic =
  | { readonly kind: 'mean'; readonly series: LatencySeries }
  | { readonly kind: 'quantile'; readonly series: LatencySeries; readonly q: number }
  | { readonly kind: 'coldStartShare' };

type MetricUnit = 'ms' | 'containers' | 'GB·s' | 'CPU·s' | 'share';

/** A number of a run by which two are compared; less is better. */
export interface Metric {
  /** As thresholds name it: `p98` and `mean` of the total latency, `queue.p98` of a part, `containers`. */
  readonly name: string;
  readonly unit: MetricUnit;
  /** Whether it is shown when nobody asks for others. */
  readonly headline: boolean;
  /** Of one run; null when it is not known. */
  valueOf(summary: CellSummary): number | null;
  /** Undefined where a run has one value and no more. */
  readonly statistic: BlockStatistic | undefined;
}

const quantiles = { p50: 0.5, p98: 0.98, p99: 0.99 } as const;

function latencyMetrics(series: LatencySeries): Metric[] {
  const prefix = series === 'total' ? '' : `${series}.`;
  const headline = series === 'total';
  const names = Object.keys(quantiles) as (keyof typeof quantiles)[];
  return [
    { name: `${prefix}mean`, unit: 'ms', headline, valueOf: ({ latencyMs }) => latencyMs[series].mean, statistic: { kind: 'mean', series } },
    ...names.map((name): Metric => ({ name: `${prefix}${name}`, unit: 'ms', headline, valueOf: ({ latencyMs }) => latencyMs[series][name], statistic: { kind: 'quantile', series, q: quantiles[name] } })),
  ];
}

/** All metrics, those of the total latency first. `coldStartShare`: of the completed invocations, those that waited for a container that was starting. `failedShare`: of all invocations, those that did not complete. */
export const metrics: readonly Metric[] = [
  ...latencyMetrics('total'),
  { name: 'containers', unit: 'containers', headline: true, valueOf: ({ containers }) => containers.launched, statistic: undefined },
  { name: 'gbSeconds', unit: 'GB·s', headline: true, valueOf: ({ memory }) => memory.gbSeconds, statistic: undefined },
  { name: 'cpuSeconds', unit: 'CPU·s', headline: true, valueOf: ({ cpu }) => cpu.coreSeconds, statistic: undefined },
  {
    name: 'coldStartShare',
    unit: 'share',
    headline: true,
    valueOf: ({ coldStarts, invocations }) => (coldStarts === undefined || invocations.completed === 0 ? null : coldStarts / invocations.completed),
    statistic: { kind: 'coldStartShare' },
  },
  {
    name: 'failedShare',
    unit: 'share',
    headline: true,
    valueOf: ({ invocations: { arrived, completed } }) => (arrived === 0 ? null : (arrived - completed) / arrived),
    statistic: undefined,
  },
  ...latencyPartNames.flatMap(latencyMetrics),
];
