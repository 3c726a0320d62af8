import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientCache, ClientCounts } from '../../../src/backends/simulation/client-cache.js';
import { idealHits } from '../../../src/caches/index.js';
import type { ResourceCache } from '../../../src/core/index.js';
import { runs } from '../../support/property-runs.js';

interface User {
  readonly resourceKey: string;
  client: never;
  ownsClient: boolean;
  clientBegunMs: number;
}

/** A cache, and users of clients that name them by a letter. */
function cacheOf(cache: ResourceCache): { readonly counts: ClientCounts; ask(key: string, nowMs?: number): [string, User]; makes(user: User, nowMs?: number): number; ends(user: User): void } {
  const counts = new ClientCounts();
  const clients = new ClientCache<User>(cache, counts, 1);
  return {
    counts,
    ask(resourceKey, nowMs = 0) {
      const user = { resourceKey, client: undefined as never, ownsClient: false, clientBegunMs: 0 };
      return [clients.request(user, cache.policy !== 'off', nowMs), user];
    },
    makes: (user, nowMs = 0) => clients.made(user, nowMs).length,
    ends: (user) => clients.ended(user),
  };
}

/** One invocation after another, each at its end before the next: how each of them got its client. */
function serially(cache: ResourceCache, keys: string): string {
  const { ask, makes, ends } = cacheOf(cache);
  return Array.from(keys, (key) => {
    const [found, user] = ask(key);
    if (found === 'begun') makes(user);
    ends(user);
    return found === 'made' ? '+' : '-';
  }).join('');
}

describe('clients in a simulated container', () => {
  it.each([
    ['off', undefined, 'aaaa', '----'],
    ['unbounded', undefined, 'abcabc', '---+++'],
    ['lru', 2, 'abacbac', '--+----'],
    ['lru', 3, 'abcaadb', '---++--'],
    ['lfu', 2, 'aaabacb', '-++-+--'],
    ['lfu', 2, 'aabcaca', '-+--+++'],
    ['gdsf', 1, 'aabb', '-+-+'],
    ['random', 1, 'aabb', '-+-+'],
  ] as const)('under %s of %s are found and made in the order of the policy: %s', (policy, capacity, keys, expected) => {
    expect(serially({ policy, ...(capacity === undefined ? {} : { capacity }) }, keys)).toBe(expected);
  });

  it('are made once for all who ask meanwhile', () => {
    const { ask, makes, counts } = cacheOf({ policy: 'unbounded' });
    const [, maker] = ask('a', 5);
    expect([ask('a')[0], ask('a')[0]]).toEqual(['joined', 'joined']);
    makes(maker, 12);
    expect(ask('a')[0]).toBe('made');
    expect(counts.usage()).toEqual({ hits: 3, misses: 1, failures: 0, evictions: 0, broken: 0, peak: 1, creationMs: 7, savedBytes: 0 });
  });

  it('exist until nobody uses them, also when others have taken their place', () => {
    const { ask, makes, ends, counts } = cacheOf({ policy: 'lru', capacity: 1 });
    const users = ['a', 'b', 'c'].map((key) => {
      const [, user] = ask(key);
      makes(user);
      return user;
    });
    expect([counts.evictions, counts.peak]).toEqual([2, 3]);
    users.forEach(ends);
    makes(ask('d')[1]);
    expect(counts.peak).toBe(3);
    expect(counts.usage()).toMatchObject({ hits: 0, misses: 4, evictions: 3 });
  });

  it('are not evicted while they are made: then there are more than the cache keeps, for as long as that takes', () => {
    const { ask, makes, counts } = cacheOf({ policy: 'lru', capacity: 1 });
    const [, first] = ask('a');
    const [, second] = ask('b');
    expect([ask('a')[0], ask('b')[0]]).toEqual(['joined', 'joined']);
    makes(first);
    makes(second);
    expect(counts.evictions).toBe(1);
    expect([ask('b')[0], ask('a')[0]]).toEqual(['made', 'begun']);
  });
});

interface Invocation {
  readonly key: number;
  readonly startedMs: number;
  /** From its start until it has made its client, if it has to, and from then to its end. */
  readonly makingMs: number;
  readonly usingMs: number;
}

/** Invocations at any time, many at the same time: how many of their requests were hits, and when each of them ended. */
function hitsOf(cache: ResourceCache, invocations: readonly Invocation[]): { readonly hits: number; readonly endsMs: readonly number[] } {
  const { ask, makes, ends, counts } = cacheOf(cache);
  const happenings: { readonly atMs: number; readonly order: number; happen(): void }[] = [];
  const endsMs = invocations.map(({ startedMs, makingMs, usingMs }) => startedMs + makingMs + usingMs);
  invocations.forEach(({ key, startedMs, makingMs, usingMs }, index) => {
    let user: User;
    let found = '';
    happenings.push(
      { atMs: startedMs, order: 3 * index, happen: () => ([found, user] = ask(String(key), startedMs)) },
      { atMs: startedMs + makingMs, order: 3 * index + 1, happen: () => { if (found === 'begun') makes(user, startedMs + makingMs); } },
      { atMs: startedMs + makingMs + usingMs, order: 3 * index + 2, happen: () => ends(user) },
    );
  });
  for (const { happen } of happenings.sort((a, b) => a.atMs - b.atMs || a.order - b.order)) happen();
  return { hits: counts.hits, endsMs };
}

it('no policy hits more than the bound says, however many invocations run at the same time', () => {
  const part = fc.integer({ min: 1, max: 60 });
  const invocation = fc.record({ key: fc.integer({ min: 0, max: 5 }), startedMs: fc.integer({ min: 0, max: 600 }), makingMs: part, usingMs: part });
  fc.assert(
    fc.property(fc.array(invocation, { maxLength: 60 }), fc.constantFrom('lru' as const, 'lfu' as const, 'gdsf' as const, 'random' as const), fc.integer({ min: 1, max: 4 }), (invocations, policy, capacity) => {
      // No two at the same instant, so that it is clear who came first.
      const inOrder = invocations.sort((a, b) => a.startedMs - b.startedMs).map((each, index) => ({ ...each, startedMs: each.startedMs + index / 100 }));
      const { hits, endsMs } = hitsOf({ policy, capacity }, inOrder);
      const requests = inOrder.map(({ key, startedMs }, index) => ({ key, startedMs, endedMs: endsMs[index] as number }));
      expect(hits).toBeLessThanOrEqual(idealHits(requests, capacity));
    }),
    runs(500),
  );
});
