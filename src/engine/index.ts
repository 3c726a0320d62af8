export { Engine, type EngineCounts } from './engine.js';
