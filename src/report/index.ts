export { renderBounds } from './bound-lines.js';
export { formatMs, renderInstrument, renderNotes, renderProblems, renderSummaryTable, type TableStyle } from './summary-table.js';
