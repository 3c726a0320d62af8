import { scanCsv } from './csv-scanner.js';

/** Numbers of one column; grows as they come. */
class Numbers {
  #values = new Float64Array(1_024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  at(row: number): number {
    return this.#values[row] as number;
  }
}

/** Texts of one column, of which there are few different ones. */
class Words {
  readonly #numbers = new Numbers();
  readonly #places = new Map<string, number>();
  readonly #words: string[] = [];

  push(word: string): void {
    const place = this.#places.get(word) ?? this.#words.length;
    if (place === this.#words.length) {
      this.#words.push(word);
      this.#places.set(word, place);
    }
    this.#numbers.push(place);
  }

  at(row: number): string {
    return this.#words[this.#numbers.at(row)] as string;
  }
}

const numberColumns = [
  'id', 'container', 'batch', 'attempt', 'intended_ms', 'lag_ms', 'scheduling_ms', 'cold_start_ms', 'queue_ms', 'execution_ms', 'response_ms', 'total_ms', 'cpu_ms',
] as const;
const wordColumns = ['function', 'outcome', 'error_code'] as const;

type NumberColumn = (typeof numberColumns)[number];
type WordColumn = (typeof wordColumns)[number];

/** The rows of a cell's invocations.csv, kept by column: a million take about 130 MB. */
export class InvocationTable {
  readonly #numbers = Object.fromEntries(numberColumns.map((name) => [name, new Numbers()])) as Record<NumberColumn, Numbers>;
  readonly #words = Object.fromEntries(wordColumns.map((name) => [name, new Words()])) as Record<WordColumn, Words>;
  #length = 0;

  /** Throws FBB_ERR_RESULTS_INVALID with the line of what is wrong. */
  static read(path: string): InvocationTable {
    const table = new InvocationTable();
    scanCsv(path, [...numberColumns, ...wordColumns], (columns) => {
      const numbers = numberColumns.map((name) => [table.#numbers[name], columns.get(name) as number] as const);
      const words = wordColumns.map((name) => [table.#words[name], columns.get(name) as number] as const);
      return (record) => {
        for (const [values, field] of numbers) values.push(record.number(field));
        for (const [values, field] of words) values.push(record.text(field));
        table.#length += 1;
      };
    });
    return table;
  }

  get length(): number {
    return this.#length;
  }

  /** NaN where nothing is known. */
  number(row: number, column: NumberColumn): number {
    return this.#numbers[column].at(row);
  }

  word(row: number, column: WordColumn): string {
    return this.#words[column].at(row);
  }
}
