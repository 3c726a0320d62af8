import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut, type BatchSpan, type Slice } from '../../src/export/perfetto-lanes.js';
import { runs } from '../support/property-runs.js';
import { crossing } from './traces.js';

/** A batch of handlers, each `[begin, end]` in µs. */
function batch(id: number, startUs: number, endUs: number, handlers: readonly (readonly [number, number])[]): BatchSpan<string> {
  return { id, startUs, endUs, invocations: handlers.map(([from, to], index) => ({ startUs: from, endUs: to, row: `${id}.${index}` })) };
}

function said(slice: Slice<string>): string {
  const name = slice.kind === 'launch' ? 'launch' : slice.kind === 'batch' ? `batch ${slice.batch.id}` : slice.row;
  return `${slice.lane}: ${name} ${slice.startUs}-${slice.endUs}`;
}

function laidOut(...batches: BatchSpan<string>[]): string[] {
  return layOut({ startUs: 0, endUs: 100 }, batches).map(said);
}

describe('what happens in a container', () => {
  it('one after the other needs one lane', () => {
    expect(laidOut(batch(0, 100, 300, [[110, 200], [200, 290]]), batch(1, 300, 400, [[310, 390]]))).toEqual([
      '0: launch 0-100', '0: batch 0 100-300', '0: 0.0 110-200', '0: 0.1 200-290', '0: batch 1 300-400', '0: 1.0 310-390',
    ]);
  });

  it('at the same time needs a lane for each invocation of a batch, and the first lies in the batch', () => {
    expect(laidOut(batch(0, 100, 300, [[110, 290], [120, 200], [130, 210], [220, 230]]))).toEqual([
      '0: launch 0-100', '0: batch 0 100-300', '0: 0.0 110-290', '1: 0.1 120-200', '2: 0.2 130-210', '1: 0.3 220-230',
    ]);
  });

  it('in batches at the same time needs a lane for each batch', () => {
    expect(laidOut(batch(0, 100, 300, [[110, 290]]), batch(1, 200, 400, [[210, 390]]))).toEqual(['0: launch 0-100', '0: batch 0 100-300', '0: 0.0 110-290', '1: batch 1 200-400', '1: 1.0 210-390']);
  });

  it('is not torn apart by the rounding of times', () => {
    expect(laidOut(batch(0, 98, 300, [[99, 201], [199, 302]]), batch(1, 298, 400, []))).toEqual(['0: launch 0-100', '0: batch 0 100-300', '0: 0.0 100-201', '0: 0.1 201-300', '0: batch 1 300-400']);
  });

  it('lies on lanes on which slices are apart or in each other, and is there once, whatever it was', () => {
    const handler = fc.tuple(fc.nat(400), fc.nat(60));
    const anyBatch = fc.tuple(fc.nat(400), fc.array(handler, { maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 8 }), fc.boolean(), (given, launched) => {
        const batches = given.map(([start, handlers], id) => {
          const times = handlers.map(([after, length]): [number, number] => [start + after, start + after + length]);
          return batch(id, start, Math.max(start, ...times.map(([, to]) => to)), times);
        });
        const slices = layOut(launched ? { startUs: 0, endUs: 100 } : undefined, batches);
        expect(crossing(slices)).toEqual([]);
        const rows = slices.flatMap((slice) => (slice.kind === 'invocation' ? [slice.row] : []));
        expect(rows.sort()).toEqual(batches.flatMap(({ invocations }) => invocations.map(({ row }) => row)).sort());
        expect(slices.every(({ startUs, endUs }) => endUs >= startUs)).toBe(true);
      }),
      runs(300),
    );
  });
});
