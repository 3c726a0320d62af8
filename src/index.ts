export {
  defineScheduler,
  ExitCode,
  FbbError,
  latencyPartNames,
  type Capability,
  type CellMetrics,
  type CellProfile,
  type Container,
  type ContainerState,
  type CpuClass,
  type CpuState,
  type DurationHistory,
  type ErrorCode,
  type ExecutionMode,
  type FunctionContext,
  type FunctionModule,
  type Invocation,
  type LatencyPartName,
  type LatencyParts,
  type LatencySummary,
  type Outcome,
  type OutcomeStatus,
  type PoolView,
  type Rng,
  type Scheduler,
  type SchedulerContext,
  type SchedulerDefinition,
  type SchedulerDeps,
  type Timer,
} from './core/index.js';
export { toDataFrame, type DataFrame, type DataFrameOptions, type DataFrameTable, type DataGroups, type DataSeries } from './data-frame/index.js';
export { compareResults, compareSchedulers, type Comparison, type Diff, type Verdict } from './diff/index.js';
export { listResultSets, readResultSet, type CellSummary, type Manifest, type StoredResults } from './results/index.js';
/** The zod that scheduler options are written with, so that a plug-in needs no copy of its own. */
export { z } from 'zod';
