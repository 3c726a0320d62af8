export { createEvictionPolicy } from './create-eviction-policy.js';
export type { EvictionPolicy } from './eviction-policy.js';
export { idealHits, type ResourceRequest } from './ideal.js';
