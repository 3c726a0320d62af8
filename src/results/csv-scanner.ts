import { closeSync, openSync, readSync } from 'node:fs';
import { describeError, FbbError } from '../core/index.js';

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const byteOrderMark = [0xef, 0xbb, 0xbf] as const;

const blockBytes = 1 << 20;
/** A record longer than this is no table of ours, and would fill the memory. */
const maxRecordBytes = 16 << 20;
/** Up to here a sum of decimal digits is exact. */
const exactDigits = 15;
/** A number in decimal digits; `Number` alone takes hexadecimal ones and others, too. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const powersOfTen = Float64Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent);

/** A place in a file and what is wrong there. */
function wrong(path: string, line: number, what: string): FbbError {
  return new FbbError('FBB_ERR_RESULTS_INVALID', `${path}, line ${line}: ${what}.`);
}

/** The record that a scan has come to. It is the same object for every record: read it, do not keep it. */
export class CsvRecord {
  readonly #path: string;
  /** Where in the file it begins, from 1. */
  line = 1;
  bytes: Buffer = Buffer.alloc(0);
  fields = 0;
  /** Where each field begins and ends in `bytes`. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Whether it had a quote in it. */
  readonly quoted: boolean[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  text(field: number): string {
    const text = this.bytes.toString('utf8', this.starts[field], this.ends[field]);
    return this.quoted[field] === true ? unquote(text) : text;
  }

  /** A number as it stands there; NaN where there is nothing. Throws FBB_ERR_RESULTS_INVALID on anything else. */
  number(field: number): number {
    const { bytes } = this;
    let at = this.starts[field] as number;
    const end = this.ends[field] as number;
    if (at === end) return Number.NaN;
    const negative = bytes[at] === minus;
    if (negative) at += 1;
    const first = at;
    let value = 0;
    let decimals = -1;
    for (; at < end; at += 1) {
      const digit = (bytes[at] as number) - zero;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        if (decimals >= 0) decimals += 1;
      } else if (bytes[at] === point && decimals < 0) decimals = 0;
      else return this.#unusualNumber(field);
    }
    // A point alone, or more digits than can be added up exactly.
    if (end - first > exactDigits || decimals === end - first - 1) return this.#unusualNumber(field);
    const magnitude = decimals > 0 ? value / (powersOfTen[decimals] as number) : value;
    return negative ? -magnitude : magnitude;
  }

  /** A number that is not below 0, or NaN where there is nothing. */
  amount(field: number): number {
    const value = this.number(field);
    if (value < 0) throw wrong(this.#path, this.line, `${this.text(field)} is below 0`);
    return value;
  }

  wrong(what: string): FbbError {
    return wrong(this.#path, this.line, what);
  }

  /** With an exponent, or of very many digits. */
  #unusualNumber(field: number): number {
    const text = this.text(field).trim();
    const value = Number(text);
    if (!decimal.test(text) || !Number.isFinite(value)) throw this.wrong(`'${text.slice(0, 40)}' is no number`);
    return value;
  }
}

/** RFC 4180: a field in quotes, a quote inside doubled. */
function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length >= 2 ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** Where the last field of a line ends: before the \r of a line that ends with \r\n. */
function endOfLine(bytes: Buffer, start: number, lineFeedAt: number): number {
  return lineFeedAt > start && bytes[lineFeedAt - 1] === carriageReturn ? lineFeedAt - 1 : lineFeedAt;
}

/** Splits blocks of bytes into records, the last one of a block when the next block has come. */
class Splitter {
  readonly #record: CsvRecord;
  readonly #onRecord: (record: CsvRecord) => void;
  readonly #expected: { fields: number };
  #line = 1;

  constructor(record: CsvRecord, expected: { fields: number }, onRecord: (record: CsvRecord) => void) {
    this.#record = record;
    this.#expected = expected;
    this.#onRecord = onRecord;
  }

  /** Of the file, where the record begins that is not whole yet. */
  get line(): number {
    return this.#line;
  }

