import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../src/core/errors.js';
import { ExitCode } from '../../src/core/index.js';
import { readDoc, tableOf } from './markdown.js';

const text = readDoc('docs/errors.md');
const documented = tableOf(text, 'code', 'exit', 'what to do');

describe('docs/errors.md', () => {
  it('lists every code once, and no other', () => {
    expect(documented.map(([code]) => code).sort()).toEqual(Object.keys(errorCatalogue).sort());
  });

  it('gives each code its exit code and says what to do', () => {
    const expected = Object.entries(errorCatalogue).map(([code, { exitCode, fix }]) => [code, String(exitCode), fix]);
    expect(documented.sort()).toEqual(expected.sort());
  });

  it('lists every exit code once, and no other', () => {
    expect(tableOf(text, 'code', 'meaning').map(([code]) => Number(code))).toEqual(Object.values(ExitCode).sort((a, b) => a - b));
  });
});

describe('the catalogue', () => {
  it('has codes that name their area and what happened', () => {
    expect(Object.keys(errorCatalogue).filter((code) => !/^FBB_ERR_[A-Z]+(_[A-Z]+)*$/.test(code))).toEqual([]);
  });

  it('has fixes that are sentences', () => {
    expect(Object.values(errorCatalogue).filter(({ fix }) => !/^[A-Za-z].*[.?]$/.test(fix))).toEqual([]);
  });
});
