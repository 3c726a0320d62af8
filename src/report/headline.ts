import type { Of } from '../charts/index.js';
import { grouped } from '../core/index.js';
import { alignSideWithRows, compareAligned, metrics, type Comparison, type Metric, type Side, type Verdict } from '../diff/index.js';
import { labelOf, type Manifest } from '../results/index.js';
import { formatChange, formatInterval, formatValue, oneRunShows } from './diff-rows.js';
import { harmless } from './terminal-text.js';
import { groupOf, meanOverRepetitions, rowKey, type CellAverage } from './repetitions.js';
import type { Answer, AnswerGroup, Headline, Sureness } from './report-model.js';
import { caveatsOfSet } from './set-caveats.js';
import { baseFor } from './changes.js';
import { formatPercent } from './formats.js';
import { rowsAt, sweepOf } from './sweep.js';

/** What the first screen answers, each of which less is better. */
interface Question {
  readonly title: string;
  readonly metric: Metric;
  readonly valueOf: (row: CellAverage) => number | null;
}

function question(title: string, name: string, valueOf: Question['valueOf']): Question {
  return { title, metric: metrics.find((metric) => metric.name === name) as Metric, valueOf };
}

const questions: readonly Question[] = [
  question('mean latency', 'mean', ({ meanMs }) => meanMs),
  question('p98 latency', 'p98', ({ p98Ms }) => p98Ms),
  question('containers', 'containers', ({ containers }) => containers),
  question('memory', 'gbSeconds', ({ gbSeconds }) => gbSeconds),
  question('CPU time', 'cpuSeconds', ({ cpuSeconds }) => cpuSeconds),
];

/** Rows that can be compared with each other, labelled as they differ among themselves. */
interface Group {
  readonly title: string;
  readonly rows: readonly CellAverage[];
}

function groupsOf({ manifest, summaries }: Side): Group[] {
  return [...grouped(meanOverRepetitions(summaries, manifest), groupOf)].map(([title, all]) => {
    const rows = all.filter(({ comparable }) => comparable);
    const sweep = sweepOf(rows, manifest);
    if (sweep === undefined) return { title, rows };
    const { parameter, shown } = sweep;
    const at = rowsAt(rows, sweep, shown);
    return { title: `${title} at ${parameter} = ${shown}`, rows: at.map((row) => ({ ...row, label: labelOf(row, at) })) };
  });
}

/** Unknown values last. */
function byValue({ valueOf }: Question, rows: readonly CellAverage[]): CellAverage[] {
  const place = (row: CellAverage): number => valueOf(row) ?? Number.POSITIVE_INFINITY;
  return [...rows].sort((a, b) => place(a) - place(b) || 0);
}

/** Of several with the same value the first; undefined where no value is known. */
function winnerOf(asked: Question, rows: readonly CellAverage[]): CellAverage | undefined {
  const [least] = byValue(asked, rows);
  return least === undefined || asked.valueOf(least) === null ? undefined : least;
}

/** How winners did against others of their group, by metric and row. */
type Found = (asked: Question, winner: CellAverage, other: CellAverage) => Comparison | undefined;

/**
 * Compares all winners with all others of their groups in one go: p is corrected for everything that the first screen says. Who wins was read from the same
 * data, which makes a single other row look worse than it is; that a winner is better than all of them is said no more often than chance allows, because the second best must be shown, too.
 */
function compareWinners(side: Side, groups: readonly Group[]): Found {
  const won = new Map<string, { readonly row: CellAverage; readonly metrics: Metric[] }>();
  for (const { rows } of groups) {
    for (const asked of questions) {
      const row = winnerOf(asked, rows);
      if (row === undefined) continue;
      const entry = won.get(rowKey(row)) ?? { row, metrics: [] };
      entry.metrics.push(asked.metric);
      won.set(rowKey(row), entry);
    }
  }
  const shown = new Set(groups.flatMap(({ rows }) => rows.map(rowKey)));
  const summaries = side.summaries.filter(({ cell }) => shown.has(rowKey(cell)));
  const aligned = alignSideWithRows({ ...side, summaries }, [...won.values()].map(({ row }) => row));
  const { comparisons } = compareAligned(aligned, { metricsOf: ({ second }) => won.get(rowKey(second.key))?.metrics ?? [] });
  const placeOf = (winner: string, other: string, metric: Metric): string => JSON.stringify([winner, other, metric.name]);
  const found = new Map(comparisons.map((comparison) => [placeOf(rowKey(comparison.row.second.key), rowKey(comparison.row.first.key), comparison.metric), comparison]));
  return ({ metric }, winner, other) => found.get(placeOf(rowKey(winner), rowKey(other), metric));
}

function ofRow(row: CellAverage, rows: readonly CellAverage[]): Of {
  const twins = rows.filter(({ scheduler }) => scheduler === row.scheduler);
  return { label: harmless(row.label), scheduler: row.scheduler, ...(twins.length > 1 ? { twin: twins.indexOf(row) } : {}) };
}

