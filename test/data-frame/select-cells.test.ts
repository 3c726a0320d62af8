import { describe, expect, it } from 'vitest';
import { cellsWithTable, selectCells } from '../../src/data-frame/select-cells.js';
import { thrownBy } from '../results/thrown-by.js';
import { storedCells } from './stored-cells.js';

const rows = { 'invocations.csv': 'id\n' };
const ids = (scheduler: string): string => `e2e.icdcs-cpu.${scheduler}.r1`;

describe('the cells of a frame', () => {
  it('are those that have finished, or those of them that are named, in the order of execution', () => {
    const results = storedCells({ key: { scheduler: 'a' } }, { key: { scheduler: 'b' } }, { key: { scheduler: 'c' } });
    expect(selectCells(results).map(({ summary }) => summary.cell.scheduler)).toEqual(['a', 'b', 'c']);
    expect(selectCells(results, [ids('c'), ids('a')]).map(({ summary }) => summary.cell.scheduler)).toEqual(['a', 'c']);
  });

  it('are named when they are not there', () => {
    const { code, message } = thrownBy(() => selectCells(storedCells({ key: { scheduler: 'a' } }), [ids('a'), 'x', 'y']));
    expect(code).toBe('FBB_ERR_DATAFRAME_CELLS');
    expect(message).toBe(`tiny-20260101T000000Z-0001 has no finished cell x, y; there are ${ids('a')}.`);
  });

  it.each([
    ['of a set in which none has finished', storedCells, undefined, 'No cell of tiny-20260101T000000Z-0001 has finished.'],
    ['of an empty list', () => storedCells({}), [], 'No cell is named.'],
  ])('cannot be those %s', (_, results, named, message) => {
    expect(thrownBy(() => selectCells(results(), named)).message).toBe(message);
  });

  it('are named when they have no rows', () => {
    const cells = selectCells(storedCells({ key: { scheduler: 'a' } }, { key: { scheduler: 'b' }, files: rows }, { key: { scheduler: 'c' } }));
    const { code, message } = thrownBy(() => cellsWithTable(cells, 'invocations'));
    expect(code).toBe('FBB_ERR_DATAFRAME_CELLS');
    expect(message).toBe(`There is no invocations.csv of ${ids('a')}, ${ids('c')}.`);
  });

  it('need no rows where they were skipped', () => {
    const cells = selectCells(storedCells({ key: { scheduler: 'a' }, summary: { skipped: 'no shares of CPU' } }, { key: { scheduler: 'b' }, files: rows }));
    expect(cellsWithTable(cells, 'invocations').map(({ summary }) => summary.cell.scheduler)).toEqual(['b']);
  });

  it('are counted when too many would have to be named', () => {
    const many = Array.from({ length: 12 }, (_, i) => `x${i}`);
    expect(thrownBy(() => selectCells(storedCells({}), many)).message).toContain('x8, x9 and 2 more;');
  });
});
