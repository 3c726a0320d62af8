import { describe, expect, it } from 'vitest';
import type { FunctionSpec } from '../../src/core/index.js';
import { parseStorageAddress } from '../../src/storage/index.js';
import { CellServices, checkNeeds } from '../../src/suites/cell-services.js';
import { thrownBy } from '../results/thrown-by.js';
import { summaryOf } from '../results/stored-run.js';

const redis = parseStorageAddress('redis://:s%40e@h');
const spec: FunctionSpec = { functionId: 'f', name: 'kv-redis', kind: 'io', handlerPath: '/nowhere', timeoutMs: 1, needs: ['redis'] };

function servicesOf(storage = [redis]): CellServices {
  return new CellServices({ functions: new Map([['f', spec]]), storage, programs: { storage: '', relay: '' }, onFailed: () => undefined });
}

describe('what functions need', () => {
  it('is refused where it is not given, with the function, and how to get one', async () => {
    const error = thrownBy(() => checkNeeds([spec], []));
    expect(error).toMatchObject({ code: 'FBB_ERR_STORAGE_MISSING', exitCode: 6, message: "Function 'kv-redis' needs Redis, and no --storage names one." });
    expect(error.fix).toContain('--storage redis://127.0.0.1:6379');
    expect(error.fix).toContain('apt-get install redis-server');
    await expect(servicesOf([]).start(undefined)).rejects.toMatchObject({ code: 'FBB_ERR_STORAGE_MISSING' });
  });

  it('is there when it is given, and CouchDB always', () => {
    expect(() => checkNeeds([spec, { ...spec, needs: ['couchdb'] }], [redis])).not.toThrow();
    expect(() => checkNeeds([{ ...spec, needs: ['couchdb'] }], [])).not.toThrow();
  });
});

it('no line of a result, and no error, tells a password', () => {
  const services = servicesOf();
  const said = `AUTH s@e (s%40e, ${Buffer.from(':s@e').toString('base64')})`;
  const { summary } = services.hideIn({ summary: summaryOf({ problems: [said], notes: [said] }), totalHgrm: '' });
  expect([...summary.problems, ...summary.notes]).toEqual(['AUTH *** (***, ***)', 'AUTH *** (***, ***)']);
  const error = services.hidden(new Error(said)) as Error;
  expect(error.message).toBe('AUTH *** (***, ***)');
  expect(error.stack).not.toContain('s@e');
});
