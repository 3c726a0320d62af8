export { type Row, type Side } from './align.js';
export { alignSides, alignSideWithin, compareAligned, enoughRuns, type Aligned, type Comparison, type Diff, type Verdict } from './compare.js';
export { metrics, type Metric } from './metrics.js';
export { selfTest, type SelfTest } from './self-test.js';
export { checkThresholds, parseThresholds, type GateResult, type Judged, type Threshold } from './thresholds.js';
