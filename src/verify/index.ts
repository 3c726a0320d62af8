export type { Finding } from './findings.js';
export { verifyResults, type Verification } from './verify-results.js';
