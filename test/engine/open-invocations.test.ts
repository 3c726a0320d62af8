import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvocationRecord, OpenInvocations } from '../../src/engine/records.js';
import { runs } from '../support/property-runs.js';

const slots = 1_024;

/** Where the table looks first for an id, as long as it has not grown. */
function homeOf(id: number): number {
  return (Math.imul(id, 0x9e3779b1) >>> 8) & (slots - 1);
}

/** Ids at home in few neighbouring slots, over the end of the table: chains of them run into each other and around it. */
function clashingIds(perHome: number): number[] {
  const left = new Map([1_021, 1_022, 1_023, 0, 1, 2].map((home) => [home, perHome]));
  const ids: number[] = [];
  for (let id = 0; ids.length < left.size * perHome; id += 1) {
    const wanted = left.get(homeOf(id)) ?? 0;
    if (wanted === 0) continue;
    left.set(homeOf(id), wanted - 1);
    ids.push(id);
  }
  return ids;
}

function recordOf(id: number): InvocationRecord {
  return new InvocationRecord(id, 'f', 0, 0);
}

function ascending(records: Iterable<InvocationRecord>): InvocationRecord[] {
  return [...records].sort((a, b) => a.id - b.id);
}

/** Adds each id that is not there and removes each that is, and compares with a Map after every step. */
function toggle(script: readonly number[], everyId: readonly number[]): void {
  const open = new OpenInvocations();
  const expected = new Map<number, InvocationRecord>();
  for (const id of script) {
    const known = expected.get(id);
    if (known === undefined) {
      const record = recordOf(id);
      expected.set(id, record);
      open.add(record);
    } else {
      expected.delete(id);
      open.remove(known);
    }
    // Not `expect` for each: there are very many.
    if (open.size !== expected.size) expect.fail(`${open.size} instead of ${expected.size} are open after ${id}`);
    for (const other of everyId) if (open.get(other) !== expected.get(other)) expect.fail(`invocation ${other} after ${id}`);
  }
  expect(open.all()).toEqual(ascending(expected.values()));
}

describe('the open invocations', () => {
  it('are those that were added and not removed, also where their places clash', () => {
    const ids = clashingIds(4);
    expect(ids).toHaveLength(24);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ids), { minLength: 30, maxLength: 120 }), (script) => toggle(script, ids)),
      runs(150),
    );
  });

  it('are found in whatever order a chain of them around the end of the table is removed', () => {
    const ids = clashingIds(1);
    fc.assert(
      fc.property(fc.shuffledSubarray(ids, { minLength: ids.length }), fc.shuffledSubarray(ids, { minLength: ids.length }), (added, removed) => toggle([...added, ...removed], ids)),
      runs(300),
    );
  });

  it('may be more than there are places at first', () => {
    const script = fc.array(fc.nat({ max: 4_000 }), { minLength: 1_500, maxLength: 2_500, size: 'max' });
    fc.assert(
      fc.property(script, (ids) => {
        const open = new OpenInvocations();
        const expected = new Map<number, InvocationRecord>();
        for (const id of ids) {
          const known = expected.get(id);
          if (known === undefined) {
            expected.set(id, recordOf(id));
            open.add(expected.get(id) as InvocationRecord);
          } else if (id % 3 === 0) {
            expected.delete(id);
            open.remove(known);
          }
        }
        expect(open.size).toBe(expected.size);
        expect(open.size).toBeGreaterThan(slots / 2);
        for (let id = 0; id <= 4_000; id += 1) if (open.get(id) !== expected.get(id)) expect.fail(`invocation ${id}`);
        expect(open.all().map(({ id }) => id)).toEqual(ascending(expected.values()).map(({ id }) => id));
        for (const record of expected.values()) open.remove(record);
        expect([open.size, open.all()]).toEqual([0, []]);
      }),
      runs(10),
    );
  });

  it('come in order of arrival, whichever place they have', () => {
    const open = new OpenInvocations();
    for (let id = 0; id < 2_000; id += 1) open.add(recordOf(id));
    expect(open.all().map(({ id }) => id)).toEqual(Array.from({ length: 2_000 }, (_item, id) => id));
  });
});

describe('those that run in a container', () => {
  it('come in order of dispatch, without those of other containers and those not dispatched yet', () => {
    const open = new OpenInvocations();
    const dispatchOrders = [7, -1, 3, 5, 0, 9];
    for (const [id, dispatchOrder] of dispatchOrders.entries()) open.add(Object.assign(recordOf(id), { containerId: id === 3 ? 2 : 1, dispatchOrder }));
    expect(open.runningIn(1).map(({ id }) => id)).toEqual([4, 2, 0, 5]);
    expect(open.runningIn(2).map(({ id }) => id)).toEqual([3]);
    expect(open.runningIn(3)).toEqual([]);
  });
});
