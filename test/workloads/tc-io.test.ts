import { expect, it } from 'vitest';
import { buildWorkload, countOf, inputsOf } from './published-workload.js';

interface Input {
  readonly key: string;
  readonly bytes: number;
  readonly client: string;
}

const workload = buildWorkload('tc-io');

it('begins with the arrivals of icdcs-cpu and goes on to 2,000', () => {
  const icdcs = buildWorkload('icdcs-cpu');
  expect(workload.intendedMs).toHaveLength(2_000);
  expect(Array.from(workload.intendedMs.slice(0, 800), Math.floor)).toEqual(Array.from(icdcs.intendedMs, Math.floor));
  expect(workload.functionIndex.slice(0, 800)).toEqual(icdcs.functionIndex);
});

it('goes on in seconds as full as the published ones, in order', () => {
  const times = Array.from(workload.intendedMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const perSecond = Object.values(countOf(times.slice(0, 1_999).map((atMs) => String(Math.floor(atMs / 1_000)))));
  expect(Math.max(...perSecond)).toBeLessThanOrEqual(82);
  expect(times.at(-1)).toBeGreaterThan(90_000);
  expect(times.at(-1)).toBeLessThan(150_000);
});

it('tells which client an invocation uses as its input does', () => {
  inputsOf<Input>(workload).forEach(({ client }, id) => expect(workload.resourceKeyOf?.(id)).toBe(client));
});

it('uses few clients often and many rarely', () => {
  const counts = Object.values(countOf(inputsOf<Input>(workload).map(({ client }) => client))).sort((a, b) => b - a);
  expect(counts.length).toBeGreaterThan(30);
  expect(counts.length).toBeLessThanOrEqual(100);
  expect(counts[0]).toBeGreaterThan(500);
  expect(counts.filter((count) => count <= 5).length).toBeGreaterThan(20);
});

it('is the same for the same seed, and its beginning is the same whatever the limit', () => {
  expect(buildWorkload('tc-io').hash).toBe(workload.hash);
  const short = buildWorkload('tc-io', { limit: 100 });
  expect(short.intendedMs).toEqual(workload.intendedMs.slice(0, 100));
  expect(inputsOf(short)).toEqual(inputsOf(workload).slice(0, 100));
});
