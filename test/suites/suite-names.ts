import { Registry } from '../../src/core/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import type { planSuite } from '../../src/suites/index.js';
import { builtinWorkloads } from '../../src/workloads/index.js';

type PlanDeps = Parameters<typeof planSuite>[2];

/** What suites may name: the built-in schedulers and workloads. */
export const names = { schedulers: builtinSchedulers(), workloads: builtinWorkloads() };

/** What a plan is made with, on a machine of two cores that takes 5 ms for fib(30); counts how often that is asked. */
export function planDeps(): PlanDeps & { readonly calibrations: () => number } {
  let calibrations = 0;
  const folder = { description: '', timeoutMs: 1_000, needs: [] };
  return {
    ...names,
    functions: new Registry('function', 'FBB_ERR_FUNCTION_UNKNOWN', [
      { name: 'fib', kind: 'cpu', handlerPath: '/fib.cjs', ...folder },
      { name: 'kv-redis-plain', kind: 'io', handlerPath: '/kv-redis-plain.cjs', ...folder },
      { name: 'blob-couchdb', kind: 'io', handlerPath: '/blob-couchdb.cjs', ...folder },
    ]),
    cores: 2,
    fib30Ms: () => {
      calibrations += 1;
      return 5;
    },
    calibrations: () => calibrations,
  };
}
