import { latencyPartNames } from '../core/index.js';
import { scanCsv, type CellSummary } from '../results/index.js';
import type { ContainerColumns } from './container-check.js';
import type { FileFindings } from './findings.js';
import { invocationColumns, InvocationLines, type RowsOfContainer } from './invocation-lines.js';
import { compareLag, compareLatency } from './latency-check.js';

interface InvocationDeps {
  readonly summary: CellSummary;
  /** Undefined where containers.csv cannot be read. */
  readonly containers: ContainerColumns | undefined;
  readonly ofRows: FileFindings;
  readonly ofSummary: FileFindings;
  readonly ofContainers: FileFindings;
}

function checkCounts(lines: InvocationLines, { invocations, errorCodes, coldStarts = lines.coldStarts }: CellSummary, ofSummary: FileFindings): void {
  const differs = (place: string, stored: number, fromRows: number): void => {
    if (stored !== fromRows) ofSummary.add(place, `${stored}, and invocations.csv has ${fromRows}`);
  };
  const { completed, failed, timedOut, rejected } = invocations;
  const accounted = completed + failed + timedOut + rejected;
  if (lines.rows !== accounted) ofSummary.add('invocations', `${accounted} have ended, and invocations.csv has ${lines.rows} rows`);
  for (const name of ['completed', 'failed', 'timedOut', 'rejected'] as const) differs(`invocations.${name}`, invocations[name], lines.outcomes[name]);
  differs('invocations.retried', invocations.retried, lines.retries);
  if (coldStarts < lines.coldStarts || coldStarts > lines.coldStarts + lines.roundedStarts) differs('coldStarts', coldStarts, lines.coldStarts);
  for (const code of new Set([...Object.keys(errorCodes), ...lines.errorCodes.keys()])) differs(`errorCodes.${code}`, errorCodes[code] ?? 0, lines.errorCodes.get(code) ?? 0);
}

function checkLatencies(lines: InvocationLines, { latencyMs, loadGenerator }: CellSummary, ofSummary: FileFindings): void {
  compareLatency(latencyMs.total, lines.total.summary(), 'latencyMs.total', ofSummary);
  for (const name of latencyPartNames) compareLatency(latencyMs[name], lines.parts[name].summary(), `latencyMs.${name}`, ofSummary);
  compareLag(loadGenerator, lines.lag.summary(), ofSummary);
}

/** What cannot be in the line of a container with these rows. */
function wrongCounts(rows: RowsOfContainer, { invocations, batches, ready }: { readonly invocations: number; readonly batches: number; readonly ready: boolean }, summary: CellSummary): string | undefined {
  const { completed, unsuccessful } = rows;
  // An invocation that ended with its container did not end in it.
  if (invocations < completed || invocations > completed + unsuccessful) {
    return `has ${invocations} invocations, and invocations.csv has ${completed}${unsuccessful > 0 ? ` to ${completed + unsuccessful}` : ''} of it`;
  }
  const { retried, failed, timedOut, rejected } = summary.invocations;
  // A batch with a retried invocation in it is split, and what a lost container has not begun comes back with another batch.
  if (retried > 0) return undefined;
  const undisturbed = ready && failed + timedOut + rejected === 0;
  return batches < rows.batches || (undisturbed && batches > rows.batches) ? `has ${batches} batches, and invocations.csv has ${rows.batches} of it` : undefined;
}

function checkContainerCounts(lines: InvocationLines, { summary, containers, ofContainers }: InvocationDeps): void {
  if (containers === undefined) return;
  for (const [id, place] of containers.places) {
    const line = { invocations: containers.invocations[place] as number, batches: containers.batches[place] as number, ready: containers.ready[place] as boolean };
    const what = wrongCounts(lines.ofContainers[place] as RowsOfContainer, line, summary);
    if (what !== undefined) ofContainers.addLine(containers.lines[place] as number, 'a container has other counts than invocations.csv', `container ${id} ${what}`);
  }
  ofContainers.close();
}

/** Whether the invocations.csv of a cell is in order, and summary and containers.csv say the same. Returns how many rows it has. */
export function checkInvocations(deps: InvocationDeps): number {
  const { summary, containers, ofRows, ofSummary } = deps;
  let lines: InvocationLines | undefined;
  let whole = false;
  try {
    scanCsv(ofRows.path, invocationColumns, (columns) => {
      const taker = new InvocationLines(columns, ofRows, { containers, capped: summary.containers.cap !== undefined });
      lines = taker;
      return (record) => taker.take(record);
    });
    whole = true;
  } catch (thrown) {
    ofRows.addThrown(thrown);
  }
  ofRows.close();
  if (lines === undefined) return 0;
  // Sums of a part tell nothing.
  if (whole) {
    checkCounts(lines, summary, ofSummary);
    checkLatencies(lines, summary, ofSummary);
    checkContainerCounts(lines, deps);
  }
  return lines.rows;
}
