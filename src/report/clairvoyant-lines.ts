import { grouped } from '../core/index.js';
import type { CellSummary, ResultSet } from '../results/index.js';
import { Clairvoyant, multiplesOf, type Reference } from './clairvoyant.js';
import { groupOf } from './repetitions.js';
import { formatMs } from './formats.js';
import type { TableStyle } from './summary-table.js';
import { harmless } from './terminal-text.js';

function addCell(clairvoyant: Clairvoyant, results: ResultSet, cellId: string): void {
  const number = (text = ''): number => (text === '' ? Number.NaN : Number(text));
  for (const row of results.readInvocations(cellId)) {
    if (row['outcome'] === 'completed') clairvoyant.add({ id: Number(row['id']), intendedMs: number(row['intended_ms']), executionMs: number(row['execution_ms']), cpuMs: number(row['cpu_ms']) });
  }
}

/** The mean of each scheduler over its repetitions as a multiple of the reference; from the least to the most where it ran with several options; the best first. */
function ratios(cells: readonly CellSummary[], reference: Reference): string {
  const rows = [...grouped(multiplesOf(cells, reference), ({ scheduler }) => scheduler)].map(([scheduler, variants]) => {
    const multiples = variants.map(({ multiple }) => multiple).sort((a, b) => a - b);
    const ends = [...new Set([multiples[0] as number, multiples.at(-1) as number].map((multiple) => multiple.toFixed(1)))];
    return { least: multiples[0] as number, text: `${harmless(scheduler)} ${ends.join('–')} ×` };
  });
  return rows
    .sort((a, b) => a.least - b.least)
    .map(({ text }) => text)
    .join(', ');
}

/** How far the mean of each scheduler is from what a clairvoyant policy would reach, a line an experiment and workload. */
export function renderClairvoyant(results: ResultSet, summaries: readonly CellSummary[], style: TableStyle): string[] {
  const valid = summaries.filter((summary) => summary.valid);
  const lines: string[] = [];
  for (const [title, cells] of grouped(valid, ({ cell }) => groupOf(cell))) {
    const clairvoyant = new Clairvoyant(results, cells);
    if (clairvoyant.needsRows) for (const { cell } of cells) addCell(clairvoyant, results, cell.id);
    const reference = clairvoyant.reference();
    if (reference === undefined) continue;
    const { meanMs, p50Ms, p98Ms, how } = reference;
    lines.push(style.dim(`${title} clairvoyant reference (${how}): mean ${formatMs(meanMs)}, p50 ${formatMs(p50Ms)}, p98 ${formatMs(p98Ms)} ms; mean of ${ratios(cells, reference)}`));
  }
  return lines;
}
