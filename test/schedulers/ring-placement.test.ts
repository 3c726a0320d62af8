import { describe, expect, it } from 'vitest';
import { noSharing } from '../../src/core/index.js';
import { batchingExpanding } from '../../src/schedulers/batching-expanding.js';
import type { Place } from '../../src/schedulers/placement.js';
import { correctedRing, paperRing } from '../../src/schedulers/ring-placement.js';
import { DispatchWindow } from '../../src/schedulers/dispatch-window.js';
import { faultsOf } from '../../src/testkit/cell-faults.js';
import { FakeCell } from '../../src/testkit/fake-cell.js';

/** A cell that places the groups of windows of 200 ms; launches take 100 ms and invocations 10 ms. */
function cellOf(place: Place): FakeCell {
  const window = new DispatchWindow(200, place);
  return new FakeCell({ scheduler: { onArrival: (invocation, ctx) => window.add(invocation, ctx) } });
}

/** One window after another: the clients that invocations ask for, and for other functions than `f` with their name before. */
function batchesOf(place: Place, windows: readonly (readonly string[])[]): string[] {
  const cell = cellOf(place);
  windows.forEach((keys, index) => {
    cell.clock.advanceTo(index * 400 + 10);
    for (const key of keys) cell.arrive(key.includes('/') ? (key.split('/')[0]) : 'f', 0, key);
  });
  cell.finish();
  expect(faultsOf(cell)).toEqual([]);
  return cell.log.filter((line) => line.includes('dispatch')).map((line) => line.replace(/^\d+: dispatch /, '').replace(' expanded', ''));
}

describe.each([
  ['the rule of the paper', paperRing],
  ['the corrected rule', correctedRing],
] as const)('%s', (_name, ring) => {
  it('sends a first group to one new container', () => {
    expect(batchesOf(ring(10), [['a', 'b', 'a']])).toEqual(['c0 0,1,2']);
  });

  it('sends invocations that name no client to one container together', () => {
    const cell = cellOf(ring(10));
    for (const atMs of [10, 410]) {
      cell.clock.advanceTo(atMs);
      cell.burst(3);
    }
    cell.finish();
    expect(cell.log.filter((line) => line.includes('dispatch')).map((line) => line.split('dispatch ')[1])).toEqual(['c0 expanded 0,1,2', 'c0 expanded 3,4,5']);
  });

  it('never gives an invocation to a container of another function', () => {
    expect(batchesOf(ring(10), [['f/a'], ['g/a'], ['f/a'], ['g/a']])).toEqual(['c0 0', 'c1 1', 'c0 2', 'c1 3']);
  });
});

it('of the paper takes a container once a window and sends the rest to another', () => {
  expect(batchesOf(paperRing(10), [['a'], ['a', 'a', 'a']])).toEqual(['c0 0', 'c0 1', 'c1 2,3']);
});

it('of the paper takes a container that is full for one that has no room, also for a client that it holds', () => {
  // Not by the ring, but as the newest warm one for the rest, together.
  expect(batchesOf(paperRing(1), [['a'], ['a', 'a', 'a']])).toEqual(['c0 0', 'c0 1,2,3']);
});

it('corrected keeps the requests for one client together', () => {
  expect(batchesOf(correctedRing(10), [['a'], ['a', 'a', 'a']])).toEqual(['c0 0', 'c0 1,2,3']);
});

it('corrected knows that a container which is full holds a client already, and sends others elsewhere', () => {
  expect(batchesOf(correctedRing(1), [['a'], ['a', 'b', 'a'], ['b', 'a']])).toEqual(['c0 0', 'c0 1,3', 'c1 2', 'c1 4', 'c0 5']);
});

it('corrected forgets containers that are gone', () => {
  const cell = new FakeCell({ scheduler: { onArrival: (invocation, ctx) => window.add(invocation, ctx) }, keepAliveMs: 1_000 });
  const window = new DispatchWindow(200, correctedRing(10));
  cell.arrive('f', 0, 'a');
  cell.clock.advanceTo(5_000);
  cell.arrive('f', 0, 'a');
  cell.finish();
  expect(cell.log.filter((line) => line.includes('dispatch'))).toEqual([expect.stringContaining('c0 expanded 0'), expect.stringContaining('c1 expanded 1')]);
});

it.each(['group', 'ring-paper', 'ring-corrected'] as const)('is an option of batching-expanding: %s', (placement) => {
  const options = batchingExpanding.options.parse({ placement });
  expect(batchingExpanding.create(options, { rng: { next: () => 0 } as never, profile: undefined, resourceCache: noSharing, log: () => undefined })).toHaveProperty('onArrival');
});
