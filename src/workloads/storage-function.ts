import type { FunctionFolder } from './function-catalog.js';
import type { WorkloadBuild } from './workload-definition.js';

/** What a workload with storage runs where no storage is given. */
export const usualStorageFunction = 'blob-couchdb';

/**
 * The function that a workload with storage runs, as parts of `assembleWorkload`: with a Redis alone `kv-redis`, with both `mixed`, otherwise
 * `blob-couchdb`. All three take `{ key, bytes, client? }`.
 */
export function storageFunction({ functions, storage = [] }: Pick<WorkloadBuild, 'functions' | 'storage'>): { readonly folder: FunctionFolder; readonly usualFunction: string } {
  const withRedis = storage.includes('couchdb') ? 'mixed' : 'kv-redis';
  return { folder: functions.get(storage.includes('redis') ? withRedis : usualStorageFunction), usualFunction: usualStorageFunction };
}
