import type { Figure } from '../../charts/index.js';
import { latencyPartNames, type LatencyPartName } from '../../core/index.js';
import { having, ofRow, withoutIt, type FigureRow, type FigureSource } from './figure-rows.js';
import { rounded } from './rounded.js';

const labels: Readonly<Record<LatencyPartName, string>> = { lag: 'lag', scheduling: 'scheduling', coldStart: 'cold start', queue: 'queue', execution: 'execution', response: 'response' };

function valueOf({ average }: FigureRow, part: LatencyPartName): number | null {
  const ms = average.partsMs[part];
  return ms === null ? null : rounded(ms, 4);
}

/** The mean of each part of the latency, on each other: together they are the mean latency. */
export function latencyParts({ rows, caveats }: FigureSource): Figure[] {
  const { with: known, without } = having(rows, ({ average }) => (latencyPartNames.some((part) => average.partsMs[part] !== null) ? average : undefined));
  if (known.length === 0) return [];
  const shown = known.map(([row]) => row);
  const measured = latencyPartNames.filter((part) => shown.some((row) => valueOf(row, part) !== null));
  const unknown = latencyPartNames.flatMap((part) => withoutIt(shown.filter((row) => valueOf(row, part) === null), `${labels[part]} is not known`));
  return [
    {
      id: 'latency-parts',
      title: 'Where the time goes',
      how: 'Mean of each part of the latency over the completed invocations of a repetition, in ms, and of these the mean over the valid repetitions; together they are the mean latency.',
      caveats: [...caveats, ...withoutIt(without, 'no part of the latency is known'), ...unknown],
      chart: {
        kind: 'bars',
        rows: shown.map(ofRow),
        value: { name: 'mean latency', unit: 'ms', scale: 'linear' },
        series: measured.map((part) => ({ label: labels[part], role: part, values: shown.map((row) => valueOf(row, part)) })),
        stacked: true,
      },
    },
  ];
}
