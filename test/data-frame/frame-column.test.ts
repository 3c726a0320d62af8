import { describe, expect, it } from 'vitest';
import { columnOf, numberColumn, textColumn } from '../../src/data-frame/frame-column.js';

describe('the type of a column', () => {
  it.each([
    ['int32', [1, -2, 2 ** 31 - 1]],
    ['float32', [1, 2.5]],
    ['float32', [1, 2 ** 31]],
    ['float32', [1, Number.NaN]],
  ])('is %s for the numbers %j', (type, values) => {
    expect(numberColumn('n', values)).toEqual({ name: 'n', type, values });
  });

  it.each([
    ['boolean', [true, Number.NaN, false]],
    ['float32', [Number.NaN, Number.NaN]],
    ['int32', [3, 4]],
    ['string', ['a', Number.NaN]],
  ])('is %s for values of one kind, some missing: %j', (type, values) => {
    expect(columnOf('x', values)).toEqual({ name: 'x', type, values });
  });

  it('is that of texts for values of several kinds, which become texts', () => {
    expect(columnOf('x', ['lru', 3, true, Number.NaN])).toEqual({ name: 'x', type: 'string', values: ['lru', '3', 'true', Number.NaN] });
  });

  it('stays that of texts when all of them are missing', () => {
    expect(textColumn('t', [Number.NaN]).type).toBe('string');
  });
});
