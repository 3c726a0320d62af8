export { calibrate } from './calibration.js';
export { type BackendDeps, type CellProgress, type CellSettings, type Programs } from './cell-runner.js';
export { readOptionValue, refuseSettings } from './option-overrides.js';
export { planSuite, type Selection, type SuitePlan } from './plan.js';
export type { PlannedCell } from './planned-cell.js';
export { firstIndependent } from './profile-order.js';
export { findSuite, findSuitePath, listSuites, readSuiteFile, type Suite } from './suite-file.js';
export { loadSuitePlugins, PluginSchedulers } from './suite-plugins.js';
export { runSuite, type SuiteObserver } from './suite-runner.js';
