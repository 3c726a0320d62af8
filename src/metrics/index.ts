export { CellRecorder } from './cell-recorder.js';
export { hostFingerprint, type HostFingerprint } from './host.js';
export { Sampler } from './sampler.js';
