import type { Rng, Workload } from '../core/index.js';
import type { FunctionFolder } from './function-catalog.js';
import { icdcsArrivals, icdcsFunctionIds } from './icdcs-arrivals.js';
import { storageFunction, usualStorageFunction } from './storage-function.js';
import { assembleWorkload, type WorkloadBuild, type WorkloadDefinition } from './workload-definition.js';

/** Quantiles of blob sizes in bytes from the Azure Functions Blob Accesses 2020 trace; cut at its 95th percentile. */
const blobBytesAt: readonly (readonly [q: number, bytes: number])[] = [
  [0, 8], [0.05, 8], [0.1, 46], [0.2, 482], [0.25, 542], [0.5, 5_304], [0.75, 9_236], [0.8, 12_370], [0.9, 26_726], [0.95, 110_592], [1, 110_592],
];

const invocations = 400;

/** Draws a size by interpolating the quantiles on a logarithmic scale. */
export function drawBlobBytes(rng: Rng): number {
  const u = rng.next();
  const upper = Math.max(1, blobBytesAt.findIndex(([q]) => q >= u));
  const [q0, bytes0] = blobBytesAt[upper - 1] as (typeof blobBytesAt)[number];
  const [q1, bytes1] = blobBytesAt[upper] as (typeof blobBytesAt)[number];
  const share = (u - q0) / (q1 - q0);
  return Math.round(Math.exp(Math.log(bytes0) + share * (Math.log(bytes1) - Math.log(bytes0))));
}

/** The first 400 of the published arrivals, each with a blob of its own. */
function ioWorkload(name: string, { rng, limit }: WorkloadBuild, runs: { readonly folder: FunctionFolder; readonly usualFunction: string }): Workload {
  const arrivals = icdcsArrivals(rng.derive('arrivals')).slice(0, invocations);
  const sizes = rng.derive('sizes');
  const inputs = arrivals.map((_arrival, id) => ({ key: `blob-${id}`, bytes: drawBlobBytes(sizes) }));
  const notes = { blobBytes: inputs.reduce((sum, { bytes }) => sum + bytes, 0) };
  return assembleWorkload({ name, ...runs, functionIds: icdcsFunctionIds, arrivals, inputs, limit, notes });
}

/** The I/O workload of the ICDCS 2023 evaluation: the first 400 of the same arrivals, each with a storage client and a blob. */
export const icdcsIo: WorkloadDefinition = {
  name: 'icdcs-io',
  description: '400 invocations of blob-couchdb in 21 s: a storage client each, a blob written and read (ICDCS 2023 arrivals)',
  functionName: usualStorageFunction,
  needsCalibration: false,
  spanMs: 21_000,
  build: (options) => ioWorkload('icdcs-io', options, storageFunction(options)),
};

const plainFunction = 'kv-redis-plain';

/** The same with a function that knows nothing of sharing: what interception of its client is worth. */
export const icdcsIoPlain: WorkloadDefinition = {
  name: 'icdcs-io-plain',
  description: 'icdcs-io with kv-redis-plain, which constructs and closes its Redis client by itself; needs --storage redis://…',
  functionName: plainFunction,
  needsCalibration: false,
  spanMs: 21_000,
  build: (options) => ioWorkload('icdcs-io-plain', options, { folder: options.functions.get(plainFunction), usualFunction: plainFunction }),
};
