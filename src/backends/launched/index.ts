export { findCellFolders, makeCellFolder, removeAbandonedFolders } from './cell-folder.js';
export type { BatchListener, ContainerClient } from './container-client.js';
export { classChangerHere, CpuClassControl, whyNoRealTime, type ClassChanger, type RealTimeBudget } from './cpu-class.js';
export { LaunchedBackend, type ContainerSource, type LaunchedBackendOptions } from './launched-backend.js';
export { OpenBatches } from './open-batches.js';
export { removeFolder } from './remove-folder.js';
export { connectionsTo, fromDurations, StreamClient } from './stream-client.js';
