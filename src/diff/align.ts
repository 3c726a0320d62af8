import { FbbError, grouped } from '../core/index.js';
import { labelOf, type CellKey, type CellSummary, type Manifest } from '../results/index.js';

/** A stored result set, or the cells of one scheduler in it. */
export interface Side {
  /** As the user named it, without user and password. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly summaries: readonly CellSummary[];
  /** Path of a finished cell's file; undefined where raw files are not at hand. */
  readonly fileOf: ((cellId: string, file: string) => string) | undefined;
  /** Only this scheduler, to be compared with whichever the other side names. */
  readonly scheduler: string | undefined;
}

export type RowKey = Omit<CellKey, 'id' | 'repetition'>;

/** The runs of one cell on one side: its repetitions. Only valid ones can be compared. */
interface RowSide {
  readonly key: RowKey;
  readonly label: string;
  readonly runs: readonly CellSummary[];
  readonly invalid: number;
}

/** What is compared: the same experiment and workload on both sides. */
export interface Row {
  readonly experiment: string;
  readonly workload: string;
  /** The scheduler, or both of them, with options that tell rows apart. */
  readonly label: string;
  readonly first: RowSide;
  readonly second: RowSide;
}

export interface Alignment {
  readonly rows: readonly Row[];
  /** Rows that only one side has, or that have no valid run there, a line each. */
  readonly leftOut: readonly string[];
  /** Rows that have valid runs on the first side and of whose runs on the second fewer than half are valid. */
  readonly broken: readonly string[];
}

function place({ experiment, workload }: RowKey): string {
  return `${experiment} · ${workload}`;
}

/** The rows of a side, in the order of execution. */
function rowsOf({ summaries, scheduler }: Side): RowSide[] {
  const ran = summaries.filter(({ cell, skipped }) => skipped === undefined && (scheduler === undefined || cell.scheduler === scheduler));
  const groups = grouped(ran, ({ cell: { experiment, workload, scheduler: name, parameters } }) => JSON.stringify([experiment, workload, name, Object.entries(parameters).sort()]));
  const keys = [...groups.values()].map(([first]) => (first as CellSummary).cell);
  return [...groups.values()].map((runs, index) => {
    const cell = keys[index] as CellKey;
    const valid = runs.filter((run) => run.valid).sort((a, b) => a.cell.repetition - b.cell.repetition);
    return { key: cell, label: labelOf(cell, keys), runs: valid, invalid: runs.length - valid.length };
  });
}

function sameParameters(one: RowKey, other: RowKey): boolean {
  const names = Object.keys(one.parameters);
  return names.length === Object.keys(other.parameters).length && names.every((name) => one.parameters[name] === other.parameters[name]);
}

/** Whether the options that both have are equal: schedulers of different names have different ones. */
function agree(one: RowKey, other: RowKey): boolean {
  return Object.entries(one.parameters).every(([name, value]) => !(name in other.parameters) || other.parameters[name] === value);
}

/** Whether the one names all options that the other does: a version that had fewer, or results of others, which name few. */
function oneHasMore(one: RowKey, other: RowKey): boolean {
  const [fewer, more] = Object.keys(one.parameters).length < Object.keys(other.parameters).length ? [one, other] : [other, one];
  return Object.keys(fewer.parameters).every((name) => name in more.parameters);
}

function hasRuns({ runs }: RowSide): boolean {
  return runs.length > 0;
}

function joined(first: RowSide, second: RowSide): Row {
  const { experiment, workload } = first.key;
  const label = first.key.scheduler === second.key.scheduler ? second.label : `${first.label} → ${second.label}`;
  return { experiment, workload, label, first, second };
}

/** Why a row is not among those compared, or undefined when it is. */
function missing(row: RowSide, side: Side, partner: RowSide | undefined, other: Side): string | undefined {
  const name = `${place(row.key)} · ${row.label}`;
  if (!hasRuns(row)) return `${name}: no valid run in ${side.name}`;
  if (partner === undefined) return `${name}: not in ${other.name}`;
  return hasRuns(partner) ? undefined : `${name}: no valid run in ${other.name}`;
}

function isBroken(first: RowSide, second: RowSide | undefined): boolean {
  return hasRuns(first) && second !== undefined && second.runs.length < second.invalid;
}

