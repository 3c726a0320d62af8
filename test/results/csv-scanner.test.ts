import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanCsv } from '../../src/results/index.js';
import { runs } from '../support/property-runs.js';
import { temporaryFolder } from './temporary-folder.js';

function file(content: string | Buffer): string {
  const path = join(temporaryFolder(), 'table.csv');
  writeFileSync(path, content);
  return path;
}

/** All records as texts. */
function read(content: string | Buffer, required: readonly string[] = []): string[][] {
  const records: string[][] = [];
  scanCsv(file(content), required, () => (record) => records.push(Array.from({ length: record.fields }, (_, field) => record.text(field))));
  return records;
}

/** The numbers of the one column. */
function numbers(content: string, kind: 'number' | 'amount' = 'number'): number[] {
  const values: number[] = [];
  scanCsv(file(content), ['x'], (columns) => (record) => values.push(record[kind](columns.get('x') as number)));
  return values;
}

describe('a CSV file', () => {
  it('gives the place of each column and the fields of each record', () => {
    expect(read('a,b\n1,2\n3,4\n')).toEqual([['1', '2'], ['3', '4']]);
  });

  it('may lack the last line end, and have a byte-order mark, Windows line ends and empty lines', () => {
    expect(read('\uFEFFa,b\r\n1,2\r\n\r\n3,4', ['a'])).toEqual([['1', '2'], ['3', '4']]);
  });

  it('holds commas, quotes and line ends in quotes', () => {
    expect(read('a,b\n"1,5","say ""no"""\n"two\nlines",x\n')).toEqual([['1,5', 'say "no"'], ['two\nlines', 'x']]);
  });

  it('is read alike however its blocks are cut', () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `${row},"text, ${row}",${row / 8}`);
    let sum = 0;
    scanCsv(file(`n,t,x\n${rows.join('\n')}\n`), ['x'], (columns) => (record) => {
      if (record.text(1) !== `text, ${record.number(0)}`) throw new Error(`record ${record.line}: ${record.text(1)}`);
      sum += record.number(columns.get('x') as number);
    });
    expect(sum).toBe((59_999 * 60_000) / 16);
  });

  it.each([
    ['a column that is missing', 'a,b\n1,2\n', 'line 1: there is no column x; there are a, b.'],
    ['a record that is too short', 'a,x\n1,2\n3\n', 'line 3: it has 1 fields and the header 2.'],
    ['a record that is cut in the middle', 'a,x\n1,2\n3,4,5', 'line 3: it has 3 fields and the header 2.'],
    ['an empty file', '', 'line 1: the file is empty.'],
    ['a quote that is not closed', 'x\n1\n"2\n3\n', 'line 3: a quote is opened and not closed.'],
    ['a word for a number', 'x\n1\nmany\n', "line 3: 'many' is no number."],
    ['NaN', 'x\nNaN\n', "line 2: 'NaN' is no number."],
    ['an infinity', 'x\n1e999\n', "line 2: '1e999' is no number."],
    ['a point alone', 'x\n.\n', "line 2: '.' is no number."],
    ['a minus alone', 'x\n-\n', "line 2: '-' is no number."],
    ['a hexadecimal number', 'x\n0x10\n', "line 2: '0x10' is no number."],
    ['a binary number', 'x\n0b1\n', "line 2: '0b1' is no number."],
    ['a column that is named twice', 'a,x, a\n1,2,3\n', 'line 1: the header names the column a twice.'],
    ['a record without an end', `x\n1\n"${'2'.repeat(17 << 20)}\n`, 'line 3: the record is longer than 16 MB: this is no table, or a quote is not closed.'],
  ])('with %s is refused with the line', (_what, content, message) => {
    expect(() => numbers(content)).toThrow(message);
  });

  it('of one column may have empty lines', () => {
    expect(numbers('x\r\n1\r\n\r\n2\n\n')).toEqual([1, 2]);
  });

  it('may have several columns without a name', () => {
    expect(read('a,,\n1,2,3\n', ['a'])).toEqual([['1', '2', '3']]);
  });

  it('may have signs, exponents and points at either end of a number', () => {
    expect(numbers('x\n+1\n1e3\n-2.5E-1\n.5\n5.\n')).toEqual([1, 1_000, -0.25, 0.5, 5]);
  });

  it('with an amount below 0 is refused with the line', () => {
    expect(() => numbers('x\n1\n-0.5\n', 'amount')).toThrow('line 3: -0.5 is below 0.');
  });

  it('that is not there is named', () => {
    expect(() => scanCsv(join(temporaryFolder(), 'none.csv'), [], () => () => undefined)).toThrow(/none\.csv cannot be read: ENOENT/);
  });

  it('counts the lines of records with line ends in them', () => {
    expect(() => numbers('x\n"1\n2"\nno\n')).toThrow(/line 2/);
  });

  it('gives every number as JavaScript reads it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.double({ min: 0, max: 1e5, noNaN: true }).map((x) => Number(x.toFixed(3)))), { minLength: 1 }), (values) => {
        expect(numbers(`x\n${values.join('\n')}\n`)).toEqual(values.map((value) => (value === 0 ? Number(String(value)) : value)));
      }),
      runs(100),
    );
  });

  it('of 100 MB is read in blocks', () => {
    const path = file('x,text\n');
    const block = '12.345,some text that nobody reads\n'.repeat(30_000);
    for (let written = 0; written < 100e6; written += block.length) appendFileSync(path, block);
    const before = process.memoryUsage().rss;
    let records = 0;
    let sum = 0;
    scanCsv(path, ['x'], () => (record) => {
      records += 1;
      sum += record.number(0);
    });
    expect(sum / records).toBeCloseTo(12.345, 9);
    expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
  });
});
