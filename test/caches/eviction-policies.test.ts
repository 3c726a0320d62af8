import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEvictionPolicy, idealHits, type EvictionPolicy, type ResourceRequest } from '../../src/caches/index.js';
import { Gdsf } from '../../src/caches/gdsf.js';
import { createRng, type ResourceCache } from '../../src/core/index.js';
import { runs } from '../support/property-runs.js';
import { ReferenceCache } from './reference-caches.js';

const limited = ['lru', 'lfu', 'gdsf', 'random'] as const;

function policyOf(policy: ResourceCache['policy'], seed = 1): EvictionPolicy<number> {
  return createEvictionPolicy<number>({ policy, capacity: 1 }, createRng(seed)) as EvictionPolicy<number>;
}

interface Request {
  readonly key: number;
  /** It is found broken, and taken out. */
  readonly broken: boolean;
}

const costs = [3, 1, 8, 2, 5, 5, 13, 1, 2, 40];
const sizes = [1, 2, 1, 4, 5, 1, 2, 16, 1, 8];

/** Serves requests from a cache of so many keys: what was evicted, in order, and whether each request hit. */
function serve(policy: EvictionPolicy<number>, requests: readonly Request[], capacity: number): { readonly evicted: (number | undefined)[]; readonly hits: boolean[] } {
  const kept = new Set<number>();
  const evicted: (number | undefined)[] = [];
  const hits = requests.map(({ key, broken }) => {
    if (broken) {
      kept.delete(key);
      policy.removed(key);
    }
    if (kept.has(key)) {
      policy.used(key);
      return true;
    }
    if (kept.size >= capacity) {
      const victim = policy.evict();
      evicted.push(victim);
      kept.delete(victim as number);
    }
    kept.add(key);
    policy.added(key, costs[key] as number, sizes[key] as number);
    return false;
  });
  return { evicted, hits };
}

const key = fc.integer({ min: 0, max: costs.length - 1 });
const requestsOf = fc.array(fc.record({ key, broken: fc.boolean().map((yes) => yes) }).map(({ key: k, broken }) => ({ key: k, broken: broken && k % 3 === 0 })), { maxLength: 200 });
const capacities = fc.integer({ min: 1, max: 8 });

describe.each(['lru', 'lfu', 'gdsf'] as const)('%s', (name) => {
  it('evicts what a straightforward model evicts, whatever is asked for and whatever breaks', () => {
    fc.assert(
      fc.property(requestsOf, capacities, (requests, capacity) => {
        expect(serve(policyOf(name), requests, capacity)).toEqual(serve(new ReferenceCache(name), requests, capacity));
      }),
      runs(300),
    );
  });
});

it('lru evicts what was used longest ago', () => {
  expect(serve(policyOf('lru'), [1, 2, 3, 1, 4].map((k) => ({ key: k, broken: false })), 3).evicted).toEqual([2]);
});

it('lfu evicts what was used least often, and of those what was used longest ago', () => {
  expect(serve(policyOf('lfu'), [1, 1, 2, 3, 2, 4, 5].map((k) => ({ key: k, broken: false })), 3).evicted).toEqual([3, 4]);
});

it('gdsf keeps what is dear for its size, until it has not been used for long', () => {
  // Costs by size: 8 of key 2, 0.0625 of key 7, 0.5 of key 1; the level rises by what goes until it has passed 8.
  const cheap = Array.from({ length: 40 }, (_item, index) => ({ key: index % 2 === 0 ? 7 : 1, broken: false }));
  const { evicted } = serve(policyOf('gdsf'), [{ key: 2, broken: false }, ...cheap], 2);
  expect(evicted.indexOf(2)).toBeGreaterThan(20);
  expect(evicted[0]).toBe(7);
});

it('the level of gdsf never falls', () => {
  fc.assert(
    fc.property(requestsOf, capacities, (requests, capacity) => {
      const gdsf = new Gdsf<number>();
      let before = 0;
      for (const request of requests) {
        serve(gdsf, [request], capacity);
        expect(gdsf.level).toBeGreaterThanOrEqual(before);
        before = gdsf.level;
      }
    }),
    runs(50),
  );
});

