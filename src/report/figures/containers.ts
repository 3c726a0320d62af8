import type { Figure } from '../../charts/index.js';
import { firstOfSeveral, having, ofRow, withoutIt, type FigureSource } from './figure-rows.js';
import { rounded } from './rounded.js';

/** How many containers were launched, and how many there were over time. */
export function containerFigures({ rows, caveats }: FigureSource): Figure[] {
  return [...launched(rows, caveats), ...alive(rows, caveats)];
}

function launched(rows: FigureSource['rows'], caveats: readonly string[]): Figure[] {
  const { with: known, without } = having(rows, ({ average }) => average.containers);
  if (known.length === 0) return [];
  return [
    {
      id: 'containers',
      title: 'Containers launched',
      how: 'Containers launched in a repetition, mean over the valid ones.',
      caveats: [...caveats, ...withoutIt(without, 'how many containers there were is not known')],
      chart: {
        kind: 'bars',
        rows: known.map(([row]) => ofRow(row)),
        value: { name: 'containers', unit: '', scale: 'linear' },
        series: [{ label: 'containers launched', role: 'own', values: known.map(([, containers]) => rounded(containers, 3)) }],
        stacked: false,
      },
    },
  ];
}

function alive(rows: FigureSource['rows'], caveats: readonly string[]): Figure[] {
  const { with: known, without } = having(rows, ({ data }) => data.alive);
  if (known.length === 0) return [];
  const thinned = known.filter(([, { points, changes }]) => points.length < changes);
  return [
    {
      id: 'containers-over-time',
      title: 'Containers alive over time',
      how: 'Containers from the launch of each until it was retired, by the time since the start of the cell.',
      caveats: [
        ...caveats,
        ...firstOfSeveral(known.map(([row]) => row)),
        ...withoutIt(without, 'when containers lived is not known'),
        ...thinned.map(([{ label }, { points, changes }]) => `${label}: ${points.length} of ${changes} changes are drawn, of each stretch of time the greatest and the last`),
      ],
      chart: {
        kind: 'lines',
        x: { name: 'time', unit: 's', scale: 'linear' },
        y: { name: 'containers alive', unit: '', scale: 'linear' },
        series: known.map(([row, { points }]) => ({ ...ofRow(row), shape: 'step', points })),
      },
    },
  ];
}
