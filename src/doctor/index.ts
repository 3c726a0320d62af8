export type { Check, CheckState } from './check.js';
export type { Trial } from './container-check.js';
export { examine } from './examine.js';
