import type { Axis, Figure } from '../../charts/index.js';
import { firstOfSeveral, having, ofRow, withoutIt, type FigureRow, type FigureSource } from './figure-rows.js';
import type { SampledCurve } from './samples.js';

type Named = Pick<Figure, 'id' | 'title' | 'how'> & { readonly y: Axis };

function overTime({ rows, caveats }: FigureSource, pick: (row: FigureRow) => SampledCurve | undefined, { id, title, how, y }: Named): Figure[] {
  const { with: known, without } = having(rows, pick);
  if (known.length === 0) return [];
  const binned = known.filter(([, { readingsAPoint }]) => readingsAPoint > 1);
  return [
    {
      id,
      title,
      how,
      caveats: [
        ...caveats,
        ...firstOfSeveral(known.map(([row]) => row)),
        ...withoutIt(without, 'not sampled'),
        ...binned.map(([{ label }, { readingsAPoint }]) => `${label}: each point is the mean of ${readingsAPoint} readings`),
      ],
      chart: { kind: 'lines', x: { name: 'time', unit: 's', scale: 'linear' }, y, series: known.map(([row, { points }]) => ({ ...ofRow(row), shape: 'line', points })) },
    },
  ];
}

const memoryMeanings = {
  pss: 'PSS, in which a page that several containers share counts in parts',
  rss: 'RSS, which counts a shared page in every container',
  cgroup: 'what control groups are charged for, without idle file pages',
  'docker-stats': "as Docker's stats tell",
  model: 'as the model says',
} as const;

/** What sampling saw: memory of the containers and CPU of the host. Simulations are not sampled. */
export function usageOverTime(source: FigureSource): Figure[] {
  const sources = [...new Set(source.rows.flatMap(({ data }) => data.memorySource ?? []))];
  const meaning = sources.length === 0 ? '' : ` (${sources.map((name) => memoryMeanings[name]).join('; ')})`;
  return [
    ...overTime(source, ({ data }) => data.samples?.memoryMb, {
      id: 'memory-over-time',
      title: 'Memory of all containers over time',
      how: `Memory of the containers of each round of samples added up, in MB${meaning}. Where a container has no reading in a round its last one holds; before its first it counts as nothing.`,
      y: { name: 'memory of all containers', unit: 'MB', scale: 'linear' },
    }),
    ...overTime(source, ({ data }) => data.samples?.hostCpuPercent, {
      id: 'cpu-over-time',
      title: 'CPU of the host over time',
      how: 'CPU use of the whole host, the harness and everything else on it included, at each stored round of samples; 100 % is all cores.',
      y: { name: 'CPU of the host', unit: '%', scale: 'linear' },
    }),
  ];
}
