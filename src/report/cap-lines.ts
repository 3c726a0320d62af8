import { grouped } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';
import { groupOf, meanOverRepetitions, type CellAverage } from './repetitions.js';
import { formatCount, formatMs } from './formats.js';
import type { TableStyle } from './summary-table.js';

type Capped = CellAverage & { readonly cap: NonNullable<CellAverage['cap']> };

function hasBound(cell: CellAverage): cell is Capped {
  return (cell.cap?.launchesWaited ?? 0) > 0;
}

function line(title: string, cells: readonly Capped[]): string {
  const waits = cells.map(({ label, cap }) => `${label} ${formatCount(cap.launchesWaited)} (at most ${formatMs(cap.longestWaitMs)} ms)`);
  const ended = cells.filter(({ cap }) => cap.endedForOthers > 0).map(({ label, cap }) => `${label} ${formatCount(cap.endedForOthers)}`);
  const { max } = (cells[0] as Capped).cap;
  const made = `${title} a cap of ${max} ${max === 1 ? 'container' : 'containers'} made launches wait, which counts as sched: ${waits.join(', ')}`;
  return ended.length === 0 ? made : `${made}; idle containers ended to make room: ${ended.join(', ')}`;
}

/** What a cap of containers did, a line an experiment and workload in which it made launches wait. */
export function renderCap(manifest: Manifest, summaries: readonly CellSummary[], style: TableStyle): string[] {
  const groups = grouped(meanOverRepetitions(summaries, manifest).filter(hasBound), groupOf);
  return [...groups].map(([title, cells]) => style.dim(line(title, cells)));
}
