import { describe, expect, it } from 'vitest';
import { isResultAddress, parseResultAddress, parseStorageAddress } from '../../src/storage/index.js';
import { thrownBy } from '../results/thrown-by.js';

describe('the address of a storage service', () => {
  it.each([
    ['redis://cache', { kind: 'redis', origin: 'redis://cache', host: 'cache', port: 6379, user: undefined, password: undefined }],
    ['redis://:secret@[::1]:7000/', { kind: 'redis', origin: 'redis://[::1]:7000', host: '::1', port: 7000, user: undefined, password: 'secret' }],
    ['redis=redis://ada:s%40e@h:1', { kind: 'redis', origin: 'redis://h:1', host: 'h', port: 1, user: 'ada', password: 's@e' }],
    ['couchdb=http://ada:secret@h', { kind: 'couchdb', origin: 'http://h', host: 'h', user: 'ada', password: 'secret' }],
    ['couchdb=https://ada:secret@h:6984', { kind: 'couchdb', origin: 'https://h:6984', host: 'h', port: 6984 }],
  ])('%s is read', (text, expected) => {
    expect(parseStorageAddress(text)).toMatchObject(expected);
  });

  it.each(['s3cret', 'redis://:s3cret', 'redis:ada:s3cret@h', 'redis://ada:s3cret@h:x', 'http://ada:s3cret@h', 'couchdb=redis://ada:s3cret@h', 'mongo=mongodb://ada:s3cret@h', 'redis://', 'redis://h/s3cret', 'couchdb=http://h/?s3cret', ''])(
    'that cannot be used is refused, and nothing of it shown that may be secret: %s',
    (text) => {
      const error = thrownBy(() => parseStorageAddress(text));
      expect(error).toMatchObject({ code: 'FBB_ERR_USAGE' });
      expect(`${error.message} ${error.fix}`).not.toContain('s3cret');
    },
  );

  it('hides its password in what others say, however they write it', () => {
    const { hide } = parseStorageAddress('redis://ada:s%40e@h');
    expect(hide(`unknown user s@e, s%40e, ${Buffer.from('ada:s@e').toString('base64')}`)).toBe('unknown user ***, ***, ***');
    expect(parseStorageAddress('redis://h').hide('nothing to hide')).toBe('nothing to hide');
  });
});

describe('the address of result sets', () => {
  it.each([
    ['couchdb=http://ada:s%40e@lab:5984', 'faasbatch-results', undefined, 'couchdb=http://lab:5984/faasbatch-results'],
    ['couchdb=https://ada:secret@lab/', 'faasbatch-results', undefined, 'couchdb=https://lab/faasbatch-results'],
    ['couchdb=http://lab:5984/ours/', 'ours', undefined, 'couchdb=http://lab:5984/ours'],
    ['couchdb=http://lab:5984/a%2Fb/icdcs-20261123T143855Z-d25c', 'a/b', 'icdcs-20261123T143855Z-d25c', 'couchdb=http://lab:5984/a%2Fb/icdcs-20261123T143855Z-d25c'],
    ['http://ada:secret@lab:5984/ours/x-1', 'ours', 'x-1', 'couchdb=http://lab:5984/ours/x-1'],
  ])('%s is read', (text, database, id, shown) => {
    expect(isResultAddress(text)).toBe(true);
    expect(parseResultAddress(text)).toMatchObject({ database, id, shown, storage: { kind: 'couchdb' } });
  });

  it.each(['results', '/home/me/results/x-1', 'latest', 'x-1', './couchdb=x'])('is not meant by %s', (text) => {
    expect(isResultAddress(text)).toBe(false);
  });

  it.each([
    'couchdb=redis://ada:s3cret@h', 'redis://ada:s3cret@h', 'couchdb=http://ada:s3cret', 'couchdb=http://ada:s3/cret@h:5984/db', 'couchdb=http://h/Db-s3cret', 'couchdb=http://h/db/s3cret/x/y',
    'couchdb=http://h/db/..%2Fs3cret', 'couchdb=http://h/db/.s3cret', 'couchdb=http://h/db?s3cret', 's3cret', '',
  ])('that cannot be used is refused, and nothing of it shown that may be secret: %s', (text) => {
    const error = thrownBy(() => parseResultAddress(text));
    expect(error).toMatchObject({ code: 'FBB_ERR_USAGE' });
    expect(`${error.message} ${error.fix}`).not.toMatch(/s3|cret/);
  });
});
