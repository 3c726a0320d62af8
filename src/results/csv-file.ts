import { closeSync, openSync, writeSync } from 'node:fs';

type CsvField = string | number | undefined;

const flushAt = 65_536;

/** RFC 4180: quotes where a field holds a comma, a quote or a line end. */
function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function format(field: CsvField): string {
  if (field === undefined) return '';
  if (typeof field === 'string') return quote(field);
  if (Number.isNaN(field)) return '';
  return Number.isInteger(field) ? String(field) : field.toFixed(3);
}

/**
 * A CSV file written row by row in blocks of 64 KiB; numbers to three decimals, unknown ones empty. Rows come in the middle of a
 * measurement, so a failed write (a full disk, a folder that has gone) is kept and thrown by `close`.
 */
export class CsvFile {
  readonly #fd: number;
  #buffer: string;
  #failure: unknown;

  constructor(path: string, columns: readonly string[]) {
    this.#fd = openSync(path, 'wx');
    this.#buffer = `${columns.join(',')}\n`;
  }

  write(fields: readonly CsvField[]): void {
    this.#buffer += `${fields.map(format).join(',')}\n`;
    if (this.#buffer.length >= flushAt) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#fd);
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  #flush(): void {
    const block = Buffer.from(this.#buffer);
    this.#buffer = '';
    if (this.#failure !== undefined) return;
    try {
      for (let written = 0; written < block.length; ) written += writeSync(this.#fd, block, written);
    } catch (thrown) {
      this.#failure = thrown;
    }
  }
}
