import { expect, it } from 'vitest';
import { bar, sharesOf } from '../../src/report/bar.js';

it.each([
  [0, ''],
  [1, '████'],
  [0.5, '██'],
  [0.25 + 1 / 32, '█▏'],
  [1 / 32, '▏'],
  [31 / 32, '███▉'],
  [1 / 100, ''],
])('a bar of %d of four columns is to the nearest eighth of a column', (share, drawn) => {
  expect(bar(share, 4, 'unicode')).toBe(drawn);
});

it('a bar in ASCII has whole columns', () => {
  expect([0, 0.1, 0.3, 0.5, 1].map((share) => bar(share, 10, 'ascii'))).toEqual(['', '#', '###', '#####', '##########']);
});

it('shares are of the greatest, from 0', () => {
  expect(sharesOf([50, null, 200, 0])).toEqual([0.25, null, 1, 0]);
  expect(sharesOf([0, null])).toEqual([null, null]);
  expect(sharesOf([])).toEqual([]);
});
