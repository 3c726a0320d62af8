export type { EngineCounts } from './engine-options.js';
export { Engine } from './engine.js';
export type { HookName, HookWatch } from './scheduler-hooks.js';
