import { join } from 'node:path';
import { Registry, type Backend, type SchedulerDefinition } from '../core/index.js';
import { classChangerHere, ProcessBackend, whyNoRealTime } from '../backends/process/index.js';
import { builtinSchedulers } from '../schedulers/index.js';
import type { BackendDeps, Programs } from '../suites/index.js';
import { builtinWorkloads, readFunctionFolders, type FunctionFolder, type WorkloadDefinition } from '../workloads/index.js';
import { functionsFolder, runtimeFolder } from './package-root.js';

/** Everything that can be named on the command line or in a suite. */
export interface Registries {
  readonly schedulers: Registry<SchedulerDefinition>;
  readonly workloads: Registry<WorkloadDefinition>;
  readonly functions: Registry<FunctionFolder>;
}

export function createRegistries(): Registries {
  return {
    schedulers: builtinSchedulers(),
    workloads: builtinWorkloads(),
    functions: new Registry('function', 'FBB_ERR_FUNCTION_UNKNOWN', readFunctionFolders(functionsFolder)),
  };
}

export const programs: Programs = {
  sampler: join(runtimeFolder, 'sampler.cjs'),
  storage: join(runtimeFolder, 'storage.cjs'),
  pacer: join(runtimeFolder, 'pacer.cjs'),
  watchdog: join(runtimeFolder, 'watchdog.cjs'),
};

interface BackendSettings {
  readonly cores: number;
  readonly launchLimit: number;
  readonly memoryLimitMb: number;
  readonly containerCores: number;
}

/** Where live or simulated, processes or anything else, is decided. */
export function backendFactory(settings: BackendSettings): (deps: BackendDeps) => Backend {
  const noRealTime = whyNoRealTime();
  const classChanger = classChangerHere();
  return (deps) => new ProcessBackend({ ...settings, ...deps, runtimeFolder, whyNoRealTime: noRealTime, classChanger });
}
