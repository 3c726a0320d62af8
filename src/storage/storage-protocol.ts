import type { CouchAppOptions } from './couch-app.js';

/** What the harness tells the storage server, or the relay. */
export interface ServiceRequest {
  readonly type: 'close';
}

/** What they tell the harness, once: the port where they answer. */
export interface ServiceEvent {
  readonly type: 'listening';
  readonly port: number;
}

/** What the storage process is told at its start, in the environment variable `FBB_STORAGE`. */
export type StorageConfig = CouchAppOptions & { readonly host: string };

export const storageConfigVariable = 'FBB_STORAGE';

/** What the relay is told at its start, in the environment variable `FBB_RELAY`: where it listens, and what it leads to. */
export interface RelayConfig {
  readonly host: string;
  readonly to: { readonly host: string; readonly port: number; readonly tls: boolean };
}

export const relayConfigVariable = 'FBB_RELAY';
