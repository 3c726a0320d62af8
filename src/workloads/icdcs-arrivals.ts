import type { Rng } from '../core/index.js';

/**
 * Arrivals of the ICDCS 2023 evaluation: the first 800 invocations of one application of the Azure Functions Invocation Trace 2021
 * (Microsoft, CC-BY), trace day 13, from 2021-02-12 22:10:00 UTC, counted per second from the arrival plot that the authors of
 * FaaSBatch published. The order inside a second is not published; a seed decides it here.
 */
const perSecond = [
  11, 0, 9, 11, 14, 10, 10, 4, 24, 68, 44, 14, 28, 28, 50, 14, 14, 10, 18, 10, 18, 16, 82, 40, 16, 18, 24, 8, 12, 12, 24, 20, 16, 4, 30, 4, 6, 8, 6, 8, 8,
  18, 2, 4, 5,
] as const;

export const icdcsSpanMs = perSecond.length * 1_000;

export const icdcsFunctionIds = ['0409', '0410', '0411', '0413', '0407', '0412', '0414'] as const;

/** How often each function is called in the first 400 and in the second 400 invocations, in the order of `icdcsFunctionIds`. */
const callsPerHalf = [
  [200, 193, 3, 3, 0, 0, 1],
  [199, 194, 3, 2, 1, 1, 0],
] as const;

/** Members of a pair arrive within this time of each other. */
const pairGapMs = 10;

/** Times and functions of a workload. */
interface IcdcsArrival {
  readonly intendedMs: number;
  readonly functionIndex: number;
}

/** 0409 and 0410 are called nearly in pairs: units of two, and single calls of what is left over, in random order. */
function callUnits(calls: readonly number[], rng: Rng): number[][] {
  const [first = 0, second = 0, ...others] = calls;
  const pairs = Math.min(first, second);
  const units: number[][] = Array.from({ length: pairs }, () => [0, 1]);
  for (let i = pairs; i < first; i += 1) units.push([0]);
  for (let i = pairs; i < second; i += 1) units.push([1]);
  others.forEach((count, index) => {
    for (let i = 0; i < count; i += 1) units.push([index + 2]);
  });
  return rng.shuffle(units);
}

/** The instants of one second, ascending: a random place for every unit, its second member shortly after. */
function placeInSecond(second: number, units: readonly number[], rng: Rng): number[] {
  const instants: number[] = [];
  for (const members of units) {
    const place = rng.next() * (1_000 - pairGapMs);
    for (let i = 0; i < members; i += 1) instants.push(second * 1_000 + place + i * rng.next() * pairGapMs);
  }
  return instants.sort((a, b) => a - b);
}

/** All 800 arrivals, ascending; the I/O workload is the first 400 of them. */
export function icdcsArrivals(rng: Rng): IcdcsArrival[] {
  return placed(perSecond, callsPerHalf, rng);
}

/**
 * `count` arrivals, ascending, that go on where the published 800 end: the seconds that follow have counts drawn from the published
 * ones, and the functions keep their shares. The journal extension replays 2,000 invocations of this trace and does not publish their
 * times.
 */
export function continuedArrivals(count: number, rng: Rng): IcdcsArrival[] {
  const countRng = rng.derive('counts');
  const counts: number[] = [...perSecond];
  let total = counts.reduce((sum, each) => sum + each, 0);
  for (; total < count; total += counts.at(-1) as number) counts.push(perSecond[countRng.integer(perSecond.length)] as number);
  const calls: (readonly number[])[] = [];
  for (let called = 0; called < total; called += callsOf(calls.at(-1) as readonly number[])) calls.push(callsPerHalf[calls.length % callsPerHalf.length] as readonly number[]);
  return placed(counts, calls, rng).slice(0, count);
}

function callsOf(calls: readonly number[]): number {
  return calls.reduce((sum, each) => sum + each, 0);
}

/** Puts calls of functions into seconds; `calls`: how often each function is called, part by part of the workload. */
function placed(counts: readonly number[], calls: readonly (readonly number[])[], rng: Rng): IcdcsArrival[] {
  const orderRng = rng.derive('order');
  const placeRng = rng.derive('place');
  const units = calls.flatMap((ofPart) => callUnits(ofPart, orderRng));
  const functions = units.flat();
  const arrivals: IcdcsArrival[] = [];
  let unit = 0;
  let usedOfUnit = 0;
  counts.forEach((count, second) => {
    const sizes: number[] = [];
    for (let left = count; left > 0; ) {
      const remaining = (units[unit] as number[]).length - usedOfUnit;
      const taken = Math.min(left, remaining);
      sizes.push(taken);
      left -= taken;
      usedOfUnit += taken;
      if (taken === remaining) {
        unit += 1;
        usedOfUnit = 0;
      }
    }
    for (const intendedMs of placeInSecond(second, sizes, placeRng)) arrivals.push({ intendedMs, functionIndex: functions[arrivals.length] as number });
  });
  return arrivals;
}
