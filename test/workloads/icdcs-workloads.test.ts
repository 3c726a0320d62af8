import { describe, expect, it } from 'vitest';
import type { Workload } from '../../src/core/index.js';
import { builtinWorkloads } from '../../src/workloads/index.js';
import { buildWorkload, countOf, inputsOf, publishedCalls, publishedPerSecond } from './published-workload.js';

function perSecond({ intendedMs }: Workload): number[] {
  const counts = Array.from({ length: 45 }, () => 0);
  for (const atMs of intendedMs) counts[Math.floor(atMs / 1_000)]! += 1;
  return counts;
}

function callsOf({ functionIndex, functionIds }: Workload): Record<string, number> {
  return countOf(Array.from(functionIndex, (index) => functionIds[index] as string));
}

it('the workloads that there are have names', () => {
  expect(builtinWorkloads().names()).toEqual([
    'icdcs-cpu', 'icdcs-io', 'icdcs-io-plain', 'tc-io', ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((count) => `io-burst-${count}`), ...[10, 20, 40, 80, 160, 320, 640].map((count) => `cpu-burst-${count}`),
  ]);
  expect(() => builtinWorkloads().get('icdcs')).toThrow(expect.objectContaining({ code: 'FBB_ERR_WORKLOAD_UNKNOWN' }));
});

describe('icdcs-cpu', () => {
  const workload = buildWorkload('icdcs-cpu');

  it('has 800 arrivals with the published count in each second', () => {
    expect(workload.intendedMs).toHaveLength(800);
    expect(perSecond(workload)).toEqual(publishedPerSecond);
  });

  it('calls each function as often as was published', () => {
    expect(callsOf(workload)).toEqual(publishedCalls.cpu);
  });

  it('runs every function from the folder fib, as a CPU function', () => {
    expect([...workload.functions.keys()].sort()).toEqual(Object.keys(publishedCalls.cpu));
    for (const [functionId, spec] of workload.functions) expect(spec).toMatchObject({ functionId, kind: 'cpu', handlerPath: expect.stringMatching(/fib\/handler\.cjs$/), needs: [] });
  });
});

describe('icdcs-io', () => {
  const workload = buildWorkload('icdcs-io');

  it('has 400 arrivals: the published counts of the first 20 seconds, and 9 in the one after', () => {
    expect(workload.intendedMs).toHaveLength(400);
    expect(perSecond(workload).slice(0, 22)).toEqual([...publishedPerSecond.slice(0, 20), 9, 0]);
  });

  it('calls each function as often as was published', () => {
    expect(callsOf(workload)).toEqual(publishedCalls.io);
  });

  it('is the beginning of the arrivals of icdcs-cpu', () => {
    const cpu = buildWorkload('icdcs-cpu');
    expect(workload.intendedMs).toEqual(cpu.intendedMs.slice(0, 400));
    expect(workload.functionIndex).toEqual(cpu.functionIndex.slice(0, 400));
    expect(workload.functionIds).toEqual(cpu.functionIds);
  });

  it('needs storage, and gives every invocation a key of its own', () => {
    for (const spec of workload.functions.values()) expect(spec).toMatchObject({ kind: 'io', handlerPath: expect.stringMatching(/blob-couchdb\/handler\.cjs$/), needs: ['couchdb'] });
    expect(new Set(inputsOf<{ key: string }>(workload).map(({ key }) => key)).size).toBe(400);
  });

  it('does not depend on the machine or the load', () => {
    expect(buildWorkload('icdcs-io', { cores: 64, load: 0.9, fib30Ms: Number.NaN }).hash).toBe(workload.hash);
  });
});

describe.each(['icdcs-cpu', 'icdcs-io'] as const)('%s', (name) => {
  const workload = buildWorkload(name);

  it('has ascending arrivals', () => {
    expect(workload.intendedMs).toEqual(workload.intendedMs.toSorted());
  });

  it('calls 0409 and 0410 nearly in pairs: most calls of one have one of the other within 10 ms', () => {
    const times = (functionId: string): number[] => [...workload.intendedMs].filter((_ms, id) => workload.functionIds[workload.functionIndex[id]!] === functionId);
    const others = times('0410');
    const paired = times('0409').filter((atMs) => others.some((otherMs) => Math.abs(otherMs - atMs) <= 10));
    expect(paired.length / times('0409').length).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed', () => {
    const again = buildWorkload(name);
    expect(again.hash).toBe(workload.hash);
    expect(again.intendedMs).toEqual(workload.intendedMs);
    expect(inputsOf(again)).toEqual(inputsOf(workload));
  });

  it('is another one for another seed, in arrivals and in inputs, with the same counts', () => {
    const other = buildWorkload(name, { seed: 43 });
    expect(other.hash).not.toBe(workload.hash);
    expect(other.intendedMs).not.toEqual(workload.intendedMs);
    expect(inputsOf(other)).not.toEqual(inputsOf(workload));
    expect(perSecond(other)).toEqual(perSecond(workload));
    expect(callsOf(other)).toEqual(callsOf(workload));
  });

  it.each([1, 7, 399])('is the same up to a limit of %i', (limit) => {
    const limited = buildWorkload(name, { limit });
    expect(limited.intendedMs).toEqual(workload.intendedMs.slice(0, limit));
    expect(limited.functionIndex).toEqual(workload.functionIndex.slice(0, limit));
    expect(inputsOf(limited)).toEqual(inputsOf(workload).slice(0, limit));
    expect(limited.hash).not.toBe(workload.hash);
  });

  it('takes a limit beyond its end for none', () => {
    expect(buildWorkload(name, { limit: 10_000 }).hash).toBe(workload.hash);
  });

  it('says beforehand how long it is', () => {
    const { spanMs } = builtinWorkloads().get(name);
    expect(Math.ceil((workload.intendedMs.at(-1) as number) / 1_000) * 1_000).toBe(spanMs);
  });
});
