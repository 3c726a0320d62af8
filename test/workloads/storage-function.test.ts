import { describe, expect, it } from 'vitest';
import type { StorageKind } from '../../src/core/index.js';
import { buildWorkload, inputsOf } from './published-workload.js';

const usual = buildWorkload('icdcs-io');

describe('icdcs-io', () => {
  it.each<[StorageKind[], string]>([[['redis'], 'kv-redis'], [['couchdb', 'redis'], 'mixed'], [['redis', 'couchdb'], 'mixed']])('with storage %j runs %s: the same arrivals and inputs, and other work', (storage, name) => {
    const workload = buildWorkload('icdcs-io', { storage });
    expect([...workload.functions.values()].every((spec) => spec.name === name)).toBe(true);
    expect(workload.notes).toMatchObject({ function: name });
    expect(workload.intendedMs).toEqual(usual.intendedMs);
    expect(inputsOf(workload)).toEqual(inputsOf(usual));
    expect(workload.hash).not.toBe(usual.hash);
  });

  it('with a CouchDB does the work that it does with the embedded one', () => {
    const workload = buildWorkload('icdcs-io', { storage: ['couchdb'] });
    expect(workload.hash).toBe(usual.hash);
    expect(workload.notes).toMatchObject({ function: 'blob-couchdb' });
  });

  it('does with the embedded one the work that it has always done', () => {
    expect(usual.hash).toBe('42e81d68034f3a270dded848d54fa8d963a91f0cc1657e81cc92dcaa57ed445b');
  });
});
