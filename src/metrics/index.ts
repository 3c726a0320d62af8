export { CellRecorder } from './cell-recorder.js';
export { availableMemoryMb, hostFingerprint, type HostFingerprint } from './host.js';
export { LatencyHistogram } from './latency-histogram.js';
export { Sampler } from './sampler.js';
