import { createHash } from 'node:crypto';
import type { FunctionSpec, Registry, Rng, StorageKind, Workload } from '../core/index.js';
import type { FunctionFolder } from './function-catalog.js';

export interface WorkloadBuild {
  readonly rng: Rng;
  readonly functions: Registry<FunctionFolder>;
  readonly cores: number;
  /** Solo work offered per core and second, 0 to 1; for workloads of CPU functions. */
  readonly load: number;
  /** Solo time of fib(30) on this machine in ms. */
  readonly fib30Ms: number;
  /** Only the first so many invocations; they are the same ones whatever the limit. */
  readonly limit: number | undefined;
  /** Kinds of the storages that were given; undefined: none, what needs CouchDB gets an embedded one. */
  readonly storage?: readonly StorageKind[] | undefined;
}

/** A workload that can be made for a machine, a load and a seed. */
export interface WorkloadDefinition {
  readonly name: string;
  readonly description: string;
  /** The function folder it runs, unless the storages that were given make it another. */
  readonly functionName: string;
  /** Whether it depends on how fast this machine computes. */
  readonly needsCalibration: boolean;
  /** From the first intended arrival's second to the end of the last one's, unlimited, in ms. */
  readonly spanMs: number;
  build(options: WorkloadBuild): Workload;
}

interface Parts {
  readonly name: string;
  readonly folder: FunctionFolder;
  /** The function that the workload runs unless it is told otherwise; undefined: this one. */
  readonly usualFunction?: string | undefined;
  readonly functionIds: readonly string[];
  readonly arrivals: readonly { readonly intendedMs: number; readonly functionIndex: number }[];
  readonly inputs: readonly unknown[];
  /** See `Workload`. */
  readonly resourceKeyOf?: (invocationId: number) => string;
  readonly limit: number | undefined;
  readonly notes: Readonly<Record<string, number | string>>;
}

/** Puts arrivals, functions and inputs together and hashes them. */
export function assembleWorkload({ name, folder, usualFunction = folder.name, functionIds, arrivals, inputs, resourceKeyOf, limit, notes }: Parts): Workload {
  const count = Math.min(limit ?? arrivals.length, arrivals.length);
  const intendedMs = new Float64Array(count);
  const functionIndex = new Uint16Array(count);
  const digest = createHash('sha256');
  // Only then: the work of stored results keeps its hash.
  if (folder.name !== usualFunction) digest.update(`${folder.name}\n`);
  for (let i = 0; i < count; i += 1) {
    const arrival = arrivals[i] as Parts['arrivals'][number];
    intendedMs[i] = arrival.intendedMs;
    functionIndex[i] = arrival.functionIndex;
    digest.update(`${arrival.intendedMs.toFixed(3)},${functionIds[arrival.functionIndex] ?? ''},${JSON.stringify(inputs[i])}\n`);
  }
  const specOf = (functionId: string): FunctionSpec => {
    const { name: functionName, kind, handlerPath, timeoutMs, needs, share } = folder;
    return { functionId, name: functionName, kind, handlerPath, timeoutMs, needs, ...(share === undefined ? {} : { share }) };
  };
  const functions = new Map(functionIds.map((functionId): [string, FunctionSpec] => [functionId, specOf(functionId)]));
  return {
    name,
    functions,
    intendedMs,
    functionIndex,
    functionIds,
    inputOf: (id) => inputs[id],
    resourceKeyOf,
    hash: digest.digest('hex'),
    notes: { function: folder.name, ...(folder.name === usualFunction ? {} : { insteadOf: usualFunction }), functionKind: folder.kind, ...notes },
  };
}
