import type { CellKey } from './schema.js';

type Parameters = CellKey['parameters'];

/** Names of the options that are not the same in all of them. */
function differingOptions(twins: readonly Parameters[]): string[] {
  const names = new Set(twins.flatMap((parameters) => Object.keys(parameters)));
  return [...names].filter((name) => new Set(twins.map((parameters) => parameters[name])).size > 1);
}

/** The scheduler of a cell, with the options that tell it from its twins among `cells`: those of its experiment and workload with the same scheduler. */
export function labelOf(cell: Omit<CellKey, 'id' | 'repetition'>, cells: readonly Omit<CellKey, 'id' | 'repetition'>[]): string {
  const twins = cells.filter((other) => other.experiment === cell.experiment && other.workload === cell.workload && other.scheduler === cell.scheduler);
  const differing = differingOptions(twins.map(({ parameters }) => parameters)).filter((name) => name in cell.parameters);
  return [cell.scheduler, ...differing.map((name) => `${name}=${String(cell.parameters[name])}`)].join(' ');
}
