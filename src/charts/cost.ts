import type { BarChart, CostChart } from './chart.js';

/** What a reader may change. Money is in whatever currency the prices are in. */
export interface PriceModel {
  readonly perGbSecond: number;
  readonly perMillionInvocations: number;
  /** Whose memory is paid: what containers used over their lives, or what they could have used. */
  readonly memory: 'measured' | 'provisioned';
}

/** List prices of AWS Lambda on x86 in us-east-1 (2025), in US dollars: a start, to be changed. */
export const usualPrices: PriceModel = { perGbSecond: 0.0000166667, perMillionInvocations: 0.2, memory: 'measured' };

/** The cost of a million invocations like those of the run, a bar a scheduler, its two parts on each other. */
export function costBars({ rows }: CostChart, prices: PriceModel): BarChart {
  const memoryCosts = rows.map(({ measuredGbSeconds, provisionedGbSeconds, invocations }) => {
    const gbSeconds = prices.memory === 'measured' ? measuredGbSeconds : provisionedGbSeconds;
    return gbSeconds === null || invocations === 0 ? null : ((gbSeconds * prices.perGbSecond) / invocations) * 1e6;
  });
  return {
    kind: 'bars',
    rows,
    value: { name: 'cost of a million invocations', unit: '$', scale: 'linear' },
    series: [
      { label: 'memory', role: 'own', values: memoryCosts },
      { label: 'invocations', role: 'reference', values: memoryCosts.map((cost) => (cost === null ? null : prices.perMillionInvocations)) },
    ],
    stacked: true,
  };
}
