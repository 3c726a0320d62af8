import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvFile } from '../../src/results/csv-file.js';
import { parseCsv } from './read-csv.js';
import { temporaryFolder } from './temporary-folder.js';

type CsvField = Parameters<CsvFile['write']>[0][number];

let files = 0;

function written(folder: string, rows: readonly (readonly CsvField[])[]): string {
  files += 1;
  const path = join(folder, `${files}.csv`);
  const file = new CsvFile(path, ['a', 'b', 'c']);
  for (const row of rows) file.write(row);
  file.close();
  return readFileSync(path, 'utf8');
}

it('quotes fields with a comma, a quote or a line end, and no others', () => {
  expect(written(temporaryFolder(), [['a,b', 'say "hi"', 'two\nlines'], ['cr\rhere', 'plain text', '']])).toBe(
    'a,b,c\n"a,b","say ""hi""","two\nlines"\n"cr\rhere",plain text,\n',
  );
});

it('leaves NaN and undefined empty', () => {
  expect(written(temporaryFolder(), [[Number.NaN, undefined, 0]])).toBe('a,b,c\n,,0\n');
});

it('writes whole numbers as they are and others with three decimals', () => {
  expect(written(temporaryFolder(), [[7, 1.23456, -0.5], [1e6, 2.0004, 1_234_567.8]])).toBe('a,b,c\n7,1.235,-0.500\n1000000,2.000,1234567.800\n');
});

it('holds the header alone when no row was written', () => {
  expect(written(temporaryFolder(), [])).toBe('a,b,c\n');
});

it('can be read back by the rules of RFC 4180, whatever the text', () => {
  const folder = temporaryFolder();
  const field = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'x', ' ', 'é'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field, field), { maxLength: 5 }), (rows) => {
      expect(parseCsv(written(folder, rows))).toEqual([['a', 'b', 'c'], ...rows]);
    }),
    { numRuns: 50 },
  );
});

it('writes every row of a file that is longer than its buffer', () => {
  const rows = Array.from({ length: 20_000 }, (_row, i) => [i, i / 4, `row ${i}`]);
  const lines = written(temporaryFolder(), rows).trimEnd().split('\n');
  expect(lines).toHaveLength(20_001);
  expect(lines.at(-1)).toBe('19999,4999.750,row 19999');
});

it('does not write over a file that is there', () => {
  const path = join(temporaryFolder(), 'kept.csv');
  writeFileSync(path, 'kept');
  expect(() => new CsvFile(path, ['a'])).toThrow(/EEXIST/);
  expect(readFileSync(path, 'utf8')).toBe('kept');
});
