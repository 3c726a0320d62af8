import { FbbError, type Registry, type SchedulerDefinition } from '../core/index.js';
import type { PlannedCell } from './planned-cell.js';

/** Whether every option that both have is equal. */
function agree(a: PlannedCell, b: PlannedCell): boolean {
  return Object.entries(a.key.parameters).every(([option, value]) => !(option in b.key.parameters) || b.key.parameters[option] === value);
}

/** Refuses a `profileOf` that no suite could satisfy. */
function checkProfileOf({ name, profileOf }: SchedulerDefinition, schedulers: Registry<SchedulerDefinition>): void {
  if (profileOf === undefined || (schedulers.has(profileOf) && profileOf !== name)) return;
  const others = schedulers.names().filter((other) => other !== name);
  throw new FbbError('FBB_ERR_PROFILE_MISSING', `Scheduler '${name}' has profileOf '${profileOf}', and there is no other scheduler of this name.`, {
    fix: `Put one of these into its profileOf: ${others.join(', ')}.`,
  });
}

/** The cell among its neighbours that a cell is to learn from. */
function profileCellFor(cell: PlannedCell, neighbours: readonly PlannedCell[]): PlannedCell | undefined {
  const { profileOf } = cell.definition;
  if (profileOf === undefined) return undefined;
  const { scheduler, workload, experiment } = cell.key;
  const candidates = neighbours.filter(({ key }) => key.scheduler === profileOf && key.scheduler !== scheduler);
  const agreeing = candidates.filter((candidate) => agree(cell, candidate));
  const found = agreeing.length > 0 ? agreeing : candidates;
  if (found.length === 1) return found[0];
  if (agreeing.length > 1) return agreeing[0];
  if (found.length === 0) {
    throw new FbbError('FBB_ERR_PROFILE_MISSING', `Scheduler '${scheduler}' needs a cell of '${profileOf}' on the same workload, and '${experiment}' runs none on ${workload}.`, {
      fix: `Add ${profileOf} to --schedulers, or to the experiment in the suite.`,
    });
  }
  throw new FbbError('FBB_ERR_PROFILE_MISSING', `${cell.key.id} needs a cell of '${profileOf}' with the same options, and has the choice between ${found.map(({ key }) => key.id).join(', ')}.`, {
    fix: `Give '${scheduler}' the options of one of them.`,
  });
}

/**
 * Puts every cell that learns from another one behind it, and names that one to it. The cells are those of one experiment, workload
 * and repetition; their order is kept otherwise.
 */
export function orderByProfile(cells: readonly PlannedCell[], schedulers: Registry<SchedulerDefinition>): PlannedCell[] {
  for (const { definition } of cells) checkProfileOf(definition, schedulers);
  const waiting = cells.map((cell) => ({ cell, profileCell: profileCellFor(cell, cells)?.key.id }));
  const ordered: PlannedCell[] = [];
  const done = new Set<string>();
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ profileCell }) => profileCell === undefined || done.has(profileCell));
    const [entry] = waiting.splice(Math.max(next, 0), 1);
    if (entry === undefined || next < 0) {
      throw new FbbError('FBB_ERR_PROFILE_MISSING', `Schedulers that each need a cell of the other cannot run: ${[...new Set(cells.filter(({ definition }) => definition.profileOf).map(({ key }) => key.scheduler))].join(', ')}.`);
    }
    ordered.push(entry.profileCell === undefined ? entry.cell : { ...entry.cell, profileCell: entry.profileCell });
    done.add(entry.cell.key.id);
  }
  return ordered;
}

/** The first cell that can run by itself: one that learns from no other and asks nothing special of the backend. */
export function firstIndependent(cells: readonly PlannedCell[]): PlannedCell | undefined {
  return cells.find(({ definition }) => definition.profileOf === undefined && definition.requires.length === 0);
}
