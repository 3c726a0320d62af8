import { describe, expect, it } from 'vitest';
import { originsOf, storageOf, storedArguments, withoutSecrets } from '../../src/cli/storage-options.js';
import { thrownBy } from '../results/thrown-by.js';

const both = ['redis://:s%40e@cache:7000', 'couchdb=http://ada:hunter2@couch:5984'];

describe('--storage', () => {
  it('is CouchDB first, and stored without user and password', () => {
    expect(originsOf(storageOf({ storage: both }))).toEqual(['http://couch:5984', 'redis://cache:7000']);
    expect(storageOf({})).toEqual([]);
  });

  it('names no kind twice', () => {
    expect(thrownBy(() => storageOf({ storage: [...both, 'redis://other'] }))).toMatchObject({ code: 'FBB_ERR_USAGE', message: '--storage names redis twice.' });
  });

  it('stands in a stored command without user and password, however it was written', () => {
    const args = ['suite', 'icdcs', '--storage', both[0] as string, `--storage=${both[1] as string}`, '--out', 'hunter2'];
    expect(storedArguments(args, storageOf({ storage: both }))).toEqual(['suite', 'icdcs', '--storage', 'redis://***@cache:7000', '--storage=couchdb=http://***@couch:5984', '--out', '***']);
  });

  it('has no password in what is thrown', () => {
    const error = withoutSecrets(new Error(`AUTH s@e, ${Buffer.from('ada:hunter2').toString('base64')}`), storageOf({ storage: both })) as Error;
    expect(error.message).toBe('AUTH ***, ***');
    expect(error.stack).not.toContain('s@e');
    expect(withoutSecrets('text', [])).toBe('text');
  });
});