function shownValue({ metric, valueOf }: Question, row: CellAverage): string {
  const value = formatValue(metric, valueOf(row));
  return metric.unit === 'containers' ? value : `${value} ${metric.unit}`;
}

/** Whether the winner is better, as far as is shown. */
function surenessOf(verdict: Verdict | undefined): Sureness {
  if (verdict === 'better') return 'shown';
  return verdict === 'tooFew' || verdict === undefined ? 'tooFew' : 'notShown';
}

interface Doubt {
  readonly sure: Sureness;
  readonly why: string;
}

/** Why one row may be as good as the winner. */
function doubtOf(comparison: Comparison | undefined, isEqual: boolean): Doubt {
  if (isEqual) return { sure: 'notShown', why: 'the same value' };
  if (comparison === undefined || comparison.verdict === 'tooFew') return { sure: 'tooFew', why: comparison?.reason ?? 'too few data' };
  return { sure: 'notShown', why: comparison.factor > 1 ? oneRunShows : 'no difference is shown' };
}

/** More data would tell, if there are too few of one. */
function together(doubts: readonly Doubt[]): Doubt {
  const sure = doubts.length === 0 ? 'shown' : doubts.some((doubt) => doubt.sure === 'tooFew') ? 'tooFew' : 'notShown';
  // Of the same reason with other numbers, that of the nearest row.
  const [...reasons] = grouped(doubts.map(({ why }) => why), (why) => why.replace(/\d+/g, '')).values();
  return { sure, why: reasons.map(([why]) => why).join('; ') };
}

function againstBase(found: Found, asked: Question, { winner, rows, manifest }: { readonly winner: CellAverage; readonly rows: readonly CellAverage[]; readonly manifest: Manifest }): Answer['againstBase'] {
  const base = baseFor(winner, rows.filter(({ scheduler }) => scheduler === manifest.base), manifest);
  if (base === undefined || base === winner || asked.valueOf(base) === null) return undefined;
  const comparison = found(asked, winner, base);
  return comparison === undefined ? undefined : { base: harmless(base.label), change: formatChange(comparison), interval: formatInterval(comparison), verdict: surenessOf(comparison.verdict) };
}

function nextOf(asked: Question, winner: CellAverage, next: CellAverage | undefined, rows: readonly CellAverage[]): Answer['next'] {
  if (next === undefined) return undefined;
  const [least, more] = [asked.valueOf(winner) as number, asked.valueOf(next) as number];
  return { ...ofRow(next, rows), value: shownValue(asked, next), change: least > 0 ? formatPercent(more / least - 1, 1) : '–', verdict: 'shown' };
}

function answerTo(asked: Question, { rows }: Group, found: Found, manifest: Manifest): Answer[] {
  const winner = winnerOf(asked, rows);
  if (winner === undefined) return [];
  const others = byValue(asked, rows).filter((row) => row !== winner);
  const isShown = (row: CellAverage): boolean => surenessOf(found(asked, winner, row)?.verdict) === 'shown';
  const tied = others.filter((row) => !isShown(row));
  const doubts = tied.map((row) => doubtOf(found(asked, winner, row), asked.valueOf(row) === asked.valueOf(winner)));
  return [
    {
      metric: asked.title,
      winner: { ...ofRow(winner, rows), value: shownValue(asked, winner) },
      tied: tied.map((row) => ofRow(row, rows)),
      againstBase: againstBase(found, asked, { winner, rows, manifest }),
      next: nextOf(asked, winner, others.find(isShown), rows),
      ...(others.length === 0 ? { sure: 'single', why: 'there is nothing to compare it with' } : together(doubts)),
    },
  ];
}

/** Instead of answers, where no row can be compared. */
function nobody({ summaries }: Side, title: string): Answer {
  const ran = summaries.some(({ cell, skipped }) => groupOf(cell) === title && skipped === undefined);
  return { metric: (questions[0] as Question).title, winner: undefined, tied: [], againstBase: undefined, next: undefined, sure: 'single', why: ran ? 'no run is valid' : 'all were skipped' };
}

/**
 * For each experiment and workload, at the usual value of what is swept: which scheduler has the least of what, by how much, how sure that is, and what not to trust. Throws
 * FBB_ERR_RESULTS_INVALID when rows that are needed cannot be read.
 */
export function headlineOf(side: Side): Headline {
  const groups = groupsOf(side);
  const found = compareWinners(side, groups);
  return {
    groups: groups.map((group): AnswerGroup => {
      const { title, rows } = group;
      return { title: harmless(title), answers: rows.length === 0 ? [nobody(side, title)] : questions.flatMap((asked) => answerTo(asked, group, found, side.manifest)) };
    }),
    caveats: caveatsOfSet(side),
  };
}
