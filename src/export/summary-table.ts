import { summaryFields, type CellSummary } from '../results/index.js';
import { cellColumns, cellValues } from './invocation-columns.js';

type Value = string | number | boolean | null | undefined;

/** A header, and a row a cell: its key, a column for each parameter that any of them has, and every number of its summary with its unit in the name. */
export function summaryTable(summaries: readonly CellSummary[]): Value[][] {
  const parameters = [...new Set(summaries.flatMap(({ cell }) => Object.keys(cell.parameters)))];
  const header = [...cellColumns, ...parameters.map((name) => `parameter_${name}`), ...summaryFields.map(([name]) => name)];
  return [header, ...summaries.map((summary) => [...cellValues(summary.cell), ...parameters.map((name) => summary.cell.parameters[name]), ...summaryFields.map(([, of]) => of(summary))])];
}
