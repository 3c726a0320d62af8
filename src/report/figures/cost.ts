import type { CostRow, Figure } from '../../charts/index.js';
import type { CellSummary, Manifest } from '../../results/index.js';
import { having, ofRow, withoutIt, type FigureRow, type FigureSource } from './figure-rows.js';
import { rounded } from './rounded.js';

const mbPerGb = 1_024;

/** Null where one of them is not known: a mean over some would pass for one over all. */
function meanOf(runs: readonly CellSummary[], pick: (run: CellSummary) => number | null): number | null {
  const known = runs.flatMap((run) => pick(run) ?? []);
  return known.length < runs.length || known.length === 0 ? null : rounded(known.reduce((sum, value) => sum + value, 0) / known.length, 6);
}

function costRow(row: FigureRow, { settings }: Manifest): CostRow | undefined {
  const { runs } = row.data;
  const { containerMemoryMb } = settings;
  const measuredGbSeconds = meanOf(runs, ({ memory }) => memory.gbSeconds);
  const provisionedGbSeconds = containerMemoryMb === null ? null : meanOf(runs, ({ containers }) => (containers.containerSeconds === null ? null : (containers.containerSeconds * containerMemoryMb) / mbPerGb));
  const invocations = meanOf(runs, (run) => run.invocations.completed) ?? 0;
  return invocations === 0 || (measuredGbSeconds === null && provisionedGbSeconds === null) ? undefined : { ...ofRow(row), measuredGbSeconds, provisionedGbSeconds, invocations };
}

/** What a million invocations would cost. */
export function cost({ rows, caveats, manifest }: FigureSource): Figure[] {
  const { with: known, without } = having(rows, (row) => costRow(row, manifest));
  if (known.length === 0) return [];
  const { containerMemoryMb } = manifest.settings;
  const memory = rows.every(({ data }) => data.memorySource === 'model') ? 'memory as the model of the simulation says' : 'measured memory';
  const unmeasured = known.flatMap(([row, { measuredGbSeconds }]) => (measuredGbSeconds === null ? [row] : []));
  return [
    {
      id: 'cost',
      title: 'Cost of a million invocations',
      how: `GB·s of all containers of a repetition and the invocations that completed in it, means over the valid ones: ${memory} over the lives of the containers${containerMemoryMb === null ? '' : `, or the ${containerMemoryMb} MB that each may use`}.`,
      caveats: [...caveats, ...withoutIt(without, 'GB·s are not known, or nothing completed'), ...withoutIt(unmeasured, 'memory was not measured')],
      chart: { kind: 'cost', rows: known.map(([, row]) => row) },
    },
  ];
}
