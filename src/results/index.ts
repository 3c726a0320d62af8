export { labelOf } from './cell-label.js';
export { checksumOf, checksumsFile, readChecksums } from './checksums.js';
export { csvField } from './csv-file.js';
export { scanCsv, type CsvRecord } from './csv-scanner.js';
export { findRemovable, removeResultSet, type Removable } from './removal.js';
export { checkStored, checkWritable, findResultFolder, findResultSet, listResultSets, readResultSet, ResultSet, type StoredResults } from './result-set.js';
export { summaryFields } from './summary-fields.js';
export { manifestSchema, schemaVersion, summarySchema, type CellKey, type CellSummary, type Manifest } from './schema.js';
