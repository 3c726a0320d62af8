import { expect, it } from 'vitest';
import type { ResourceCache } from '../../src/core/index.js';
import type { CellSummary } from '../../src/results/index.js';
import { batchingExpanding } from '../../src/schedulers/batching-expanding.js';
import { IdealCaches } from '../../src/suites/ideal-resources.js';
import type { PlannedCell } from '../../src/suites/index.js';
import { KeptRows, smallCell, smallHost, smallRun } from './simulated-cells.js';

const keys = 'abacabadabacabaefgabacabadabacabahijabacabad';

/** Invocations of an I/O function, 35 ms apart, so that the container serves one after another, each with a client of its own choice. */
function cellWith(resourceCache: ResourceCache, namesClients = true): PlannedCell {
  const cell = smallCell(batchingExpanding, Array.from({ length: keys.length }, (_item, index) => ({ atMs: 300 * index, name: 'blob' as const, n: 0 })));
  return { ...cell, resourceCache, workload: { ...cell.workload, resourceKeyOf: namesClients ? (id) => keys.charAt(id) : undefined } };
}

async function resourcesOf(cell: PlannedCell): Promise<NonNullable<CellSummary['resources']>> {
  const { summary } = await smallRun(cell, { host: smallHost }).run();
  return summary.resources as NonNullable<CellSummary['resources']>;
}

function inOrder(text: string): string {
  return text.split('').sort().join('');
}

/** The best there is, by following every choice of whom to evict: what the cache may hold, and the most hits up to there. */
function bestHits(capacity: number): number {
  let states = new Map([['', 0]]);
  for (const key of keys) {
    const next = new Map<string, number>();
    const reach = (held: string, hits: number): void => void next.set(held, Math.max(hits, next.get(held) ?? 0));
    for (const [held, hits] of states) {
      if (held.includes(key)) reach(held, hits + 1);
      else if (held.length < capacity) reach(inOrder(held + key), hits);
      else for (const victim of held) reach(inOrder(held.replace(victim, key)), hits);
    }
    states = next;
  }
  return Math.max(...states.values());
}

it('no policy hits more than optimal replacement, and without a bound all hit what is hit twice', async () => {
  for (const policy of ['lru', 'lfu', 'gdsf', 'random'] as const) {
    for (const capacity of [1, 2, 4]) {
      const { hits, misses, idealHits, idealRequests, evictions } = await resourcesOf(cellWith({ policy, capacity }));
      expect([hits + misses, idealRequests]).toEqual([keys.length, keys.length]);
      expect(hits).toBeLessThanOrEqual(idealHits as number);
      expect(evictions).toBe(misses - capacity);
    }
  }
  const { hits, idealHits } = await resourcesOf(cellWith({ policy: 'unbounded' }));
  expect([hits, idealHits]).toEqual([keys.length - new Set(keys).size, keys.length - new Set(keys).size]);
});

it('optimal replacement is what the best of all choices hits', async () => {
  const { idealHits } = await resourcesOf(cellWith({ policy: 'random', capacity: 2 }));
  expect(idealHits).toBe(bestHits(2));
});

it('is not told where invocations do not say which client they use, or share none', async () => {
  expect((await resourcesOf(cellWith({ policy: 'lru', capacity: 2 }, false))).idealHits).toBeUndefined();
  expect((await resourcesOf(cellWith({ policy: 'off' }))).idealHits).toBeUndefined();
});

it('passes on every row that it is given', () => {
  const rows = new KeptRows();
  const ideal = IdealCaches.for(cellWith({ policy: 'unbounded' }), rows);
  ideal?.sample({ atMs: 0, host: { memoryMb: 0, cpuPercent: 0 }, containers: [] });
  expect(rows.samples).toBe(1);
});
