import { describe, expect, it } from 'vitest';
import { renderBursts, renderResources } from '../../src/report/index.js';
import type { CellSummary } from '../../src/results/index.js';
import { manifestOf, summaryOf, type SummaryNumbers } from '../results/stored-run.js';
import { plain } from './plain-style.js';

type Policy = NonNullable<CellSummary['resourceCache']>['policy'];

function cell(policy: Policy, capacity: number | undefined, numbers: SummaryNumbers & { readonly parameters?: CellSummary['cell']['parameters'] }): CellSummary {
  const { parameters = {}, ...others } = numbers;
  return summaryOf({
    ...others,
    resourceCache: { policy, ...(capacity === undefined ? {} : { capacity }) },
    cell: { scheduler: 'batching-expanding', workload: 'icdcs-io', ...others.cell, parameters: { ...parameters, cache: policy, ...(capacity === undefined ? {} : { cacheCapacity: capacity }) } },
  });
}

function lines(text: string | undefined): string[] {
  return (text ?? '').split('\n').map((line) => line.replace(/ {2,}/g, ' | ').trim());
}

describe('what containers shared', () => {
  it('is a row a cell, compared with the one that shares nothing', () => {
    const own = cell('off', undefined, { resources: { misses: 400, creationMs: 4_000 }, parts: { execution: 50 }, gbSeconds: 2 });
    const shared = cell('unbounded', undefined, { resources: { hits: 392, misses: 8, creationMs: 88, savedBytes: 3 * 1_048_576, peakInContainer: 1 }, parts: { execution: 20 }, gbSeconds: 1 });
    const [table, ...others] = renderResources(manifestOf(), [own, shared], plain);
    expect(others).toEqual([]);
    expect(lines(table)).toEqual([
      'e2e · icdcs-io | clients that invocations asked for and containers made, × against the same without sharing',
      'scheduler | cache | requests | made | hits | ideal | evicted | each ms | saved MB | exec ms | MB/cont.',
      'batching-expanding cache=off | off | 400 | 400 | 0.0 % | – | 0 | 10.0 | – | 50.0 | 2048',
      'batching-expanding cache=unbounded | unbounded | 400 | 8 (0.02×) | 98.0 % | – | 0 | 11.0 | 3.00 | 20.0 (0.40×) | 1024 (0.50×)',
      '',
    ]);
  });

  it('takes creations that failed for none, and says how many containers did not tell', () => {
    const [table] = renderResources(manifestOf(), [cell('lru', 2, { resources: { hits: 5, misses: 5, failures: 2, evictions: 1, idealHits: 6, idealRequests: 10, untoldContainers: 3, creationMs: 30 } })], plain);
    expect(lines(table)[0]).toContain('; 3 containers tell nothing');
    expect(lines(table)[2]).toBe('batching-expanding | lru:2 | 10 | 3 | 50.0 % | 60.0 % | 1 | 10.0 | – | – | 0.00');
  });

  it('is not told where nothing asked for a client', () => {
    expect(renderResources(manifestOf(), [summaryOf()], plain)).toEqual([]);
  });

  it('is a curve for each policy where there are more than two capacities, with optimal replacement below', () => {
    const point = (policy: Policy, capacity: number | undefined, hits: number, idealHits: number): CellSummary => cell(policy, capacity, { resources: { hits, misses: 100 - hits, idealHits, idealRequests: 100 } });
    const [table] = renderResources(manifestOf(), [point('lru', 2, 40, 60), point('lru', 4, 50, 71), point('lru', 8, 60, 80), point('random', 2, 30, 61), point('random', 8, 55, 79), point('unbounded', undefined, 90, 90)], plain);
    expect(lines(table)).toEqual([
      'e2e · icdcs-io · batching-expanding | share of requests that found a client, by policy and capacity of the cache of a container',
      'hit rate | 2 | 4 | 8',
      'lru | 40.0 % | 50.0 % | 60.0 %',
      'random | 30.0 % | – | 55.0 %',
      'unbounded | 90.0 % | 90.0 % | 90.0 %',
      'ideal | 61.0 % | 71.0 % | 80.0 %',
      '',
    ]);
  });

  it('is a curve for each scheduler, and marks what is invalid', () => {
    const point = (scheduler: string, capacity: number, hits: number, valid = true): CellSummary => cell('lru', capacity, { valid, cell: { scheduler }, resources: { hits, misses: 100 - hits } });
    const curves = renderResources(manifestOf(), [1, 2, 3].flatMap((capacity) => [point('baseline', capacity, capacity), point('batching', capacity, 10 * capacity, capacity < 3)]), plain);
    expect(curves.map((curve) => lines(curve)[2])).toEqual(['lru | 1.0 % | 2.0 % | 3.0 %', 'lru | 10.0 % | 20.0 % | 30.0 % invalid']);
  });

  it('adds requests and hits of repetitions up before it divides', () => {
    const run = (repetition: number, hits: number, misses: number): CellSummary => cell('lru', 2, { cell: { repetition }, resources: { hits, misses } });
    expect(lines(renderResources(manifestOf(), [run(1, 90, 10), run(2, 0, 100)], plain)[0])[2]).toContain('| 100 | 55 | 45.0 % |');
  });
});

describe('bursts', () => {
  it('are a row a size, with the mean, the makespan and the memory of each way of running them', () => {
    const burst = (workload: string, scheduler: string, execution: number, max: number, peakMb: number): CellSummary => summaryOf({ cell: { experiment: 'sharing', workload, scheduler }, parts: { execution }, total: { max }, peakMb });
    const [table, ...others] = renderBursts(manifestOf(), [burst('cpu-burst-10', 'batching-expanding', 100, 500, 60), burst('cpu-burst-10', 'baseline', 110, 900, 300), burst('cpu-burst-20', 'batching-expanding', 200, 1_000, 80)], plain);
    expect(others).toEqual([]);
    expect(lines(table)).toEqual([
      'sharing | invocations at once: mean execution, from their arrival to the end of the last, peak memory of all containers',
      'at once | baseline: exec ms | all done ms | peak MB | batching-expanding: exec ms | all done ms | peak MB',
      '10 | 110 | 900 | 300 | 100 | 500 | 60.0',
      '20 | 200 | 1000 | 80.0',
      '',
    ]);
  });

  it('say how many clients were made where there were any, instead of a table for each size', () => {
    const own = cell('off', undefined, { cell: { workload: 'io-burst-3' }, resources: { misses: 3 } });
    expect(lines(renderBursts(manifestOf(), [own], plain)[0])[2]).toMatch(/^3 \|.*\| 3$/);
    expect(renderResources(manifestOf(), [own], plain)).toEqual([]);
  });

  it('are not told where there are none', () => {
    expect(renderBursts(manifestOf(), [summaryOf()], plain)).toEqual([]);
  });
});
