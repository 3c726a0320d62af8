import type { ResourceCache, SchedulerDefinition, Workload } from '../core/index.js';
import type { CellKey } from '../results/index.js';

/** A cell, ready to run. */
export interface PlannedCell {
  readonly key: CellKey;
  readonly definition: SchedulerDefinition;
  readonly options: unknown;
  readonly workload: Workload;
  readonly resourceCache: ResourceCache;
  /** Where its scheduler, with these options and this cache, stands among the runs of the experiment. */
  readonly position: number;
  /** Id of the cell whose measurements the scheduler is given. */
  readonly profileCell?: string;
}
