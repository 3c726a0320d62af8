export { classChangerHere, whyNoRealTime } from './cpu-class.js';
export { ProcessBackend } from './process-backend.js';
