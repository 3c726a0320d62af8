import { describe, expect, it } from 'vitest';
import { formatMs, renderProblems } from '../../src/report/index.js';
import { summaryOf } from '../results/stored-run.js';

describe('formatMs', () => {
  it.each([
    [null, '–'],
    [0, '0.00'],
    [0.004, '0.00'],
    [1.234, '1.23'],
    [9.994, '9.99'],
    [10, '10.0'],
    [56.78, '56.8'],
    [100, '100'],
    [123.4, '123'],
    [123_456.7, '123457'],
  ])('writes %s as %s', (value, text) => {
    expect(formatMs(value)).toBe(text);
  });
});

describe('renderProblems', () => {
  const one = summaryOf({ cell: { scheduler: 'baseline' }, problems: ['a', 'b', 'c'] });
  const none = summaryOf({ cell: { scheduler: 'batching' } });
  const other = summaryOf({ cell: { scheduler: 'batching-expanding' }, problems: ['d'] });

  it('has a line for each problem, with its cell', () => {
    expect(renderProblems([one, none, other], 3)).toEqual([`${one.cell.id}: a`, `${one.cell.id}: b`, `${one.cell.id}: c`, `${other.cell.id}: d`]);
  });

  it('shows so many of a cell and says where the others are', () => {
    expect(renderProblems([one], 1)).toEqual([`${one.cell.id}: a`, `${one.cell.id}: and 2 more, see its summary.json`]);
  });
});
