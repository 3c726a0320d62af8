import type { Figure } from '../../charts/index.js';
import { multiplesOf } from '../clairvoyant.js';
import { formatMs } from '../formats.js';
import { having, ofRow, withoutIt, type FigureRow, type FigureSource } from './figure-rows.js';

/** How far each scheduler is from what a clairvoyant policy would reach. */
export function bound({ rows, caveats, reference }: FigureSource): Figure[] {
  if (reference === undefined) return [];
  const multipleOf = ({ data }: FigureRow): number | undefined => {
    const [own] = multiplesOf(data.runs.filter(({ valid }) => valid), reference);
    return own === undefined || own.multiple <= 0 ? undefined : Number(own.multiple.toPrecision(6));
  };
  const { with: known, without } = having(rows, multipleOf);
  if (known.length === 0) return [];
  return [
    {
      id: 'bound',
      title: 'Mean latency against the clairvoyant reference',
      how: `Mean latency over the valid repetitions as a multiple of ${formatMs(reference.meanMs)} ms, which a clairvoyant policy would reach with the same work (${reference.how}).`,
      caveats: [...caveats, ...withoutIt(without, 'without a valid mean latency')],
      chart: {
        kind: 'bars',
        rows: known.map(([row]) => ofRow(row)),
        value: { name: 'multiple of the reference', unit: '×', scale: 'log' },
        series: [{ label: 'multiple of the reference', role: 'own', values: known.map(([, multiple]) => multiple) }],
        stacked: false,
      },
    },
  ];
}
