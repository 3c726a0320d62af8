import type { Figure } from '../../charts/index.js';
import { baseFor, changeOf, publishedBy, publishedChanges } from '../changes.js';
import { having, ofRow, withoutIt, type FigureRow, type FigureSource } from './figure-rows.js';
import { rounded } from './rounded.js';

/** What is compared with the paper. */
const metrics = [
  { id: 'published', metric: 'meanMs', name: 'mean latency' },
  { id: 'published-containers', metric: 'containers', name: 'number of containers' },
] as const;

function percent(share: number | null): number | null {
  return share === null ? null : rounded(share * 100, 3);
}

/** The change against the base of the set, ours beside the published one; none of sets without published figures. */
export function published(source: FigureSource): Figure[] {
  const { manifest, rows } = source;
  const { base } = manifest;
  const bases = rows.filter(({ scheduler }) => scheduler === base).map(({ average }) => average);
  const { with: known, without } = having(
    rows.filter(({ scheduler }) => scheduler !== base),
    ({ average }) => publishedChanges(manifest, average),
  );
  if (known.length === 0) return [];
  return metrics.flatMap(({ id, metric, name }): Figure[] => {
    const theirs = known.map(([, changes]) => percent(changes[metric]));
    const ours = known.map(([{ average }]) => {
      const own = baseFor(average, bases, manifest);
      return average.comparable && own?.comparable === true ? percent(changeOf(average[metric], own[metric])) : null;
    });
    const unknown = known.flatMap(([row], index): FigureRow[] => (ours[index] === null ? [row] : []));
    return [
      {
        id,
        title: `Change of the ${name} against ${base}, here and in the paper`,
        how: `Change of the ${name} against ${base} in %, a reduction negative: here of the means over the valid repetitions, and as published (${publishedBy(manifest)}).`,
        caveats: [...source.caveats, ...withoutIt(without, 'not in the paper'), ...withoutIt(unknown, `no valid ${base} here to compare with, or no valid number`)],
        chart: {
          kind: 'bars',
          rows: known.map(([row]) => ofRow(row)),
          value: { name: `change of the ${name}`, unit: '%', scale: 'linear' },
          series: [
            { label: 'here', role: 'own', values: ours },
            { label: 'paper', role: 'reference', values: theirs },
          ],
          stacked: false,
        },
      },
    ];
  });
}
