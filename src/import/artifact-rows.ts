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

/** Where a column stands and what it is called. */
type Column = readonly [name: string, field: number];

/** Reads a file of rows, old format or new; what is wrong with it becomes problems, with the line. */
export function readArtifactRows(path: string, problems: ImportProblems, take: (row: ArtifactRow) => void): void {
  problems.scanning((ofRecord) => {
    let rows = 0;
    let last: CsvRecord | undefined;
    scanCsv(path, required, (columns) => {
      const column = (name: string): Column => [name, columns.get(name) as number];
      const [[, functionField], [, containerField]] = [column('function'), column('container_name')];
      const [wait, execution, queue, coldStart] = [column('schedule_time(ms)'), column('exec_time(ms)'), column('queue_time(ms)'), column('cold_start(ms)')];
      const [hasContainer, hasColdStart] = [columns.has('container_name'), columns.has('cold_start(ms)')];
      const read = (record: CsvRecord, [name, field]: Column): number => amount(record, field, name);
      return (record) => {
        rows += 1;
        last = record;
        ofRecord(() => {
          const name = record.text(functionField).trim();
          if (name === '') throw record.wrong('function is empty');
          take({
            functionId: functionIdOf(name),
            container: hasContainer ? containerOf(record.text(containerField)) : undefined,
            waitMs: read(record, wait),
            coldStartMs: hasColdStart ? read(record, coldStart) : undefined,
            executionMs: read(record, execution),
            queueMs: read(record, queue),
          });
        });
      };
    });
    if (rows === 0 && last === undefined) problems.add(`${path}, line 1: there is a header and no row`);
  });
}

function containerOf(text: string): string | undefined {
  const name = text.trim();
  return name === '' || name === 'None' ? undefined : name;
}
