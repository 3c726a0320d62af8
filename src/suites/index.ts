export { calibrate } from './calibration.js';
export { type BackendDeps, type CellProgress, type CellSettings, type Programs } from './cell-runner.js';
export { planSuite, type PlannedCell, type Selection, type SuitePlan } from './plan.js';
export { findSuite, listSuites, type Suite } from './suite-file.js';
export { runSuite, type SuiteObserver } from './suite-runner.js';
