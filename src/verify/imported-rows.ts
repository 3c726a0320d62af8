import type { OutcomeStatus } from '../core/index.js';
import { scanCsv, type CellSummary } from '../results/index.js';
import type { FileFindings } from './findings.js';
import { IdSet } from './id-set.js';

const required = ['id', 'outcome'] as const;

interface CountedRows {
  rows: number;
  readonly outcomes: Record<OutcomeStatus, number>;
}

/** Undefined when the file cannot be read to its end. */
function countRows(findings: FileFindings): CountedRows | undefined {
  const counted: CountedRows = { rows: 0, outcomes: { completed: 0, failed: 0, timedOut: 0, rejected: 0 } };
  const ids = new IdSet();
  try {
    scanCsv(findings.path, required, (columns) => {
      const [idField, outcomeField] = required.map((name) => columns.get(name) as number) as [number, number];
      return (record) => {
        counted.rows += 1;
        const id = record.number(idField);
        if (!ids.add(id)) findings.addLine(record.line, 'an invocation is there twice', `invocation ${id} is there twice`);
        const outcome = record.text(outcomeField);
        if (outcome in counted.outcomes) counted.outcomes[outcome as OutcomeStatus] += 1;
        else findings.addLine(record.line, 'there is no such outcome', `there is no outcome '${outcome.slice(0, 40)}'`);
      };
    });
    return counted;
  } catch (thrown) {
    findings.addThrown(thrown);
    return undefined;
  } finally {
    findings.close();
  }
}

/** Whether the rows of a cell that was imported are as many as the summary says, with the same outcomes. Returns how many there are. */
export function checkImportedRows({ invocations }: CellSummary, ofRows: FileFindings, ofSummary: FileFindings): number {
  const counted = countRows(ofRows);
  if (counted === undefined) return 0;
  const differs = (name: 'arrived' | OutcomeStatus, fromRows: number): void => {
    if (invocations[name] !== fromRows) ofSummary.add(`invocations.${name}`, `${invocations[name]}, and invocations.csv has ${fromRows}`);
  };
  differs('arrived', counted.rows);
  for (const name of ['completed', 'failed', 'timedOut', 'rejected'] as const) differs(name, counted.outcomes[name]);
  return counted.rows;
}
