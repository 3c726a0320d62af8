import { constants, copyFileSync, existsSync } from 'node:fs';
import { build } from 'hdr-histogram-js';
import { scanCsv, type CellSummary, type ResultSet } from '../results/index.js';
import { writeBlocks } from './block-file.js';
import type { ExportPlan, PlannedFile } from './planned-files.js';
import type { FinishedCell, LeftOut } from './selected-cells.js';

const microsecondsPerMs = 1_000;
/** Lines a halving of what is left to 100 %, as in the files of the cells. */
const ticks = 5;

/** The text of one histogram of the total latency of all completed invocations in these files; three significant digits, in ms. */
function mergedHgrm(paths: readonly string[]): string {
  const histogram = build({ bitBucketSize: 32, autoResize: true, lowestDiscernibleValue: 1, highestTrackableValue: 2 ** 24, numberOfSignificantValueDigits: 3 });
  for (const path of paths) {
    scanCsv(path, ['outcome', 'total_ms'], (columns) => {
      const outcome = columns.get('outcome') as number;
      const total = columns.get('total_ms') as number;
      return (record) => {
        if (record.text(outcome) !== 'completed') return;
        const ms = record.number(total);
        if (Number.isNaN(ms)) throw record.wrong('total_ms is empty');
        histogram.recordValue(Math.max(0, Math.floor(ms * microsecondsPerMs + 0.5)));
      };
    });
  }
  return histogram.outputPercentileDistribution(ticks, microsecondsPerMs);
}

/** The repetitions of one row of a table. */
interface Repetitions {
  readonly name: string;
  readonly cells: readonly FinishedCell[];
}

/** Those that a row of the table is made of: the valid ones, or all where none is. */
function counted(cells: readonly FinishedCell[]): readonly FinishedCell[] {
  const valid = cells.filter(({ summary }) => summary.valid);
  return valid.length > 0 ? valid : cells;
}

function rowOf({ experiment, workload, scheduler, parameters }: CellSummary['cell']): string {
  return JSON.stringify([experiment, workload, scheduler, parameters]);
}

function repetitionsOf(cells: readonly FinishedCell[]): Repetitions[] {
  const rows = [...new Set(cells.map(({ summary }) => rowOf(summary.cell)))];
  return rows.map((row) => {
    const repetitions = cells.filter(({ summary }) => rowOf(summary.cell) === row);
    return { name: (repetitions[0] as FinishedCell).id.replace(/\.r\d+$/, ''), cells: counted(repetitions) };
  });
}

/** Several repetitions in one histogram, where each of them has rows: one of a part would pass for one of all. */
function planMerged(cells: readonly FinishedCell[]): { readonly files: PlannedFile[]; readonly leftOut: LeftOut[] } {
  const several = repetitionsOf(cells).filter((row) => row.cells.length > 1);
  const paths = ({ cells: repetitions }: Repetitions): string[] => repetitions.flatMap(({ rows }) => rows ?? []);
  const whole = several.filter((row) => paths(row).length === row.cells.length);
  const files = whole.map((row) => ({ name: `${row.name}.hgrm`, write: (path: string) => writeBlocks(path, (file) => file.text(mergedHgrm(paths(row)))) }));
  const others = several.filter((row) => !whole.includes(row)).map(({ name }) => name);
  return { files, leftOut: others.length === 0 ? [] : [{ why: 'not merged, for want of rows', cells: others }] };
}

/** `<cell>.hgrm` of each cell, and of cells that were repeated one of all repetitions together. */
export function planHgrm(cells: readonly FinishedCell[], results: ResultSet): ExportPlan {
  const merged = planMerged(cells);
  const stored = ({ id }: FinishedCell): string => results.cellFile(id, 'total.hgrm');
  const single = cells.filter((cell) => existsSync(stored(cell)));
  const without = cells.filter((cell) => !single.includes(cell)).map(({ id }) => id);
  return {
    files: [...single.map((cell) => ({ name: `${cell.id}.hgrm`, write: (path: string) => copyFileSync(stored(cell), path, constants.COPYFILE_EXCL) })), ...merged.files],
    leftOut: [...(without.length === 0 ? [] : [{ why: 'without total.hgrm', cells: without }]), ...merged.leftOut],
  };
}
