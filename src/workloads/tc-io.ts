import type { Rng } from '../core/index.js';
import { drawBlobBytes } from './icdcs-io.js';
import { continuedArrivals, icdcsFunctionIds } from './icdcs-arrivals.js';
import { storageFunction, usualStorageFunction } from './storage-function.js';
import { assembleWorkload, type WorkloadDefinition } from './workload-definition.js';

const invocations = 2_000;

/**
 * Clients are told apart by user and region of the Azure Functions Blob Accesses 2020 trace. How often each of them comes is not
 * published: here it is a Zipf law, whose exponent was fitted to the one figure that is, a hit rate of 0.90 to 0.92 with LRU and a
 * capacity of 10. Requests are independent of each other; those of the trace may not be.
 */
const clients = 100;
const zipfExponent = 2.1;

/** Shares of the clients, added up, the most frequent first. */
function cumulativeShares(): number[] {
  const weights = Array.from({ length: clients }, (_item, rank) => (rank + 1) ** -zipfExponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => (sum += weight / total));
}

function drawClient(shares: readonly number[], rng: Rng): string {
  const u = rng.next();
  const rank = shares.findIndex((share) => share > u);
  return `client-${rank < 0 ? clients - 1 : rank}`;
}

/** The I/O workload of the cache experiment of the journal extension (IEEE TC 2024): 2,000 invocations that use many different clients. */
export const tcIo: WorkloadDefinition = {
  name: 'tc-io',
  description: '2,000 invocations in about two minutes, each with one of 100 storage clients (shaped like Azure 2021 arrivals and Azure blob accesses 2020)',
  functionName: usualStorageFunction,
  needsCalibration: false,
  spanMs: 125_000,
  build({ rng, functions, limit, storage }) {
    const arrivals = continuedArrivals(invocations, rng.derive('arrivals'));
    const sizes = rng.derive('sizes');
    const clientRng = rng.derive('clients');
    const shares = cumulativeShares();
    const inputs = arrivals.map((_arrival, id) => ({ key: `blob-${id}`, bytes: drawBlobBytes(sizes), client: drawClient(shares, clientRng) }));
    return assembleWorkload({
      name: 'tc-io',
      ...storageFunction({ functions, storage }),
      functionIds: icdcsFunctionIds,
      arrivals,
      inputs,
      resourceKeyOf: (id) => (inputs[id] as (typeof inputs)[number]).client,
      limit,
      notes: { clients: new Set(inputs.map(({ client }) => client)).size, zipfExponent },
    });
  },
};
