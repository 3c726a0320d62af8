import { describe, expect, it } from 'vitest';
import { fibGrowth } from '../../src/core/index.js';
import { buildWorkload, inputsOf } from './published-workload.js';

describe.each(['io-burst-7', 'cpu-burst-160'])('%s', (name) => {
  const workload = buildWorkload(name);
  const count = Number(name.split('-').at(-1));

  it('has all of its invocations at the same moment, of one function', () => {
    expect(Array.from(workload.intendedMs)).toEqual(Array.from({ length: count }, () => 0));
    expect(workload.functionIds).toHaveLength(1);
    expect(inputsOf(workload)).toHaveLength(count);
  });
});

it('io bursts write a blob of its own for each invocation, all with one client', () => {
  const keys = inputsOf<{ key: string; client?: string }>(buildWorkload('io-burst-10'));
  expect(new Set(keys.map(({ key }) => key)).size).toBe(10);
  expect(keys.every(({ client }) => client === undefined)).toBe(true);
});

it.each([
  [2, 5],
  [32, 480],
  [8, 12],
])('640 CPU invocations keep %d cores that take %d ms for fib(30) busy for about a minute', (cores, fib30Ms) => {
  const inputs = inputsOf<{ n: number }>(buildWorkload('cpu-burst-640', { cores, fib30Ms }));
  expect(new Set(inputs.map(({ n }) => n)).size).toBe(1);
  const busyMs = (640 * fib30Ms * fibGrowth ** ((inputs[0] as { n: number }).n - 30)) / cores;
  expect(busyMs / 60_000).toBeGreaterThan(fibGrowth ** -0.51);
  expect(busyMs / 60_000).toBeLessThan(fibGrowth ** 0.51);
});
