import { isGone, parseOwner, thisProcess } from '../../core/owner.js';

/** On everything that we make in a daemon; what has none of them is not ours, and is never touched. */
export const runLabel = 'faasbatch-bench.run';
/** The cell within the run. */
export const cellLabel = 'faasbatch-bench.cell';
/** The process that made it, as JSON. */
export const ownerLabel = 'faasbatch-bench.owner';
/** On images: what they were made of. */
export const contentLabel = 'faasbatch-bench.content';

/** What a run puts on what it makes. */
export function runLabels(runId: string): Record<string, string> {
  return { [runLabel]: runId, [ownerLabel]: JSON.stringify(thisProcess()) };
}

export type Labels = Readonly<Record<string, string>> | null | undefined;

/** Whether it is of a cell of ours. Containers inherit the labels of their image, so what only names a run may be a user's. */
export function isOfCell(labels: Labels): boolean {
  return labels?.[runLabel] !== undefined && labels[cellLabel] !== undefined;
}

/** Whether the run that this belongs to is known to be gone. */
export function isAbandoned(labels: Labels): boolean {
  const owner = parseOwner(labels?.[ownerLabel] ?? '');
  return isOfCell(labels) && owner !== undefined && isGone(owner);
}
