import { describe, expect, it } from 'vitest';
import { formatResourceCache, planSuite, readResourceCache, type Selection, type Suite } from '../../src/suites/index.js';
import { thrownBy } from '../results/thrown-by.js';
import { planDeps } from './suite-names.js';
import { problemsOf, suiteOf } from './write-suite.js';

const everything: Selection = { experiments: undefined, workloads: undefined, schedulers: undefined, repeat: 1, limit: 5, load: 0.35, seed: 1, reseed: false, set: undefined, cache: undefined, added: [] };

function cellsOf(suite: Suite, selection: Partial<Selection> = {}): [string, object, object][] {
  return planSuite(suite, { ...everything, ...selection }, planDeps()).cells.map(({ key, resourceCache }) => [key.id, resourceCache, key.parameters]);
}

function suiteWith(cache: string, schedulers = '[baseline]'): string[] {
  return ['name: s', 'base: baseline', 'experiments:', '  one:', '    workloads: [icdcs-io]', `    schedulers: ${schedulers}`, `    cache: ${cache}`];
}

describe('the caches of an experiment', () => {
  it('make a cell for each policy and capacity, and one for each policy without', () => {
    expect(cellsOf(suiteOf(...suiteWith('{ policies: [off, lru, unbounded], capacities: [2, 10] }')))).toEqual([
      ['one.icdcs-io.baseline.off.r1', { policy: 'off' }, { cache: 'off' }],
      ['one.icdcs-io.baseline.lru-2.r1', { policy: 'lru', capacity: 2 }, { cache: 'lru', cacheCapacity: 2 }],
      ['one.icdcs-io.baseline.lru-10.r1', { policy: 'lru', capacity: 10 }, { cache: 'lru', cacheCapacity: 10 }],
      ['one.icdcs-io.baseline.unbounded.r1', { policy: 'unbounded' }, { cache: 'unbounded' }],
    ]);
  });

  it('are those of the scheduler where the suite says nothing', () => {
    const suite = suiteOf('name: s', 'base: baseline', 'experiments:', '  one: { workloads: [icdcs-io], schedulers: [baseline, batching-expanding] }');
    expect(cellsOf(suite).map(([id, cache]) => [id, cache])).toEqual([
      ['one.icdcs-io.baseline.r1', { policy: 'off' }],
      ['one.icdcs-io.batching-expanding.r1', { policy: 'unbounded' }],
    ]);
  });

  it('are the one that the command line names, in every experiment', () => {
    const suite = suiteOf('name: s', 'base: baseline', 'experiments:', '  a: { workloads: [icdcs-io], schedulers: [baseline] }', '  b: { workloads: [icdcs-io], schedulers: [baseline], cache: { policies: [off, unbounded] } }');
    expect(cellsOf(suite, { cache: { policy: 'gdsf', capacity: 3 } }).map(([id]) => id)).toEqual(['a.icdcs-io.baseline.gdsf-3.r1', 'b.icdcs-io.baseline.gdsf-3.r1']);
  });

  it('stand after the options that a sweep gives a scheduler', () => {
    const suite = suiteOf(...suiteWith('{ policies: [random], capacities: [4] }', '[batching]'), '    sweep: { dispatchIntervalMs: [10, 20] }');
    expect(cellsOf(suite).map(([id]) => id)).toEqual(['one.icdcs-io.batching.dispatchIntervalMs-10.random-4.r1', 'one.icdcs-io.batching.dispatchIntervalMs-20.random-4.r1']);
  });

  it.each([
    ['{ policies: [lru] }', '7:12 experiments.one.cache.capacities: must say how many resources lru may keep'],
    ['{ policies: [off, unbounded], capacities: [2] }', '7:54 experiments.one.cache.capacities: means nothing to off and unbounded'],
    ['{ policies: [lru, lru], capacities: [2] }', '7:30 experiments.one.cache.policies.1: is listed twice'],
    ['{ policies: [lru], capacities: [0] }', '7:44 experiments.one.cache.capacities.0: Too small: expected number to be >=1'],
  ])('are refused with their place: %s', (cache, problem) => {
    expect(problemsOf(...suiteWith(cache))).toEqual([problem]);
  });

  it('names the policies that there are', () => {
    expect(problemsOf(...suiteWith('{ policies: [fifo], capacities: [2] }'))).toEqual([expect.stringMatching(/^7:25 experiments\.one\.cache\.policies\.0: .*"off"\|"unbounded"\|"lru"\|"lfu"\|"gdsf"\|"random"$/)]);
  });
});

describe('a cache on the command line', () => {
  it.each(['off', 'unbounded', 'lru:10', 'lfu:1', 'gdsf:64', 'random:1000000'])('%s is read and written', (text) => {
    expect(formatResourceCache(readResourceCache(text))).toBe(text);
  });

  it.each([
    ['lru', 'it needs a capacity'],
    ['off:3', 'it takes no capacity'],
    ['fifo:3', 'there is no such policy'],
    ['lru:0', 'the capacity must be a whole number from 1 to 1000000'],
    ['lru:-1', 'there is no such policy'],
    ['', 'there is no such policy'],
  ])('%j is refused: %s', (text, why) => {
    const error = thrownBy(() => readResourceCache(text));
    expect([error.code, error.message, error.fix]).toEqual(['FBB_ERR_USAGE', `--cache ${text}: ${why}.`, 'Use one of: off, unbounded, lru:<capacity>, lfu:<capacity>, gdsf:<capacity>, random:<capacity>.']);
  });
});
