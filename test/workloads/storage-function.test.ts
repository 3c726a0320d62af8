import { describe, expect, it } from 'vitest';
import type { StorageKind } from '../../src/core/index.js';
import { buildWorkload, inputsOf } from './published-workload.js';

describe.each(['icdcs-io', 'tc-io'])('%s', (name) => {
  const usual = buildWorkload(name);

  it.each<[StorageKind[], string]>([[['redis'], 'kv-redis'], [['couchdb', 'redis'], 'mixed'], [['redis', 'couchdb'], 'mixed']])('with storage %j runs %s: the same arrivals and inputs, and other work', (storage, functionName) => {
    const workload = buildWorkload(name, { storage });
    expect([...workload.functions.values()].every((spec) => spec.name === functionName)).toBe(true);
    expect(workload.notes).toMatchObject({ function: functionName });
    expect(workload.intendedMs).toEqual(usual.intendedMs);
    expect(inputsOf(workload)).toEqual(inputsOf(usual));
    expect(workload.hash).not.toBe(usual.hash);
  });

  it('with a CouchDB does the work that it does with the embedded one', () => {
    const workload = buildWorkload(name, { storage: ['couchdb'] });
    expect(workload.hash).toBe(usual.hash);
    expect(workload.notes).toMatchObject({ function: 'blob-couchdb' });
  });
});

it('icdcs-io does with the embedded one the work that it has always done', () => {
  expect(buildWorkload('icdcs-io').hash).toBe('42e81d68034f3a270dded848d54fa8d963a91f0cc1657e81cc92dcaa57ed445b');
});
