export { couchEnv, openCellStorage } from './cell-storage.js';
export { checkStorage, greetStorage } from './check-storage.js';
export { authorizationOf, parseCouchBody } from './couch-request.js';
export { removeAbandonedDatabases } from './couch-databases.js';
export { startRelay } from './relay.js';
export { isResultAddress, isResultId, parseResultAddress, parseStorageAddress, withoutCredentials, type ResultAddress, type StorageAddress } from './storage-address.js';
export { embeddedDatabase, startStorage } from './storage-process.js';
