import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Registry, type SchedulerDefinition } from '../core/index.js';
import { functionModel, SimulatedWorld, type HostProfile } from '../backends/simulation/index.js';
import type { Manifest } from '../results/index.js';
import { builtinSchedulers } from '../schedulers/index.js';
import type { StorageAddress } from '../storage/index.js';
import { SimulatedCellRun, type CellSettings, type CreateCellRun, type PluginSchedulers, type Programs } from '../suites/index.js';
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
  relay: join(runtimeFolder, 'relay.cjs'),
  pacer: join(runtimeFolder, 'pacer.cjs'),
  watchdog: join(runtimeFolder, 'watchdog.cjs'),
};

/** Where cells run: this machine, or one that exists only in virtual time. */
export interface Platform {
  readonly backend: string;
  readonly cores: number;
  /** Solo time of fib(30) where it is known beforehand. */
  readonly fib30Ms: number | undefined;
  /** Of the machine that is measured; what is simulated is told as such. */
  readonly host: Manifest['host'];
  /** Whether its cells take the time that their workloads take, and the first of a session are slow ones. */
  readonly isLive: boolean;
  /** Memory of a container, and how many of them there may be at once, unless the user says otherwise; undefined: as many as there are. */
  readonly defaults: { readonly containerMemoryMb: number; maxContainers(containerMemoryMb: number): number | undefined };
  /** Throws when it cannot run one of these functions. */
  checkFunctions(names: Iterable<string>): void;
  /** Makes ready what all cells of a run share. */
  begin(settings: RunSettings): Promise<BegunRun>;
}

export interface BegunRun {
  readonly createRun: CreateCellRun;
  /** After the last cell. */
  end(): void;
}

interface RunSettings {
  /** Id of the result set. */
  readonly runId: string;
  readonly cell: CellSettings;
  readonly plugins: PluginSchedulers;
  readonly launchLimit: number;
  readonly memoryLimitMb: number;
  /** Undefined: as many as there are, or as the host profile says. */
  readonly containerCores: number | undefined;
  readonly images: ImageSettings;
  /** Storages that run already, one of a kind at most. */
  readonly storage: readonly StorageAddress[];
}

/** What containers of Docker are made of. */
export interface ImageSettings {
  /** An image with Node to build the function image upon; null: this machine's own Node. */
  readonly baseImage: string | null;
  /** Images that stand for functions, by the name of the function. */
  readonly images: Readonly<Record<string, string>>;
}

export const noImages: ImageSettings = { baseImage: null, images: {} };

/** Of a container, unless the platform or the user says otherwise. */
export const defaultContainerMemoryMb = 1_024;

/** A host that exists only in virtual time, as its profile describes it; `path`: how the profile was named. */
export function simulatedPlatform(host: HostProfile, path: string): Platform {
  const { fib } = host.functions;
  return {
    backend: 'simulation',
    cores: host.cores,
    fib30Ms: fib?.model === 'fib' ? fib.fib30Ms : undefined,
    host: { hostProfile: host.name, hostProfilePath: path, hostProfileSource: host.source, hostProfileHash: createHash('sha256').update(JSON.stringify(host)).digest('hex'), cores: host.cores, effectiveCores: host.effectiveCores ?? host.cores },
    isLive: false,
    checkFunctions(names) {
      for (const name of names) functionModel(name, host);
    },
    defaults: { containerMemoryMb: defaultContainerMemoryMb, maxContainers: () => undefined },
    begin: async ({ cell: settings, plugins, containerCores }) => ({
      createRun: (cell, sink, profile) => new SimulatedCellRun(cell, sink, { settings, plugins, watchdogProgram: programs.watchdog, createWorld: (needs) => new SimulatedWorld({ host, containerCores, ...needs }) }, profile),
      end: () => undefined,
    }),
  };
}
