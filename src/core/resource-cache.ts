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
  /** Time that creations took, added up, in ms. */
  readonly creationMs: number;
  /** Size of the resource of every hit, added up, in bytes: what the same requests would have made without sharing. */
  readonly savedBytes: number;
}
