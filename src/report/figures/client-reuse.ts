import type { Figure } from '../../charts/index.js';
import { having, ofRow, withoutIt, type FigureSource } from './figure-rows.js';
import { rounded } from './rounded.js';

/** How many requests for clients found one; none where invocations asked for none. */
export function clientReuse({ rows, caveats }: FigureSource): Figure[] {
  const { with: known, without } = having(rows, ({ average }) => average.resources?.hitRate ?? null);
  if (known.length === 0) return [];
  const ideals = known.map(([{ average }]) => average.resources?.idealHitRate ?? null);
  const hasIdeal = ideals.some((ideal) => ideal !== null);
  return [
    {
      id: 'client-reuse',
      title: 'Requests for a client that found one',
      how: `Share of all requests of the valid repetitions that got a client that was there already.${hasIdeal ? ' Dashed: what optimal replacement would have reached with the same requests in the same containers and the same capacity.' : ''}`,
      caveats: [...caveats, ...withoutIt(without, 'no requests for clients')],
      chart: {
        kind: 'bars',
        rows: known.map(([row]) => ofRow(row)),
        value: { name: 'share of requests', unit: 'share', scale: 'linear' },
        series: [
          { label: 'found one', role: 'own', values: known.map(([, rate]) => rounded(rate, 6)) },
          ...(hasIdeal ? [{ label: 'optimal replacement', role: 'reference' as const, values: ideals.map((ideal) => (ideal === null ? null : rounded(ideal, 6))) }] : []),
        ],
        stacked: false,
      },
    },
  ];
}
