import { expect, it } from 'vitest';
import { createRng } from '../../src/core/index.js';
import { drawBlobBytes } from '../../src/workloads/icdcs-io.js';

const rng = createRng(1);
const sizes = Float64Array.from({ length: 200_000 }, () => drawBlobBytes(rng)).sort();

it.each([
  [0.1, 46],
  [0.2, 482],
  [0.25, 542],
  [0.5, 5_304],
  [0.75, 9_236],
  [0.8, 12_370],
  [0.9, 26_726],
])('a share of %d of the blobs has up to %i bytes', (q, bytes) => {
  const share = sizes.filter((size) => size <= bytes).length / sizes.length;
  expect(Math.abs(share - q)).toBeLessThan(0.005);
});

it('the sizes between two published ones are spread over the whole range between them', () => {
  const between = [...sizes].filter((size) => size > 542 && size < 5_304);
  const middle = Math.sqrt(542 * 5_304);
  expect(between.filter((size) => size < middle).length / between.length).toBeCloseTo(0.5, 1);
});

it('blobs have whole bytes, from 8 up to the 95th percentile of the trace', () => {
  expect(sizes[0]).toBe(8);
  expect(sizes.at(-1)).toBe(110_592);
  expect(sizes.every(Number.isInteger)).toBe(true);
});

it.each([0, 0.05, 0.95, 1 - 2 ** -32])('the edge %d of the table has a size', (u) => {
  const size = drawBlobBytes({ ...createRng(1), next: () => u });
  expect(size).toBeGreaterThanOrEqual(8);
  expect(size).toBeLessThanOrEqual(110_592);
});
