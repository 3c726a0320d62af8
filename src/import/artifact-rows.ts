import { scanCsv, type CsvRecord } from '../results/index.js';
import type { ImportProblems } from './import-problems.js';

/** An invocation as the artifact tells it; times in ms. */
export interface ArtifactRow {
  readonly functionId: string;
  /** Name of its container; undefined in files that do not tell. */
  readonly container: string | undefined;
  /** From arrival until it was sent to a container, cold start included. */
  readonly waitMs: number;
  /** Of the container that served it, 0 when that was warm; undefined in files that do not tell. */
  readonly coldStartMs: number | undefined;
  readonly executionMs: number;
  /** Wait inside the container. */
  readonly queueMs: number;
}

const required = ['function', 'schedule_time(ms)', 'exec_time(ms)', 'queue_time(ms)'] as const;

/** The artifact numbers its functions, and names the image behind the number: azure_func_00000409_cpu_native is 0409 here. */
function functionIdOf(name: string): string {
  return /^azure_func_0{4}(\d{4})(?:_|$)/.exec(name)?.[1] ?? name;
}

/** A number that must be there. */
function amount(record: CsvRecord, field: number, name: string): number {
  const value = record.amount(field);
  if (Number.isNaN(value)) throw record.wrong(`${name} is empty`);
  return value;
}

function containerOf(text: string): string | undefined {
  const name = text.trim();
  return name === '' || name === 'None' ? undefined : name;
}

/** How a record is read in a file with these columns. */
function rowReader(columns: ReadonlyMap<string, number>): (record: CsvRecord) => ArtifactRow {
  const fieldOf = (name: string): number => columns.get(name) as number;
  const [functionField, containerField] = [fieldOf('function'), columns.get('container_name')];
  const [wait, execution, queue, coldStart] = [fieldOf('schedule_time(ms)'), fieldOf('exec_time(ms)'), fieldOf('queue_time(ms)'), columns.get('cold_start(ms)')];
  return (record) => {
    const name = record.text(functionField).trim();
    if (name === '') throw record.wrong('function is empty');
    return {
      functionId: functionIdOf(name),
      container: containerField === undefined ? undefined : containerOf(record.text(containerField)),
      waitMs: amount(record, wait, 'schedule_time(ms)'),
      coldStartMs: coldStart === undefined ? undefined : amount(record, coldStart, 'cold_start(ms)'),
      executionMs: amount(record, execution, 'exec_time(ms)'),
      queueMs: amount(record, queue, 'queue_time(ms)'),
    };
  };
}

/** Reads a file of rows, old format or new; what is wrong with it becomes problems, with the line. */
export function readArtifactRows(path: string, problems: ImportProblems, take: (row: ArtifactRow) => void): void {
  problems.scanning((ofRecord) => {
    let rows = 0;
    scanCsv(path, required, (columns) => {
      const read = rowReader(columns);
      return (record) => {
        rows += 1;
        ofRecord(() => take(read(record)));
      };
    });
    if (rows === 0) problems.add(`${path}, line 1: there is a header and no row`);
  });
}
