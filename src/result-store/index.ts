export { type ConnectionOptions } from './connection.js';
export { openResults, type OpenedResults } from './open-results.js';
export { pullResults } from './pull.js';
export { pushResults, type CellProgress, type Transfer } from './push.js';
export { ResultStore } from './result-store.js';
