export { loadPlugin, type LoadedPlugin } from '../plugins/index.js';
export { faultsOf } from './cell-faults.js';
export { conformanceRuleNames, conformanceTests, type ConformanceOptions, type ConformanceTest } from './conformance.js';
export { FakeBackend, type BackendAction, type Ending, type FakeBackendOptions } from './fake-backend.js';
export { FakeCell, type Arrival, type FakeCellOptions } from './fake-cell.js';
export { FakeClock } from './fake-clock.js';
export { fakeProfile } from './fake-profile.js';
export { anyTrace } from './random-cells.js';
export { SchedulerCell, type SchedulerCellOptions } from './scheduler-cell.js';
