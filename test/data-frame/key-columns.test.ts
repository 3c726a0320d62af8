import { describe, expect, it } from 'vitest';
import { keyColumns } from '../../src/data-frame/key-columns.js';
import { keyOf } from '../results/stored-run.js';
import { namedTypes, namedValues } from './named-values.js';

const cached = keyOf({ scheduler: '<b>mine, ours</b>', parameters: { windowMs: 200, cache: 'lru' } });
const plain = keyOf({ scheduler: 'vanilla', repetition: 2, parameters: {} });

describe('the columns of a cell', () => {
  it('are repeated for each row of it', () => {
    expect(namedValues(keyColumns([{ key: cached, rows: 2 }, { key: plain, rows: 1 }]))).toEqual({
      experiment: ['e2e', 'e2e', 'e2e'],
      workload: ['icdcs-cpu', 'icdcs-cpu', 'icdcs-cpu'],
      scheduler: ['<b>mine, ours</b>', '<b>mine, ours</b>', 'vanilla'],
      repetition: [1, 1, 2],
      cell: [cached.id, cached.id, plain.id],
      parameter_windowMs: [200, 200, Number.NaN],
      parameter_cache: ['lru', 'lru', Number.NaN],
    });
  });

  it('have the types of their values', () => {
    const types = namedTypes(keyColumns([{ key: cached, rows: 1 }, { key: plain, rows: 0 }]));
    expect(types).toMatchObject({ scheduler: 'string', repetition: 'int32', parameter_windowMs: 'int32', parameter_cache: 'string' });
  });
});
