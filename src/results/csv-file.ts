import { closeSync, openSync, writeSync } from 'node:fs';

type CsvField = string | number | undefined;

const flushAt = 65_536;

/** A field as RFC 4180 wants it: in quotes where it holds a comma, a quote or a line end. Empty where nothing is known. */
export function csvField(value: string | number | boolean | null | undefined): string {
  if (value === undefined || value === null || Number.isNaN(value)) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function format(field: CsvField): string {
  if (typeof field !== 'number') return csvField(field);
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
