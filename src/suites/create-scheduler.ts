import { createRng, describeError, FbbError, type CellProfile, type Scheduler } from '../core/index.js';
import type { HookWatch } from '../engine/index.js';
import { createFromPlugin } from '../plugins/index.js';
import type { PlannedCell } from './planned-cell.js';

interface CreateSettings {
  readonly seed: number;
  readonly profile: CellProfile | undefined;
  readonly log: (line: string) => void;
  readonly hookWatch: HookWatch | undefined;
}

/** A plug-in may return anything, whatever its types say. */
function checkServiceSlice(schedulerName: string, sliceMs: unknown): number | undefined {
  if (sliceMs === undefined || (typeof sliceMs === 'number' && Number.isFinite(sliceMs) && sliceMs > 0)) return sliceMs;
  const what = typeof sliceMs === 'number' ? sliceMs : JSON.stringify(sliceMs);
  throw new FbbError('FBB_ERR_PLUGIN_INVALID', `Scheduler '${schedulerName}' cannot be used: serviceSliceMs returned ${what}; it must be a number of ms above 0, or undefined.`);
}

/** Makes the scheduler of a cell. What it throws is an FbbError. */
export function createScheduler({ definition, options, key, resourceCache }: PlannedCell, { seed, profile, log, hookWatch }: CreateSettings): { readonly scheduler: Scheduler; readonly serviceSliceMs: number | undefined } {
  hookWatch?.entered('create');
  try {
    const scheduler = createFromPlugin(definition, options, { rng: createRng(seed).derive(`scheduler ${key.id}`), profile, resourceCache, log });
    return { scheduler, serviceSliceMs: checkServiceSlice(key.scheduler, definition.serviceSliceMs?.(options)) };
  } catch (thrown) {
    if (thrown instanceof FbbError) throw thrown;
    throw new FbbError('FBB_ERR_SCHEDULER_THREW', `Scheduler '${key.scheduler}' threw while it was created: ${describeError(thrown)}.`, { cause: thrown });
  } finally {
    hookWatch?.left();
  }
}
