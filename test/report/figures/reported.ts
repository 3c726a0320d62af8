import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chart, Figure } from '../../../src/charts/index.js';
import { sectionsOf } from '../../../src/report/index.js';
import type { Section } from '../../../src/report/report-model.js';
import { ResultSet, type CellSummary, type Manifest } from '../../../src/results/index.js';
import { containerOf, outcomeOf, storeCells, type StoredCell } from '../../export/stored-cells.js';
import { summaryOf, type SummaryNumbers } from '../../results/stored-run.js';
import { temporaryFolder } from '../../results/temporary-folder.js';

/** Stores these cells with a manifest that says this besides. */
export function stored(cells: readonly StoredCell[], manifest: Partial<Manifest> = {}): ResultSet {
  const { folder } = storeCells(temporaryFolder(), cells);
  const path = join(folder, 'manifest.json');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as Manifest), ...manifest }));
  return ResultSet.open(folder);
}

export function reported(cells: readonly StoredCell[], manifest: Partial<Manifest> = {}): Section[] {
  return sectionsOf(stored(cells, manifest));
}

/** The figures of the only section of these cells, of the slice that is shown. */
export function figuresOf(cells: readonly StoredCell[], manifest: Partial<Manifest> = {}): readonly Figure[] {
  const [section] = reported(cells, manifest);
  const { figures, timelines } = section!.slices[section!.shownSlice]!;
  return [...section!.figures, ...figures, ...timelines];
}

export function figure(figures: readonly Figure[], id: string): Figure {
  const found = figures.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no figure '${id}' among ${figures.map((each) => each.id).join(', ')}`);
  return found;
}

export function chart<Kind extends Chart['kind']>(figures: readonly Figure[], id: string, kind: Kind): Extract<Chart, { kind: Kind }> {
  const { chart: found } = figure(figures, id);
  if (found.kind !== kind) throw new Error(`${id} is of kind ${found.kind}`);
  return found as Extract<Chart, { kind: Kind }>;
}

/** The summary of a cell of a scheduler; its id tells all of the key. */
export function cellOf(scheduler: string, { cell = {}, ...numbers }: SummaryNumbers = {}): CellSummary {
  const id = [scheduler, cell.experiment, cell.workload, JSON.stringify(cell.parameters), cell.repetition].map((part) => encodeURIComponent(String(part))).join('.');
  return summaryOf({ ...numbers, cell: { scheduler, id, ...cell } });
}

/** A cell in which invocations of these latencies were executed at once, each in a container of its own. */
export function cellWith(summary: CellSummary, latenciesMs: readonly number[]): StoredCell {
  return {
    summary,
    outcomes: latenciesMs.map((executionMs, id) => outcomeOf({ id, containerId: id, batchId: id, intendedMs: id * 10, executionMs })),
    containers: latenciesMs.map((_, id) => containerOf({ id, launchedMs: id * 10 })),
  };
}