it('random evicts every key about as often, and the same for the same seed', () => {
  const evictOnce = (seed: number): number => {
    const random = policyOf('random', seed);
    for (let k = 0; k < 5; k += 1) random.added(k, 1, 1);
    random.removed(4);
    return random.evict() as number;
  };
  const counts = [0, 0, 0, 0];
  for (let seed = 0; seed < 2_000; seed += 1) counts[evictOnce(seed)]! += 1;
  for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(100);
  expect(evictOnce(7)).toBe(evictOnce(7));
});

it.each(limited)('%s evicts each key that is there once and then nothing', (name) => {
  const policy = policyOf(name);
  for (let k = 0; k < 5; k += 1) policy.added(k, 1, 1);
  policy.removed(3);
  policy.removed(9);
  policy.used(9);
  expect([0, 1, 2, 4].map(() => policy.evict()).sort()).toEqual([0, 1, 2, 4]);
  expect(policy.evict()).toBeUndefined();
});

it('nothing is ever evicted where there is no bound, or nothing is kept', () => {
  expect(createEvictionPolicy({ policy: 'off' }, createRng(1))).toBeUndefined();
  expect(createEvictionPolicy({ policy: 'unbounded' }, createRng(1))).toBeUndefined();
});

/** One after another, each of them over before the next. */
function inTurn(keys: readonly number[]): ResourceRequest[] {
  return keys.map((k, index) => ({ key: k, startedMs: index, endedMs: index + 0.5 }));
}

/** Every choice of what to evict, followed to its end. */
function mostHits(keys: readonly number[], capacity: number, kept: readonly number[] = []): number {
  const [first, ...rest] = keys;
  if (first === undefined) return 0;
  if (kept.includes(first)) return 1 + mostHits(rest, capacity, kept);
  if (kept.length < capacity) return mostHits(rest, capacity, [...kept, first]);
  return Math.max(...kept.map((victim) => mostHits(rest, capacity, [...kept.filter((other) => other !== victim), first])));
}

describe('the bound of hits', () => {
  it('is what the best of all choices hits, of requests one after another', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), (keys, capacity) => {
        expect(idealHits(inTurn(keys), capacity)).toBe(mostHits(keys, capacity));
      }),
      runs(100),
    );
  });

  it('is reached by no policy more than it says', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), capacities, fc.constantFrom(...limited), (keys, capacity, name) => {
        const { hits } = serve(policyOf(name), keys.map((k) => ({ key: k, broken: false })), capacity);
        expect(idealHits(inTurn(keys), capacity)).toBeGreaterThanOrEqual(hits.filter(Boolean).length);
      }),
      runs(200),
    );
  });

  it('without a capacity is all but the first of each key', () => {
    expect(idealHits(inTurn([1, 2, 1, 3, 2, 1]), Number.POSITIVE_INFINITY)).toBe(3);
    expect(idealHits([], 1)).toBe(0);
  });

  it('counts who can join a running invocation, and needs no place for what one has', () => {
    const at = (k: number, startedMs: number, endedMs: number): ResourceRequest => ({ key: k, startedMs, endedMs });
    // Two at once that each want what the other has not, and again when they are over: one of them can be kept.
    expect(idealHits([at(1, 0, 10), at(2, 1, 10), at(1, 2, 10), at(2, 3, 10)], 1)).toBe(2);
    expect(idealHits([at(1, 0, 10), at(2, 1, 10), at(1, 11, 12), at(2, 13, 14)], 1)).toBe(1);
    expect(idealHits([at(1, 0, 10), at(2, 1, 2), at(2, 3, 4), at(1, 12, 13)], 1)).toBe(2);
    expect(idealHits([at(1, 0, 10), at(1, 10, 11)], 1)).toBe(1);
  });
});
