import type { Manifest } from '../results/index.js';
import type { FileFindings } from './findings.js';

/** Whether the parts of a manifest fit together. */
export function checkManifest({ status, cells, workloads, schedulers, selection }: Manifest, findings: FileFindings): void {
  const names = new Set(schedulers.map(({ name }) => name));
  for (const [index, { id, workload, workloadHash, scheduler, repetition }] of cells.entries()) {
    const hash = workloads[workload]?.['hash'];
    if (hash === undefined) findings.add(`cells.${index}.workload`, `${id} is of workload '${workload}', which 'workloads' does not have`);
    // With --reseed, `workloads` has those of the first repetition.
    else if (hash !== workloadHash && !(selection.reseed && repetition > 1)) findings.add(`cells.${index}.workloadHash`, `${id} has ${workloadHash}, and 'workloads' has ${hash} for '${workload}'`);
    if (!names.has(scheduler)) findings.add(`cells.${index}.scheduler`, `${id} is of scheduler '${scheduler}', which 'schedulers' does not have`);
  }
  const pending = cells.filter((cell) => cell.status === 'pending').length;
  if (status === 'complete' && pending > 0) findings.add('status', `it is complete, and ${pending} of ${cells.length} cells are pending`);
}
