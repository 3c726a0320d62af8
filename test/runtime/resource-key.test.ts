import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resourceKey } from '../../src/runtime/resource-key.js';
import { runs } from '../support/property-runs.js';

class Config {
  readonly region = 'eu';
}

it.each([
  ['the order of keys, at any depth', { region: 'eu', auth: { user: 'ada', secret: 's' }, list: [{ a: 1, b: 2 }] }, { list: [{ b: 2, a: 1 }], auth: { secret: 's', user: 'ada' }, region: 'eu' }],
  ['the order of a set', new Set([1, 2]), new Set([2, 1])],
  ['the order of a map', new Map([['a', 1], ['b', 2]]), new Map([['b', 2], ['a', 1]])],
  ['which object holds the same bytes', Buffer.from('abc'), Buffer.from('abc')],
  ['which object is the same date', new Date(5), new Date(5)],
  ['which object is the same address', new URL('redis://h:1'), new URL('redis://h:1')],
  ['which object is the same expression', /a/g, /a/g],
  ['whether an object has a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
])('does not depend on %s', (_what, a, b) => {
  expect(resourceKey('s3', a)).toBe(resourceKey('s3', b));
});

const base = { bucket: 'b', ids: [1, 2] };

it.each<[string, unknown, unknown]>([
  ['other values', base, { ...base, bucket: 'c' }],
  ['another key', base, { basket: 'b', ids: [1, 2] }],
  ['one key more', base, { ...base, more: null }],
  ['a key that is undefined', base, { ...base, more: undefined }],
  ['null and undefined', null, undefined],
  ['another order of a list', [1, 2], [2, 1]],
  ['a number and its text', 1, '1'],
  ['a number and a bigint', 1, 1n],
  ['a truth and its number', true, 1],
  ['zero and minus zero', 0, -0],
  ['NaN and null', Number.NaN, null],
  ['a hole and undefined', new Array<unknown>(1), [undefined]],
  ['nesting', [[1], 2], [1, [2]]],
  ['a list and an object of the same', ['a'], { 0: 'a' }],
  ['a date and its text', new Date(5), new Date(5).toISOString()],
  ['flags of an expression', /a/g, /a/i],
  ['kinds of bytes', new Uint8Array([1]), new Int8Array([1])],
  ['text that looks like structure', ['a', 'b'], ['a","b']],
  ['a set and a list', new Set([1]), [1]],
  ['functions of equal text', () => 1, () => 1],
  ['instances of a class', new Config(), new Config()],
  ['symbols', Symbol('a'), Symbol('a')],
])('tells %s apart', (_what, a, b) => {
  expect(resourceKey('s3', a)).not.toBe(resourceKey('s3', b));
});

it('tells kinds apart', () => {
  expect(resourceKey('s3', 1)).not.toBe(resourceKey('sqs', 1));
});

it('takes a function, an instance and a symbol for equal to itself', () => {
  for (const item of [() => 1, new Config(), Symbol('a'), Symbol.for('a')]) expect(resourceKey('s3', [item])).toBe(resourceKey('s3', [item]));
});

it('ends for what contains itself', () => {
  const around = (depth: number): object => {
    const inner: Record<string, unknown> = { name: 'x' };
    inner['self'] = depth === 0 ? inner : { again: inner };
    return inner;
  };
  expect(resourceKey('s3', around(0))).toBe(resourceKey('s3', around(0)));
  expect(resourceKey('s3', around(0))).not.toBe(resourceKey('s3', around(1)));
});

it('holds nothing of the arguments in clear', () => {
  expect(resourceKey('s3', { password: 'secret' })).toMatch(/^[A-Za-z0-9+/]{43}=$/);
});

const anything = fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withSparseArray: true, withMap: true, withSet: true, maxDepth: 3 });

it('is equal for deeply equal values, and for no others', () => {
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      expect(resourceKey('k', a)).toBe(resourceKey('k', structuredCloneOf(a)));
      if (!isDeepStrictEqual(withoutPrototypes(a), withoutPrototypes(b))) expect(resourceKey('k', a)).not.toBe(resourceKey('k', b));
    }),
    runs(300),
  );
});

/** fast-check makes objects with and without a prototype, which are equal here. */
function withoutPrototypes(value: unknown): unknown {
  return structuredCloneOf(value);
}

function structuredCloneOf(value: unknown): unknown {
  return structuredClone(value);
}
