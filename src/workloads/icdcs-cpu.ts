import { fibGrowth, type Rng } from '../core/index.js';
import { icdcsArrivals, icdcsFunctionIds, icdcsSpanMs } from './icdcs-arrivals.js';
import { assembleWorkload, type WorkloadDefinition } from './workload-definition.js';

/** How many of the 800 invocations compute fib(n) for each n, from the authors' published per-invocation results. */
const countOfN: readonly (readonly [n: number, count: number])[] = [
  [20, 67], [21, 77], [22, 70], [23, 84], [24, 64], [25, 92], [26, 79], [27, 14], [28, 11], [29, 30], [30, 36], [31, 23], [32, 49], [33, 34], [34, 34], [35, 36],
];

const largestN = 55;

/** Solo time of fib(n) in ms on a machine that takes `fib30Ms` for fib(30). */
function fibSoloMs(n: number, fib30Ms: number): number {
  return fib30Ms * fibGrowth ** (n - 30);
}

/**
 * Shifts every n by the same constant, and a random share of them by one more, so that the work offered meets the target: whole
 * steps alone would miss it by up to 27 %.
 */
function shiftToWork(ns: readonly number[], targetMs: number, fib30Ms: number, rng: Rng): { ns: number[]; shift: number; workMs: number } {
  const workAt = (shift: number): number => ns.reduce((sum, n) => sum + fibSoloMs(n + shift, fib30Ms), 0);
  const shift = Math.floor(Math.log(targetMs / workAt(0)) / Math.log(fibGrowth));
  const shifted = ns.map((n) => n + shift);
  let workMs = workAt(shift);
  for (const index of rng.shuffle(ns.map((_n, i) => i))) {
    const n = shifted[index] as number;
    const moreMs = fibSoloMs(n + 1, fib30Ms) - fibSoloMs(n, fib30Ms);
    if (workMs + moreMs > targetMs) continue;
    shifted[index] = n + 1;
    workMs += moreMs;
  }
  return { ns: shifted.map((n) => Math.min(largestN, Math.max(2, n))), shift, workMs };
}

/** The CPU workload of the ICDCS 2023 evaluation: 800 invocations of fib with the published mix of n. */
export const icdcsCpu: WorkloadDefinition = {
  name: 'icdcs-cpu',
  description: '800 invocations of fib in 45 s, arrivals and mix of the ICDCS 2023 evaluation (Azure 2021 trace)',
  functionName: 'fib',
  needsCalibration: true,
  spanMs: icdcsSpanMs,
  build({ rng, functions, cores, load, fib30Ms, limit }) {
    const published = rng.derive('mix').shuffle(countOfN.flatMap(([n, count]) => Array.from({ length: count }, () => n)));
    const targetMs = load * cores * icdcsSpanMs;
    const { ns, shift, workMs } = shiftToWork(published, targetMs, fib30Ms, rng.derive('shift'));
    return assembleWorkload({
      name: 'icdcs-cpu',
      folder: functions.get('fib'),
      functionIds: icdcsFunctionIds,
      arrivals: icdcsArrivals(rng.derive('arrivals')),
      inputs: ns.map((n) => ({ n })),
      limit,
      notes: { load, cores, fib30Ms, nShift: shift, soloWorkMs: Math.round(workMs) },
    });
  },
};
