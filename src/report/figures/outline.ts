import { grouped } from '../../core/index.js';
import { labelOf, type CellSummary, type Manifest } from '../../results/index.js';
import { groupOf, meanOverRepetitions, runsOf, type CellAverage } from '../repetitions.js';
import { rowsAt, sweepOf, type Sweep } from '../sweep.js';
import { grouping } from './rounded.js';

/** A scheduler with its parameters, and the cells that its numbers are of. */
interface SectionRow {
  readonly average: CellAverage;
  readonly runs: readonly CellSummary[];
}

/** A row as it is named beside the others that it is shown with. */
export interface NamedRow extends SectionRow {
  readonly label: string;
  /** Undefined where the scheduler has one row only. */
  readonly twin: number | undefined;
}

export interface SliceOutline {
  readonly label: string;
  readonly rows: readonly NamedRow[];
  /** What is to be known of the rows. */
  readonly caveats: readonly string[];
}

/** What a section is made of, before anything but summaries is read. */
export interface SectionOutline {
  readonly id: string;
  readonly title: string;
  /** Those that ran. */
  readonly rows: readonly SectionRow[];
  readonly caveats: readonly string[];
  readonly sweep: Sweep | undefined;
  readonly slices: readonly SliceOutline[];
  readonly shownSlice: number;
}

/** How many of the invocations of a row have no latency; nothing where all completed. */
function uncompleted(label: string, runs: readonly CellSummary[]): string[] {
  const arrived = runs.reduce((sum, { invocations }) => sum + invocations.arrived, 0);
  const completed = runs.reduce((sum, { invocations }) => sum + invocations.completed, 0);
  return completed === arrived ? [] : [`${label}: ${grouping(arrived - completed)} of ${grouping(arrived)} invocations did not complete and have no latency`];
}

/** What is to be known of rows, whatever is shown of them. */
function caveatsOf(named: readonly (SectionRow & { readonly label: string })[]): string[] {
  return named.flatMap(({ label, average: { skipped, comparable, invalid, repetitions }, runs }) => {
    if (skipped !== undefined) return [`${label}: skipped`];
    if (!comparable) return [`${label}: invalid, shown as it is`, ...uncompleted(label, runs)];
    return [...(invalid > 0 ? [`${label}: ${invalid} of ${invalid + repetitions} repetitions invalid and left out`] : []), ...uncompleted(label, runs)];
  });
}

/** Numbers things of one scheduler, where there are several. */
export function twinsOf(schedulers: readonly string[]): (number | undefined)[] {
  return schedulers.map((scheduler, index) => (schedulers.indexOf(scheduler) === schedulers.lastIndexOf(scheduler) ? undefined : schedulers.slice(0, index).filter((other) => other === scheduler).length));
}

function sliceOf(label: string, rows: readonly SectionRow[]): SliceOutline {
  const averages = rows.map(({ average }) => average);
  const ran = rows.filter(({ average }) => average.skipped === undefined);
  const twins = twinsOf(ran.map(({ average }) => average.scheduler));
  const labelled = rows.map((row) => ({ ...row, label: labelOf(row.average, averages) }));
  return { label, rows: labelled.filter(({ average }) => average.skipped === undefined).map((row, index) => ({ ...row, twin: twins[index] })), caveats: caveatsOf(labelled) };
}

/** One slice a value of the sweep, with the rows that have no such parameter in each. */
function slicesOf(rows: readonly SectionRow[], sweep: Sweep | undefined): SliceOutline[] {
  if (sweep === undefined) return [sliceOf('', rows)];
  const { parameter, values } = sweep;
  return values.map((value) => {
    const here = new Set(rowsAt(rows.map(({ average }) => average), sweep, value));
    return sliceOf(`${parameter} = ${value}`, rows.filter(({ average }) => here.has(average)));
  });
}

/** Of names that may hold anything, something to be used in an address. */
function anchorOf(name: string, taken: Set<string>): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'section';
  let anchor = plain;
  for (let number = 2; taken.has(anchor); number += 1) anchor = `${plain}-${number}`;
  taken.add(anchor);
  return anchor;
}

/** The sections of a result set, each an experiment and workload; one in which nothing ran has no slices. */
export function outlinesOf(summaries: readonly CellSummary[], manifest: Manifest): SectionOutline[] {
  const taken = new Set<string>();
  return [...grouped(meanOverRepetitions(summaries, manifest), groupOf)].map(([title, averages]) => {
    const rows = averages.map((average) => ({ average, runs: runsOf(average, summaries) }));
    const ran = rows.filter(({ average }) => average.skipped === undefined);
    const sweep = sweepOf(ran.map(({ average }) => average), manifest);
    return {
      id: anchorOf(title, taken),
      title,
      rows: ran,
      caveats: caveatsOf(rows.map((row) => ({ ...row, label: row.average.label }))),
      sweep,
      slices: ran.length === 0 ? [] : slicesOf(rows, sweep),
      shownSlice: sweep === undefined ? 0 : sweep.values.indexOf(sweep.shown),
    };
  });
}
