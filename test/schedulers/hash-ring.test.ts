import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HashRing } from '../../src/schedulers/hash-ring.js';
import { runs } from '../support/property-runs.js';

const keys = Array.from({ length: 1_000 }, (_item, index) => `key-${index}`);

function ringOf(names: readonly string[], replicas = 64): HashRing<string> {
  const ring = new HashRing<string>(replicas);
  for (const name of names) ring.add(name, name);
  return ring;
}

it('has no node for a key when it is empty', () => {
  expect(ringOf([]).nodeFor('a')).toBeUndefined();
  expect(ringOf([]).nodesFor('a')).toEqual([]);
});

it('gives every node about its share of the keys', () => {
  const ring = ringOf(['a', 'b', 'c', 'd']);
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(ring.nodeFor(key) as string, (counts.get(ring.nodeFor(key) as string) ?? 0) + 1);
  expect(counts.size).toBe(4);
  for (const count of counts.values()) expect(count).toBeGreaterThan(120);
});

it('names every node once, the one that the key belongs to first', () => {
  const ring = ringOf(['a', 'b', 'c', 'd']);
  for (const key of keys.slice(0, 100)) {
    const nodes = ring.nodesFor(key);
    expect([...nodes].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(nodes[0]).toBe(ring.nodeFor(key));
  }
});

const someNames = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 2, maxLength: 8 });

it('moves only the keys of a node that leaves, each to its next node, whatever the order in which nodes came', () => {
  fc.assert(
    fc.property(someNames, fc.nat(), fc.integer({ min: 1, max: 20 }), (names, which, replicas) => {
      const leaving = names[which % names.length] as string;
      const ring = ringOf(names, replicas);
      const before = keys.slice(0, 50).map((key) => ring.nodesFor(key));
      ring.remove(leaving);
      const without = ringOf(names.filter((name) => name !== leaving).reverse(), replicas);
      keys.slice(0, 50).forEach((key, index) => {
        expect(ring.nodeFor(key)).toBe((before[index] as string[]).find((name) => name !== leaving));
        expect(without.nodeFor(key)).toBe(ring.nodeFor(key));
      });
    }),
    runs(50),
  );
});
