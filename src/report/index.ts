export { renderCap } from './cap-lines.js';
export { renderBursts, renderResources } from './resource-tables.js';
export { renderClairvoyant } from './clairvoyant-lines.js';
export { pairWithLive, pairWithPublished, renderValidation } from './validation-table.js';
export { formatMs, renderInstrument, renderNotes, renderProblems, renderSummaryTable, type TableStyle } from './summary-table.js';
export { diffAsCsv, diffAsJson, renderDiffMarkdown } from './diff-formats.js';
export { caveatsOf } from './diff-rows.js';
export { renderDiff, renderGate } from './diff-table.js';
export { sectionsOf } from './sections.js';
