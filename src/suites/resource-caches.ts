import { cachePolicies, FbbError, isLimited, noSharing, unboundedSharing, type ResourceCache, type SchedulerDefinition } from '../core/index.js';
import type { CellKey } from '../results/index.js';

/** As a suite lists them. */
interface ListedCaches {
  readonly policies: readonly ResourceCache['policy'][];
  readonly capacities: readonly number[];
}

/** How the containers of a cell share resources, and what tells the cell from its twins by it. */
interface CellCache {
  readonly cache: ResourceCache;
  readonly parameters: CellKey['parameters'];
  /** For the id of the cell. */
  readonly suffix: string;
}

/** Reads `lru:10`, `unbounded`, `off`; throws FBB_ERR_USAGE. */
export function readResourceCache(text: string): ResourceCache {
  const [, name = '', capacityText] = /^([a-z]+)(?::(\d+))?$/.exec(text) ?? [];
  const policy = cachePolicies.find((known) => known === name);
  const capacity = capacityText === undefined ? undefined : Number(capacityText);
  const refuse = (why: string): FbbError => new FbbError('FBB_ERR_USAGE', `--cache ${text}: ${why}.`, { fix: `Use one of: ${cachePolicies.map((known) => (isLimited(known) ? `${known}:<capacity>` : known)).join(', ')}.` });
  if (policy === undefined) throw refuse('there is no such policy');
  if (isLimited(policy) !== (capacity !== undefined)) throw refuse(isLimited(policy) ? 'it needs a capacity' : 'it takes no capacity');
  if (capacity !== undefined && (capacity < 1 || capacity > 1_000_000)) throw refuse('the capacity must be a whole number from 1 to 1000000');
  return capacity === undefined ? { policy } : { policy, capacity };
}

export function formatResourceCache({ policy, capacity }: ResourceCache): string {
  return capacity === undefined ? policy : `${policy}:${capacity}`;
}

function named(cache: ResourceCache): CellCache {
  const { policy, capacity } = cache;
  return {
    cache,
    parameters: { cache: policy, ...(capacity === undefined ? {} : { cacheCapacity: capacity }) },
    suffix: `.${policy}${capacity === undefined ? '' : `-${capacity}`}`,
  };
}

/** The caches that cells of a scheduler run with: those that the experiment lists, or the one that the scheduler comes with. */
export function cachesOf(listed: ListedCaches | undefined, { multiplexing }: SchedulerDefinition): CellCache[] {
  if (listed === undefined) return [{ cache: multiplexing ? unboundedSharing : noSharing, parameters: {}, suffix: '' }];
  return listed.policies.flatMap((policy) => (isLimited(policy) ? listed.capacities.map((capacity) => named({ policy, capacity })) : [named({ policy })]));
}

/** One for all cells, as the command line names it. */
export function onlyCache(cache: ResourceCache): ListedCaches {
  return { policies: [cache.policy], capacities: cache.capacity === undefined ? [] : [cache.capacity] };
}
