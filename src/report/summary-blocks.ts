import { grouped, latencyPartNames } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { baseFor, changeOf, publishedChanges } from './changes.js';
import { formatAmount, formatCount, formatMs, formatPercent } from './formats.js';
import { groupOf, meanOverRepetitions, type CellAverage } from './repetitions.js';
import { harmless } from './terminal-text.js';

/** What tables call the parts of a latency, in the order of `latencyPartNames`. */
export const partTitles = latencyPartNames.map((name) => (name === 'coldStart' ? 'cold' : name === 'scheduling' ? 'sched' : name === 'execution' ? 'exec' : name === 'response' ? 'resp' : name));

/** Against the base, `base` for the base itself; and as published, empty where it was not. */
interface SummaryChange {
  readonly own: string;
  readonly published: string;
}

/** What stands in a row of a table, not yet styled. */
export interface SummaryRow {
  readonly label: string;
  /** How many repetitions are invalid; empty when none is. */
  readonly mark: string;
  /** Why it was not run: then there is nothing else. */
  readonly skipped: string | undefined;
  /** Whether the numbers are those of valid cells. */
  readonly comparable: boolean;
  readonly scheduler: string;
  readonly meanMs: number | null;
  readonly containers: number | null;
  /** Mean, p50 and p98. */
  readonly latencies: readonly string[];
  /** In the order of `latencyPartNames`. */
  readonly parts: readonly string[];
  /** Containers, GB·s and CPU·s. */
  readonly amounts: readonly string[];
  /** Of the mean latency and of the containers. */
  readonly changes: { readonly mean: SummaryChange; readonly containers: SummaryChange };
}

/** What is compared with each other in one table. */
export interface SummaryBlock {
  /** `e2e · icdcs-cpu`. */
  readonly title: string;
  /** How much was run, units, and what changes are against. */
  readonly about: string;
  readonly rows: readonly SummaryRow[];
}

/** How many of the repetitions are invalid, where there are others that the numbers are taken from. */
function invalidMark({ invalid, comparable, repetitions }: CellAverage): string {
  if (invalid === 0) return '';
  return comparable ? `${invalid} of ${invalid + repetitions} invalid` : 'invalid';
}

/** In percent, a reduction negative: -87.8 %. */
function formatChange(change: number | null): string {
  return change === null ? '–' : formatPercent(change, 1);
}

function rowOf(manifest: Manifest, cell: CellAverage, base: CellAverage | undefined): SummaryRow {
  const published = publishedChanges(manifest, cell);
  const comparable = cell.comparable && base?.comparable === true;
  const change = (of: 'meanMs' | 'containers'): SummaryChange => ({
    own: cell === base ? 'base' : comparable ? formatChange(changeOf(cell[of], base[of])) : '–',
    published: published === undefined ? '' : formatChange(published[of]),
  });
  return {
    label: cell.label,
    mark: invalidMark(cell),
    skipped: cell.skipped,
    comparable: cell.comparable,
    scheduler: cell.scheduler,
    meanMs: cell.meanMs,
    containers: cell.containers,
    latencies: [cell.meanMs, cell.p50Ms, cell.p98Ms].map(formatMs),
    parts: latencyPartNames.map((name) => formatMs(cell.partsMs[name])),
    amounts: [formatCount(cell.containers), formatAmount(cell.gbSeconds), formatAmount(cell.cpuSeconds)],
    changes: { mean: change('meanMs'), containers: change('containers') },
  };
}

/** What the columns of change are against, or why they are empty. */
function comparison(base: string, bases: readonly CellAverage[]): string {
  const name = harmless(base);
  if (bases.length === 0) return `no ${name} to compare with`;
  return bases.some(({ comparable }) => comparable) ? `change against ${name}` : `no valid ${name} to compare with`;
}

/** The comparison of a set as data: a block an experiment and workload, a row a scheduler. */
export function summaryBlocks(manifest: Manifest, summaries: readonly CellSummary[]): SummaryBlock[] {
  const groups = grouped(meanOverRepetitions(summaries, manifest), groupOf);
  return [...groups].map(([title, cells]) => {
    const ran = cells.filter(({ skipped }) => skipped === undefined);
    const arrived = [...new Set((ran.length > 0 ? ran : cells).map((cell) => cell.arrived))].join(' / ');
    const repetitions = Math.max(...cells.map((cell) => cell.repetitions));
    const bases = ran.filter(({ scheduler }) => scheduler === manifest.base);
    return {
      title,
      about: `${arrived} invocations${repetitions > 1 ? `, means of ${repetitions} repetitions` : ''}; latencies in ms, ${comparison(manifest.base, bases)}`,
      rows: cells.map((cell) => rowOf(manifest, cell, baseFor(cell, bases, manifest))),
    };
  });
}
