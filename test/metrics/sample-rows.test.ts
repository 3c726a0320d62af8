import { expect, it } from 'vitest';
import type { SampleRound } from '../../src/core/index.js';
import { SampleRows } from '../../src/metrics/sample-rows.js';

/** CPU time so far by container. */
function round(atMs: number, cpuMs: Readonly<Record<number, number>>, hostCpuPercent = 0): SampleRound {
  const containers = Object.entries(cpuMs).map(([id, used]) => ({ containerId: Number(id), cpuPercent: 77, cpuMs: used, rssMb: 1, memoryMb: atMs }));
  return { atMs, host: { memoryMb: atMs, cpuPercent: hostCpuPercent }, containers };
}

function passedOf(rounds: readonly SampleRound[]): SampleRound[] {
  const passed: SampleRound[] = [];
  const rows = new SampleRows((one) => passed.push(one));
  for (const one of rounds) rows.add(one);
  return passed;
}

it('passes rounds that come once a second on as they are, also a little early', () => {
  const rounds = [round(3, { 0: 1 }), round(1_001, { 0: 2 }), round(1_960, { 0: 3 }), round(3_500, { 0: 4 })];
  expect(passedOf(rounds)).toEqual(rounds);
});

it('passes one round a second on of many, with its memory', () => {
  const passed = passedOf(Array.from({ length: 31 }, (_item, i) => round(i * 100, { 0: i })));
  expect(passed.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_000, 3_000]);
  expect(passed.map(({ containers }) => containers[0]?.memoryMb)).toEqual([0, 1_000, 2_000, 3_000]);
});

it('means CPU since the round that was passed on before, and since the first reading of a container that is new', () => {
  const passed = passedOf([round(0, { 0: 100 }, 10), round(500, { 0: 600, 1: 50 }, 20), round(1_000, { 0: 600, 1: 150, 2: 5 }, 60), round(2_000, { 0: 700, 1: 150 }, 5)]);
  expect(passed).toHaveLength(3);
  expect(passed[1]?.host.cpuPercent).toBe(40);
  // Container 2 has been read only once: what the sampler said stands.
  expect(passed[1]?.containers.map(({ cpuPercent }) => cpuPercent)).toEqual([50, 20, 77]);
  expect(passed[2]?.containers.map(({ cpuPercent }) => cpuPercent)).toEqual([77, 77]);
});

it('has no row of a container that has ended before the round that is passed on', () => {
  const passed = passedOf([round(0, {}), round(500, { 0: 1 }), round(1_000, {})]);
  expect(passed.map(({ containers }) => containers)).toEqual([[], []]);
});
