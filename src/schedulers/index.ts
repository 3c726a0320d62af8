import { Registry, type SchedulerDefinition } from '../core/index.js';
import { baseline } from './baseline.js';
import { batchingExpanding } from './batching-expanding.js';
import { batching } from './batching.js';
import { continuous } from './continuous.js';
import { kraken } from './kraken.js';
import { sfs } from './sfs.js';
import { vanilla } from './vanilla.js';

/** The schedulers that ship with the harness. Adding one: its file, its row here, and it passes test/schedulers/contract.test.ts. */
export function builtinSchedulers(): Registry<SchedulerDefinition> {
  return new Registry<SchedulerDefinition>('scheduler', 'FBB_ERR_SCHEDULER_UNKNOWN', [vanilla, sfs, kraken, baseline, batching, batchingExpanding, continuous]);
}