function checkScheduler({ scheduler, manifest, name }: Side): void {
  if (scheduler === undefined || manifest.cells.some((cell) => cell.scheduler === scheduler)) return;
  const there = [...new Set(manifest.cells.map((cell) => cell.scheduler))];
  throw new FbbError('FBB_ERR_SCHEDULER_UNKNOWN', `${name} has no cell of scheduler '${scheduler}'.`, { fix: `Use one of: ${there.join(', ')}.` });
}

/**
 * Puts the rows of two sides beside each other by experiment, workload, scheduler and parameters, of which one side may name fewer; where
 * both sides name a scheduler, by experiment, workload and the parameters that both schedulers have.
 */
export function align(first: Side, second: Side): Alignment {
  checkScheduler(first);
  checkScheduler(second);
  const firsts = rowsOf(first);
  const seconds = rowsOf(second);
  const across = first.scheduler !== undefined && second.scheduler !== undefined && first.scheduler !== second.scheduler;
  const match = (row: RowSide, others: readonly RowSide[]): RowSide | undefined => {
    const near = others.filter(({ key }) => place(key) === place(row.key) && (across || key.scheduler === row.key.scheduler));
    const exact = near.find(({ key }) => sameParameters(key, row.key));
    if (exact !== undefined) return exact;
    const agreeing = near.filter(({ key }) => agree(key, row.key) && (across || oneHasMore(key, row.key)));
    return across || agreeing.length === 1 ? agreeing[0] : undefined;
  };
  const rows: Row[] = [];
  const leftOut: string[] = [];
  const broken: string[] = [];
  const used = new Set<RowSide>();
  for (const row of firsts) {
    const partner = match(row, seconds);
    if (partner !== undefined) used.add(partner);
    const why = missing(row, first, partner, second);
    if (why !== undefined) leftOut.push(why);
    else rows.push(joined(row, partner as RowSide));
    if (isBroken(row, partner)) broken.push(`${place(row.key)} · ${(partner as RowSide).label}`);
  }
  for (const row of seconds) if (!used.has(row)) leftOut.push(missing(row, second, match(row, firsts), first) ?? `${place(row.key)} · ${row.label}: no row of ${first.name} is left to compare it with`);
  return { rows, leftOut, broken };
}

/** Puts every scheduler of a set beside the base of its experiment and workload: of several, the one whose options of the same names are equal. */
export function alignWithin(side: Side, base: string): Alignment {
  checkScheduler({ ...side, scheduler: base });
  const all = rowsOf(side);
  const rows: Row[] = [];
  const leftOut: string[] = [];
  const broken: string[] = [];
  for (const row of all.filter(({ key }) => key.scheduler !== base)) {
    const partners = all.filter(({ key }) => key.scheduler === base && place(key) === place(row.key) && agree(key, row.key));
    const [partner] = partners;
    const why = partner === undefined ? `${place(row.key)} · ${row.label}: no ${base} with the same options` : missing(row, side, partner, side);
    if (why !== undefined) leftOut.push(why);
    // Where several agree, it matters which one it is.
    else rows.push({ ...joined(partner as RowSide, row), label: partners.length > 1 ? `${(partner as RowSide).label} → ${row.label}` : row.label });
    if (partner !== undefined && isBroken(partner, row)) broken.push(`${place(row.key)} · ${row.label}`);
  }
  return { rows, leftOut, broken };
}

/** Puts each of the `chosen` rows, second, beside all others of its experiment and workload: what is judged is how it does against them. */
export function alignWithRows(side: Side, chosen: readonly RowKey[]): Alignment {
  const all = rowsOf(side);
  const seconds = all.filter(({ key }) => chosen.some((one) => place(one) === place(key) && one.scheduler === key.scheduler && sameParameters(one, key)));
  const pairs = seconds.flatMap((second) => all.filter((first) => first !== second && place(first.key) === place(second.key)).map((first) => joined(first, second)));
  const empty = new Set(pairs.flatMap(({ first, second }) => [first, second]).filter((row) => !hasRuns(row)));
  return {
    rows: pairs.filter(({ first, second }) => hasRuns(first) && hasRuns(second)),
    leftOut: [...empty].map((row) => missing(row, side, undefined, side) as string),
    broken: pairs.filter(({ first, second }) => isBroken(first, second)).map(({ second }) => `${place(second.key)} · ${second.label}`),
  };
}
