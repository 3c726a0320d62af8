import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { readSuiteFile } from '../../src/suites/suite-file.js';
import { names } from '../suites/suite-names.js';
import { suiteOf } from '../suites/write-suite.js';
import { readDoc, root, tableOf } from './markdown.js';

const text = readDoc('docs/suites.md');
const documented = tableOf(text, 'field', 'type, default', 'meaning');

/** Found out by the reader, not by the file. */
const derived = ['path', 'hash', 'publishedFigures'];

function fieldsOf(suite: object): string[] {
  return Object.keys(suite).filter((field) => !derived.includes(field));
}

describe('docs/suites.md', () => {
  it('names every field of a suite, and no other', () => {
    // icdcs sets the one field that has no default and may be left out.
    const fields = fieldsOf(readSuiteFile(join(root, 'suites/icdcs.yaml'), names));
    expect(fields).toContain('published');
    expect(documented.map(([field]) => field).sort()).toEqual(fields.sort());
  });

  it('names every field of an experiment', () => {
    const suite = suiteOf('name: tiny', 'base: baseline', 'experiments: { one: { workloads: [icdcs-io], schedulers: [baseline] } }');
    for (const field of Object.keys(suite.experiments['one'] ?? {})) expect(text).toContain(`\`${field}\``);
  });

  it('gives the defaults that are used', () => {
    const suite: Readonly<Record<string, unknown>> = { ...suiteOf('name: tiny', 'base: baseline', 'experiments: { one: { workloads: [icdcs-io], schedulers: [baseline] } }') };
    const numbers = documented.flatMap(([field = '', type = '']) => {
      const value = /, ([\d.]+)$/.exec(type)?.[1];
      return value === undefined ? [] : [[field, Number(value)] as const];
    });
    expect(numbers.map(([field]) => field)).toEqual(expect.arrayContaining(['seed', 'load', 'keepAliveMs', 'maxAttempts', 'maxLagMs', 'warmupInvocations']));
    for (const [field, value] of numbers) expect([field, suite[field]]).toEqual([field, value]);
  });
});

describe('docs/schedulers.md', () => {
  it('describes the schedulers that are built in, and no other', () => {
    const table = tableOf(readDoc('docs/schedulers.md'), 'name', 'rule');
    expect(table.map(([name]) => name).sort()).toEqual(builtinSchedulers().names().sort());
  });
});
