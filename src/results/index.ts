export { checkWritable, findResultSet, listResultSets, readResultSet, ResultSet, type StoredResults } from './result-set.js';
export { schemaVersion, type CellKey, type CellSummary, type Manifest } from './schema.js';
