import type { FunctionSpec } from './function.js';

/** Arrivals in ascending order of their intended times, pulled one at a time, so that a trace of any length takes no memory. */
export interface ArrivalSource {
  /** Goes on to the next one; false when there are no more. */
  next(): boolean;
  /** Of the one that `next` came to; in ms from the start. */
  readonly intendedMs: number;
  readonly functionId: string;
}

/** Functions, arrival times and inputs: what a cell replays. */
export interface Workload {
  readonly name: string;
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  /** Intended arrivals in ms from the start, ascending. */
  readonly intendedMs: Float64Array;
  /** Function of each invocation, index into `functionIds`. */
  readonly functionIndex: Uint16Array;
  readonly functionIds: readonly string[];
  readonly inputOf: (invocationId: number) => unknown;
  /** Which client an invocation uses, where invocations use different ones; see `Invocation.resourceKey`. */
  readonly resourceKeyOf?: ((invocationId: number) => string) | undefined;
  /** SHA-256 over arrivals, functions and inputs: equal hashes mean equal work. */
  readonly hash: string;
  /** What was fitted or drawn to make it, for the manifest. */
  readonly notes: Readonly<Record<string, number | string>>;
}
