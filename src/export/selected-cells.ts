import { existsSync } from 'node:fs';
import { FbbError } from '../core/index.js';
import type { CellSummary, Manifest, ResultSet } from '../results/index.js';

/** A finished cell that was asked for. */
export interface FinishedCell {
  readonly id: string;
  readonly summary: CellSummary;
  /** Path of its invocations.csv; undefined where it was run without rows. */
  readonly rows: string | undefined;
}

/** Cells that are not in an export, and why. */
export interface LeftOut {
  readonly why: string;
  readonly cells: readonly string[];
}

interface SelectedCells {
  readonly cells: readonly FinishedCell[];
  readonly leftOut: readonly LeftOut[];
}

/** Ids that a part of `--cells` means: the cell of that id, or all whose id has it in it. */
function matching(part: string, ids: readonly string[]): readonly string[] {
  return ids.includes(part) ? [part] : ids.filter((id) => id.includes(part));
}

/** Throws FBB_ERR_EXPORT_EMPTY when a part means no cell. */
function wantedCells(cells: Manifest['cells'], parts: readonly string[] | undefined): Manifest['cells'] {
  if (parts === undefined) return cells;
  const ids = cells.map(({ id }) => id);
  const wanted = new Set<string>();
  for (const part of parts) {
    const found = matching(part, ids);
    if (found.length === 0) throw new FbbError('FBB_ERR_EXPORT_EMPTY', `There is no cell with '${part}' in its id.`, { fix: `Use ids, or parts of them: ${ids.slice(0, 20).join(', ')}${ids.length > 20 ? ', …' : ''}.` });
    for (const id of found) wanted.add(id);
  }
  return cells.filter(({ id }) => wanted.has(id));
}

/** Items under what is said of each, in the order in which that is first said. */
function byReason(reasons: readonly (readonly [why: string, cell: string])[]): LeftOut[] {
  const whys = [...new Set(reasons.map(([why]) => why))];
  return whys.map((why) => ({ why, cells: reasons.filter(([other]) => other === why).map(([, cell]) => cell) }));
}

/**
 * The finished cells of a result set in the order of execution, only those that `parts` of ids name; and those that are left out
 * because nothing was measured. Throws FBB_ERR_EXPORT_EMPTY when a part names no cell.
 */
export function selectCells(results: ResultSet, parts: readonly string[] | undefined): SelectedCells {
  const cells: FinishedCell[] = [];
  const reasons: [string, string][] = [];
  for (const { id, status } of wantedCells(results.manifest.cells, parts)) {
    const summary = results.readSummary(id);
    const rows = results.cellFile(id, 'invocations.csv');
    if (summary === undefined) reasons.push([`not finished (${status})`, id]);
    else if (summary.skipped !== undefined) reasons.push(['skipped', id]);
    else cells.push({ id, summary, rows: existsSync(rows) ? rows : undefined });
  }
  return { cells, leftOut: byReason(reasons) };
}
