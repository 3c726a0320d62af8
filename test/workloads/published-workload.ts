import { createRng, Registry, type Workload } from '../../src/core/index.js';
import { builtinWorkloads, readFunctionFolders } from '../../src/workloads/index.js';
import type { WorkloadBuild } from '../../src/workloads/workload-definition.js';
import { functionsFolder } from '../runtime/built-programs.js';

/** Arrivals in each second, 0 to 44; read from the authors' plot (reference/icdcs-workload). */
export const publishedPerSecond = [
  11, 0, 9, 11, 14, 10, 10, 4, 24, 68, 44, 14, 28, 28, 50, 14, 14, 10, 18, 10, 18, 16, 82, 40, 16, 18, 24, 8, 12, 12, 24, 20, 16, 4, 30, 4, 6, 8, 6, 8, 8, 18, 2, 4, 5,
];

/** How often each function is called in the CPU workload, and in the I/O workload, which is its first half. */
export const publishedCalls = {
  cpu: { '0407': 1, '0409': 399, '0410': 387, '0411': 6, '0412': 1, '0413': 5, '0414': 1 },
  io: { '0409': 200, '0410': 193, '0411': 3, '0413': 3, '0414': 1 },
};

/** How many of the 800 invocations compute each n. */
export const publishedMix: Record<number, number> = {
  20: 67, 21: 77, 22: 70, 23: 84, 24: 64, 25: 92, 26: 79, 27: 14, 28: 11, 29: 30, 30: 36, 31: 23, 32: 49, 33: 34, 34: 34, 35: 36,
};

const functions = new Registry('function', 'FBB_ERR_FUNCTION_UNKNOWN', readFunctionFolders(functionsFolder));

/** A built-in workload as a suite makes it. */
export function buildWorkload(name: string, options: Partial<Omit<WorkloadBuild, 'rng' | 'functions'>> & { readonly seed?: number } = {}): Workload {
  const { seed = 42, cores = 2, load = 0.33, fib30Ms = 6.5, limit, storage } = options;
  return builtinWorkloads().get(name).build({ rng: createRng(seed).derive('workload'), functions, cores, load, fib30Ms, limit, storage });
}

/** The inputs of a workload in the order of its invocations. */
export function inputsOf<Input>(workload: Workload): Input[] {
  return Array.from(workload.intendedMs, (_ms, id) => workload.inputOf(id) as Input);
}

/** How often each item occurs. */
export function countOf(items: Iterable<string | number>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}
