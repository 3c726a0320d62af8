import { isDeepStrictEqual } from 'node:util';
import { latencyPartNames, type LatencySummary } from '../core/index.js';
import type { CellKey, CellSummary, Manifest } from '../results/index.js';
import type { FileFindings } from './findings.js';
import { isNear } from './near.js';

type ManifestCell = Manifest['cells'][number];

const keyMembers = ['id', 'experiment', 'workload', 'scheduler', 'parameters', 'repetition'] as const satisfies readonly (keyof CellKey)[];
const ended = { valid: 'valid', invalid: 'invalid', skipped: 'skipped' } as const;

/** Whether the manifest says that a cell has ended, so that its results must be there. */
export function hasEnded({ status }: ManifestCell): boolean {
  return status in ended;
}

function statusOf({ skipped, valid }: CellSummary): string {
  if (skipped !== undefined) return ended.skipped;
  return valid ? ended.valid : ended.invalid;
}

/** Whether a summary is that of the cell in whose folder it lies. */
export function checkIdentity(summary: CellSummary, cell: ManifestCell, backend: string, findings: FileFindings): void {
  const differs = (place: string, here: unknown, there: unknown): void => {
    if (!isDeepStrictEqual(here, there)) findings.add(place, `${JSON.stringify(here)}, and the manifest has ${JSON.stringify(there)}`);
  };
  for (const member of keyMembers) differs(`cell.${member}`, summary.cell[member], cell[member]);
  differs('workloadHash', summary.workloadHash, cell.workloadHash);
  differs('multiplexing', summary.multiplexing, cell.multiplexing);
  differs('backend', summary.backend, backend);
  if (hasEnded(cell)) differs(summary.skipped === undefined ? 'valid' : 'skipped', statusOf(summary), cell.status);
}

const percentiles = ['p50', 'p90', 'p95', 'p98', 'p99', 'p999', 'max'] as const;

/** Whether a latency is of all invocations that have completed, and its percentiles ascend, where they are known. */
function checkLatency(latency: LatencySummary, completed: number, place: string, findings: FileFindings): void {
  const { count } = latency;
  if (count !== completed) findings.add(`${place}.count`, `${count}, and ${completed} invocations have completed`);
  let before = 0;
  for (const name of percentiles) {
    const value = latency[name] ?? before;
    if (value < before) findings.add(`${place}.${name}`, `${value} is below a lower percentile, ${before}`);
    before = value;
  }
}

function checkMeasured({ count, mean, max }: LatencySummary, place: string, findings: FileFindings): void {
  for (const [name, value] of [['mean', mean], ['max', max]] as const) if ((value === null) !== (count === 0)) findings.add(`${place}.${name}`, `${value} of ${count} latencies`);
}

function exceeds(one: number | null, other: number | null): boolean {
  return one !== null && other !== null && one > other;
}

function checkOutcomes({ invocations, errorCodes, problems, valid }: CellSummary, findings: FileFindings): void {
  const { arrived, completed, failed, timedOut, rejected } = invocations;
  const accounted = completed + failed + timedOut + rejected;
  // A cell that says itself that it has lost some is stored as it was.
  if (accounted !== arrived && (valid || !problems.some((problem) => problem.startsWith('FBB_ERR_CELL_LOST_INVOCATIONS')))) {
    findings.add('invocations', `${arrived} arrived, and ${accounted} completed, failed, timed out or were rejected`);
  }
  const withCode = Object.values(errorCodes).reduce((sum, count) => sum + count, 0);
  if (withCode > accounted - completed) findings.add('errorCodes', `${withCode} invocations have one, and ${accounted - completed} have not completed`);
}

/** Whether the numbers of a summary add up, whatever the rows say. */
export function checkAccounting(summary: CellSummary, findings: FileFindings): void {
  const { invocations, latencyMs, containers, valid, skipped } = summary;
  checkOutcomes(summary, findings);
  for (const name of ['total', ...latencyPartNames] as const) {
    checkLatency(latencyMs[name], invocations.completed, `latencyMs.${name}`, findings);
    checkMeasured(latencyMs[name], `latencyMs.${name}`, findings);
  }
  const parts = latencyPartNames.reduce((sum, name) => sum + (latencyMs[name].mean ?? 0), 0);
  if (!isNear(parts, latencyMs.total.mean ?? 0, 0.001)) findings.add('latencyMs', `the means of the parts add up to ${parts}, and that of the total is ${latencyMs.total.mean}`);
  const { launched, peak, cap } = containers;
  if (exceeds(peak, launched)) findings.add('containers.peak', `${peak} of ${launched} that were launched`);
  if (cap !== undefined && exceeds(peak, cap.max)) findings.add('containers.peak', `${peak}, and the cap was ${cap.max}`);
  if (valid && skipped !== undefined) findings.add('valid', 'true of a cell that was skipped');
}

/** The same of a summary that was imported: parts that nobody measured have no latencies, and means of the paper are rounded. */
export function checkImportedAccounting(summary: CellSummary, findings: FileFindings): void {
  const { invocations, latencyMs } = summary;
  checkOutcomes(summary, findings);
  for (const name of ['total', ...latencyPartNames] as const) {
    const isUnmeasured = name !== 'total' && latencyMs[name].count === 0 && latencyMs[name].mean === null;
    if (!isUnmeasured) checkLatency(latencyMs[name], invocations.completed, `latencyMs.${name}`, findings);
  }
}
