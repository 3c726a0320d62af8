import type { ErrorCode } from '../core/index.js';

/** What the thread that checks a plug-in is given. */
export interface CheckRequest {
  readonly specifier: string;
  readonly fromFolder: string;
  readonly runs: number;
  readonly seed: number;
  readonly schedulerOptions: Readonly<Record<string, unknown>>;
  /** Two numbers that it keeps up to date: the hook that runs, as its place in `hookNames`, and how many have been called. */
  readonly pulse: Int32Array;
}

export interface CheckedPlugin {
  readonly name: string;
  readonly description: string;
  readonly path: string;
  readonly version: string | null;
  readonly hash: string;
  /** Every rule, in the order in which they are tried; the last ones are not when no scheduler can be made. */
  readonly rules: readonly string[];
}

/** What the thread tells, in order: the plug-in, or why it could not be used; then how each rule came out. */
export type CheckMessage =
  | { readonly kind: 'loaded'; readonly plugin: CheckedPlugin }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string; readonly fix: string }
  | { readonly kind: 'rule'; readonly name: string; readonly reason: string | null }
  | { readonly kind: 'done' };

/** The first means that none runs. */
export const hookNames = ['', 'create', 'onArrival', 'onContainerReady', 'onOutcome', 'onContainerIdle', 'onContainerLost', 'a timer'] as const;
