import { scanCsv } from '../results/index.js';
import type { ImportProblems } from './import-problems.js';

/** Reads how many containers a run had: the largest number of the column that tells, or of the last column; undefined when the file has no row. */
export function readContainerCount(path: string, problems: ImportProblems): number | undefined {
  let count: number | undefined;
  problems.scanning((ofRecord) => {
    scanCsv(path, [], (columns) => {
      const field = columns.get('num_containers') ?? columns.size - 1;
      return (record) =>
        ofRecord(() => {
          const value = record.amount(field);
          if (!Number.isInteger(value)) throw record.wrong(`'${record.text(field)}' is no number of containers`);
          count = Math.max(count ?? 0, value);
        });
    });
  });
  return count;
}
