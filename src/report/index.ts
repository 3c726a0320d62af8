export { formatMs, renderProblems, renderSummaryTable, type TableStyle } from './summary-table.js';
