import type { Figure } from '../../charts/index.js';
import type { FigureSource } from './figure-rows.js';
import { grouping } from './rounded.js';

/** The load, which is the same for all schedulers. */
export function arrivals({ rows }: FigureSource): Figure[] {
  const known = rows.flatMap(({ data }) => data.arrivals ?? []);
  const [first] = known;
  if (first === undefined) return [];
  const differs = rows.some(({ data }) => data.workloadHashes.some((hash) => hash !== first.workloadHash));
  return [
    {
      id: 'arrivals',
      title: 'Arrivals over time',
      how: `Intended arrivals of ${grouping(first.invocations)} invocations in bins of ${first.binMs / 1_000} s, per second.`,
      caveats: differs ? [`not all cells have the same work: this is that of ${first.cell}`] : [],
      chart: {
        kind: 'lines',
        x: { name: 'time', unit: 's', scale: 'linear' },
        y: { name: 'arrivals per second', unit: '', scale: 'linear' },
        series: [{ label: 'arrivals', shape: 'step', points: first.points }],
      },
    },
  ];
}
