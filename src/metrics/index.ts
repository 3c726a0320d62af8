export { CellRecorder } from './cell-recorder.js';
export { hostFingerprint, type HostFingerprint } from './host.js';
export { LatencyHistogram } from './latency-histogram.js';
export { Sampler } from './sampler.js';