  /** Gives the whole records in `bytes`, and where what is left of it begins. `last`: nothing follows. */
  split(bytes: Buffer, from: number, last: boolean): number {
    const record = this.#record;
    const { starts, ends, quoted } = record;
    record.bytes = bytes;
    let begin = from;
    let start = from;
    let fields = 0;
    let lines = 0;
    let inQuotes = false;
    let hasQuote = false;
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte > comma) continue;
      if (byte === quote) {
        inQuotes = !inQuotes;
        hasQuote = true;
      } else if (byte === lineFeed && inQuotes) lines += 1;
      else if ((byte === comma || byte === lineFeed) && !inQuotes) {
        starts[fields] = start;
        ends[fields] = byte === lineFeed ? endOfLine(bytes, start, at) : at;
        quoted[fields] = hasQuote;
        hasQuote = false;
        fields += 1;
        start = at + 1;
        if (byte !== lineFeed) continue;
        this.#give(fields, lines);
        begin = start;
        fields = 0;
        lines = 0;
      }
    }
    if (!last || begin === bytes.length) return begin;
    if (inQuotes) throw this.#wrong('a quote is opened and not closed');
    starts[fields] = start;
    ends[fields] = bytes.length;
    quoted[fields] = hasQuote;
    this.#give(fields + 1, lines);
    return bytes.length;
  }

  #give(fields: number, lines: number): void {
    const record = this.#record;
    record.line = this.#line;
    record.fields = fields;
    this.#line += lines + 1;
    const { fields: expected } = this.#expected;
    if (expected > 0) {
      // An empty line at the end of a file, or between records, is no record.
      if (fields === 1 && record.starts[0] === record.ends[0]) return;
      if (fields !== expected) throw record.wrong(`it has ${fields} fields and the header ${expected}`);
    }
    this.#onRecord(record);
  }

  #wrong(what: string): FbbError {
    this.#record.line = this.#line;
    return this.#record.wrong(what);
  }
}

function columnsOf(record: CsvRecord, required: readonly string[], path: string): Map<string, number> {
  const columns = new Map<string, number>();
  for (let field = 0; field < record.fields; field += 1) {
    const name = record.text(field).trim();
    // Columns without a name may be several: nobody asks for them.
    if (name !== '' && columns.has(name)) throw record.wrong(`the header names the column ${name.slice(0, 100)} twice`);
    columns.set(name, field);
  }
  const missing = required.filter((name) => !columns.has(name));
  if (missing.length > 0) throw wrong(path, record.line, `there is no column ${missing.join(', ')}; there are ${[...columns.keys()].join(', ').slice(0, 300)}`);
  return columns;
}

function readBlocks(fd: number, splitter: Splitter, path: string): void {
  let rest: Buffer = Buffer.alloc(0);
  for (let first = true; ; first = false) {
    const block = Buffer.allocUnsafe(rest.length + blockBytes);
    rest.copy(block);
    const read = readSync(fd, block, rest.length, blockBytes, null);
    const bytes = block.subarray(0, rest.length + read);
    const marked = first && byteOrderMark.every((byte, index) => bytes[index] === byte);
    const left = splitter.split(bytes, marked ? byteOrderMark.length : 0, read === 0);
    if (read === 0) return;
    rest = bytes.subarray(left);
    if (rest.length > maxRecordBytes) throw wrong(path, splitter.line, `the record is longer than ${maxRecordBytes >> 20} MB: this is no table, or a quote is not closed`);
  }
}

/**
 * Reads a CSV file (RFC 4180; with or without byte-order mark, lines that end with \n or \r\n) block by block, so that its size does not
 * matter. `onHeader` is given where each column stands and returns what takes the records. Empty lines are
 * skipped. Throws FBB_ERR_RESULTS_INVALID with the line of what is wrong: a column of `required` that is missing, one that is there twice,
 * a record that is longer or shorter than the header, a file without a header.
 */
export function scanCsv(path: string, required: readonly string[], onHeader: (columns: ReadonlyMap<string, number>) => (record: CsvRecord) => void): void {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (thrown) {
    throw new FbbError('FBB_ERR_RESULTS_INVALID', `${path} cannot be read: ${describeError(thrown)}.`, { cause: thrown });
  }
  try {
    const expected = { fields: 0 };
    let take: ((record: CsvRecord) => void) | undefined;
    const splitter = new Splitter(new CsvRecord(path), expected, (record) => {
      if (take !== undefined) {
        take(record);
        return;
      }
      expected.fields = record.fields;
      take = onHeader(columnsOf(record, required, path));
    });
    readBlocks(fd, splitter, path);
    if (take === undefined) throw wrong(path, 1, 'the file is empty');
  } finally {
    closeSync(fd);
  }
}
