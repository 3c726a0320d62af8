export type { Backend, BackendCell, BackendListener, Batch, ContainerUsage, InvocationResult } from './backend.js';
export { CgroupReader, findCgroup, findControllerFile, type CgroupFiles } from './cgroup.js';
export type { Clock, Timer } from './clock.js';
export type { Container, ContainerState, PoolView } from './container.js';
export type { ContainerObserver, ContainerPlace, ContainerReading } from './container-observer.js';
export { DurationRecorder, type DurationHistory } from './duration-history.js';
export { describeError, FbbError, type ErrorCode } from './errors.js';
export { ExitCode } from './exit-codes.js';
export { fibGrowth } from './fib-growth.js';
export { storageKinds, type FunctionContext, type FunctionModule, type FunctionSpec, type StorageKind } from './function.js';
export { hideCredentials, secretHider, writtenForms } from './hide-secrets.js';
export { latencyPartNames, type Invocation, type LatencyPartName, type LatencyParts, type Outcome, type OutcomeStatus } from './invocation.js';
export { longestTimerMs, MonotonicClock, monotonicNowMs, wallClockIso } from './monotonic-clock.js';
export type {
  CellMetrics,
  ContainerRow,
  ContainerSample,
  ContainersNow,
  LatencySummary,
  ResourceTotals,
  SampleRound,
  SamplerCost,
  UsageSummary,
} from './measures.js';
export { hasNoProcess, isAlive, isGone, parseOwner, thisProcess, type Owner } from './owner.js';
export { processCpuMs } from './process-cpu.js';
export type { CellProfile } from './profile.js';
export type { Recorder, RowSink } from './recorder.js';
export { Registry } from './registry.js';
export { cachePolicies, isLimited, noSharing, noUsage, unboundedSharing, type ResourceCache, type ResourceUsage } from './resource-cache.js';
export { createRng, hash32, type Rng } from './rng.js';
export {
  cpuClasses,
  defineScheduler,
  executionModes,
  type Capability,
  type CpuClass,
  type CpuState,
  type ExecutionMode,
  type Scheduler,
  type SchedulerContext,
  type SchedulerDefinition,
  type SchedulerDeps,
} from './scheduler.js';
export { knownClients } from './known-clients.js';
export { describeOptions, schedulerOptions, storedOptions, type SchedulerOption } from './scheduler-options.js';
export { harnessFolder, thrownPlace } from './thrown-place.js';
export type { ArrivalSource, Workload } from './workload.js';
export {
  modeHeader,
  ndjsonType,
  type ContainerConfig,
  type WireInit,
  type WireInvocation,
  type WireOutcome,
} from './wire.js';
export { ThreadSupply } from './thread-supply.js';
export { bucketCountOf, bucketOf, greatestValue, leastOf } from './log-buckets.js';
export { grouped } from './grouped.js';
