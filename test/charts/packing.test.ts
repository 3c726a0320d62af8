import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedJson, unpackedJson } from '../../src/charts/index.js';

describe('packed JSON', () => {
  it('is read back as it was, whatever it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
        expect(unpackedJson(packedJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is read back where many objects are alike, also in each other', () => {
    const row = fc.record({ id: fc.integer(), text: fc.string(), inner: fc.array(fc.record({ a: fc.double({ noNaN: true, noDefaultInfinity: true }), b: fc.constantFrom(null, true) }), { minLength: 0, maxLength: 40 }) });
    fc.assert(fc.property(fc.array(row, { minLength: 0, maxLength: 40 }), (rows) => {
        expect(unpackedJson(packedJson({ rows }))).toEqual(JSON.parse(JSON.stringify({ rows })));
      }),
    );
  });

  it('names the fields of many like objects once', () => {
    const rows = Array.from({ length: 1_000 }, (_, id) => ({ identifier: id, completed: true }));
    expect(packedJson(rows).match(/identifier/g)).toHaveLength(1);
    expect(packedJson(rows).length).toBeLessThan(JSON.stringify(rows).length / 2);
  });

  it('leaves alone what has other fields here and there', () => {
    const rows = Array.from({ length: 100 }, (_, id) => (id === 50 ? { other: 1 } : { id }));
    expect(unpackedJson(packedJson(rows))).toEqual(rows);
  });
});
