export { formatMs, renderInstrument, renderProblems, renderSummaryTable, type TableStyle } from './summary-table.js';
