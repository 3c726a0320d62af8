export { startStorage, type StorageProcess } from './storage-process.js';
