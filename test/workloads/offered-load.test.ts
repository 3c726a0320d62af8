import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { functionsFolder } from '../runtime/built-programs.js';
import { buildWorkload, countOf, inputsOf, publishedMix } from './published-workload.js';

interface FibModule {
  handler(input: { n: number }): number;
  checkInput(input: unknown): string | undefined;
}
const { handler, checkInput } = createRequire(import.meta.url)(join(functionsFolder, 'fib/handler.cjs')) as FibModule;

const spanMs = 45_000;
const phi = (1 + Math.sqrt(5)) / 2;
/** Work of the published mix in units of one fib(30). */
const publishedWork = Object.entries(publishedMix).reduce((sum, [n, count]) => sum + count * phi ** (Number(n) - 30), 0);

function nsOf(options: { cores?: number; load?: number; fib30Ms?: number; seed?: number }): number[] {
  return inputsOf<{ n: number }>(buildWorkload('icdcs-cpu', options)).map(({ n }) => n);
}

/** A load at which n need not be shifted on a machine that takes 1 ms for fib(30). */
const unshifted = { fib30Ms: 1, cores: 1, load: (publishedWork * (1 + 1e-9)) / spanMs };

const machine = fc.record({
  fib30Ms: fc.double({ min: 0.5, max: 500, noNaN: true }),
  cores: fc.integer({ min: 1, max: 128 }),
  load: fc.double({ min: 0.05, max: 1, noNaN: true }),
  seed: fc.nat(),
});

it('the published mix is 800 invocations', () => {
  expect(Object.values(publishedMix).reduce((sum, count) => sum + count, 0)).toBe(800);
});

it('has exactly the published mix of n where the load asks for no more and no less work', () => {
  expect(countOf(nsOf(unshifted))).toEqual(publishedMix);
});

it('shuffles the mix over the arrivals with the seed', () => {
  const ns = nsOf(unshifted);
  expect(ns).not.toEqual(ns.toSorted((a, b) => a - b));
  expect(nsOf({ ...unshifted, seed: 7 })).not.toEqual(ns);
});

it('counts fib as the paper does, from fib(1) = 0 and fib(2) = 1', () => {
  expect([1, 2, 3, 4, 5, 10, 30].map((n) => handler({ n }))).toEqual([0, 1, 1, 2, 3, 34, 514_229]);
});

it('offers the work that was asked for within 1 %, on any machine', () => {
  fc.assert(
    fc.property(machine, (options) => {
      const offeredMs = nsOf(options).reduce((sum, n) => sum + options.fib30Ms * phi ** (n - 30), 0);
      const askedMs = options.load * options.cores * spanMs;
      expect(Math.abs(offeredMs / askedMs - 1)).toBeLessThan(0.01);
    }),
    { numRuns: 60 },
  );
});

it('shifts every n of the published mix by one constant, and some by one more', () => {
  fc.assert(
    fc.property(machine, (options) => {
      const workload = buildWorkload('icdcs-cpu', options);
      const published = nsOf({ ...unshifted, seed: options.seed });
      const shifts = new Set(inputsOf<{ n: number }>(workload).map(({ n }, id) => n - published[id]!));
      const shift = workload.notes['nShift'] as number;
      expect([shift, shift + 1]).toEqual(expect.arrayContaining([...shifts]));
    }),
    { numRuns: 30 },
  );
});

it('never asks for an n that the function does not take, whatever the machine', () => {
  const extreme = fc.record({
    fib30Ms: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    cores: fc.integer({ min: 1, max: 4_096 }),
    load: fc.double({ min: 0.001, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(extreme, (options) => {
      const ns = nsOf(options);
      expect(Math.min(...ns)).toBeGreaterThanOrEqual(2);
      expect(Math.max(...ns)).toBeLessThanOrEqual(55);
      expect(ns.filter((n) => checkInput({ n }) !== undefined)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

it('notes what it was fitted to', () => {
  const { notes } = buildWorkload('icdcs-cpu', { load: 0.5, cores: 4, fib30Ms: 6 });
  expect(notes).toMatchObject({ load: 0.5, cores: 4, fib30Ms: 6 });
  expect(notes['soloWorkMs']).toBeGreaterThan(0.99 * 90_000);
  expect(notes['soloWorkMs']).toBeLessThanOrEqual(90_000);
});

it('another load is another workload', () => {
  expect(buildWorkload('icdcs-cpu', { load: 0.5 }).hash).not.toBe(buildWorkload('icdcs-cpu', { load: 0.33 }).hash);
});
