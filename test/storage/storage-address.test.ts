import { describe, expect, it } from 'vitest';
import { parseStorageAddress } from '../../src/storage/index.js';
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
