import type { CouchAppOptions } from './couch-app.js';

/** What the harness tells the storage process. */
export interface StorageRequest {
  readonly type: 'close';
}

/** What the storage process tells the harness, once: the port where it answers. */
export interface StorageEvent {
  readonly type: 'listening';
  readonly port: number;
}

/** What the storage process is told at its start, in the environment variable `FBB_STORAGE`. */
export type StorageConfig = CouchAppOptions & { readonly host: string };

export const storageConfigVariable = 'FBB_STORAGE';
