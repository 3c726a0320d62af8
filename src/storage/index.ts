export { parseStorageAddress, type StorageAddress } from './storage-address.js';
export { startStorage, type StorageProcess } from './storage-process.js';
