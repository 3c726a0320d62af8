export { checkWritable, findResultSet, listResultSets, ResultSet } from './result-set.js';
export { schemaVersion, type CellKey, type CellSummary, type Manifest } from './schema.js';
