export { renderClairvoyant } from './clairvoyant-lines.js';
export { formatMs, renderInstrument, renderNotes, renderProblems, renderSummaryTable, type TableStyle } from './summary-table.js';
