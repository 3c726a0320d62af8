export type { Side } from './align.js';
export { alignSides, alignSideWithin, alignSideWithRows, compareAligned, distinctRuns, type Aligned, type Comparison, type Diff, type Verdict } from './compare.js';
export { checkComparable, compareResults, compareSchedulers, sideOfResults } from './compare-results.js';
export { metrics, type Metric } from './metrics.js';
export { selfTest, type SelfTest } from './self-test.js';
export { checkThresholds, hasFailed, parseThresholds, type GateResult, type Threshold } from './thresholds.js';
