import { fibGrowth } from '../core/index.js';
import { drawBlobBytes } from './icdcs-io.js';
import { storageFunction, usualStorageFunction } from './storage-function.js';
import { assembleWorkload, type WorkloadDefinition } from './workload-definition.js';

/** One function, so that a window holds one group. */
const functionIds = ['burst'] as const;

/** All at the same moment. */
function atOnce(count: number): { intendedMs: number; functionIndex: number }[] {
  return Array.from({ length: count }, () => ({ intendedMs: 0, functionIndex: 0 }));
}

/** So many invocations at once that each want a storage client: the first motivation experiment of the paper, which counts from 1 to 10. */
function ioBurst(count: number): WorkloadDefinition {
  const name = `io-burst-${count}`;
  return {
    name,
    description: `${count} ${count === 1 ? 'invocation' : 'invocations at once'} of blob-couchdb, all with the same client`,
    functionName: usualStorageFunction,
    needsCalibration: false,
    spanMs: 1_000,
    build({ rng, functions, storage, limit }) {
      const sizes = rng.derive('sizes');
      const inputs = Array.from({ length: count }, (_item, id) => ({ key: `blob-${id}`, bytes: drawBlobBytes(sizes) }));
      return assembleWorkload({ name, ...storageFunction({ functions, storage }), functionIds, arrivals: atOnce(count), inputs, limit, notes: {} });
    },
  };
}

/** The largest burst keeps all cores busy for about so long, as the published 640 invocations of fib(34) did on their 32 cores. */
const largestBurst = { count: 640, busyMs: 60_000 };

/** So many equal CPU invocations at once: the second motivation experiment of the paper, one container for all against one each. */
function cpuBurst(count: number): WorkloadDefinition {
  const name = `cpu-burst-${count}`;
  return {
    name,
    description: `${count} invocations at once of fib, all of the same n; ${largestBurst.count} keep the host busy for a minute`,
    functionName: 'fib',
    needsCalibration: true,
    spanMs: (count / largestBurst.count) * largestBurst.busyMs,
    build({ functions, cores, fib30Ms, limit }) {
      const targetMs = (largestBurst.busyMs * cores) / largestBurst.count;
      const n = Math.round(30 + Math.log(targetMs / fib30Ms) / Math.log(fibGrowth));
      const inputs = Array.from({ length: count }, () => ({ n }));
      return assembleWorkload({ name, folder: functions.get('fib'), functionIds, arrivals: atOnce(count), inputs, limit, notes: { cores, fib30Ms, n } });
    },
  };
}

export const bursts: readonly WorkloadDefinition[] = [...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(ioBurst), ...[10, 20, 40, 80, 160, 320, largestBurst.count].map(cpuBurst)];
