export type { EngineCounts } from './engine-options.js';
export { Engine } from './engine.js';
