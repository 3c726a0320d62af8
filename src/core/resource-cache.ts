export const cachePolicies = ['off', 'unbounded', 'lru', 'lfu', 'gdsf', 'random'] as const;
type CachePolicy = (typeof cachePolicies)[number];

/** How a container shares resources (clients, connections) between its invocations: `off` makes one for each request. */
export interface ResourceCache {
  readonly policy: CachePolicy;
  /** Most resources that are kept at a time; undefined for `off` and `unbounded`, which need none. */
  readonly capacity?: number | undefined;
}

/** Whether it keeps at most so many resources, and so needs a capacity. */
export function isLimited(policy: CachePolicy): boolean {
  return policy !== 'off' && policy !== 'unbounded';
}

export const noUsage: ResourceUsage = { hits: 0, misses: 0, failures: 0, evictions: 0, broken: 0, peak: 0, creationMs: 0, savedBytes: 0 };

/** Of two that share nothing with each other; their peaks may not have been at the same time, so that of both is at most their sum. */
export function addUsage(a: ResourceUsage, b: ResourceUsage): ResourceUsage {
  return combine(a, b, 1);
}

/** What has come since `before`. */
export function usageSince(before: ResourceUsage, now: ResourceUsage): ResourceUsage {
  return combine(now, before, -1);
}

function combine(a: ResourceUsage, b: ResourceUsage, sign: 1 | -1): ResourceUsage {
  return {
    hits: a.hits + sign * b.hits,
    misses: a.misses + sign * b.misses,
    failures: a.failures + sign * b.failures,
    evictions: a.evictions + sign * b.evictions,
    broken: a.broken + sign * b.broken,
    peak: a.peak + sign * b.peak,
    creationMs: a.creationMs + sign * b.creationMs,
    savedBytes: a.savedBytes + sign * b.savedBytes,
  };
}

export const noSharing: ResourceCache = { policy: 'off' };
export const unboundedSharing: ResourceCache = { policy: 'unbounded' };

/** What became of the requests for resources in one container. Every request is a hit or a miss. */
export interface ResourceUsage {
  /** Served by a resource that was there, or that another request was just making. */
  readonly hits: number;
  /** Began a creation. */
  readonly misses: number;
  /** Creations that failed; they are among the misses. */
  readonly failures: number;
  /** Taken out of the cache to make room for another. */
  readonly evictions: number;
  /** Taken out of the cache because they were closed or broken. */
  readonly broken: number;
  /** Most resources that existed at a time, evicted ones that were still in use included. */
  readonly peak: number;
  /** Time that creations took which did not fail, added up, in ms. */
  readonly creationMs: number;
  /** Size of the resource of every hit, added up, in bytes: what the same requests would have made without sharing. */
  readonly savedBytes: number;
}
