import { availableParallelism } from 'node:os';
import { classChangerHere, whyNoRealTime } from '../backends/launched/index.js';
import { createProcessBackend } from '../backends/process/index.js';
import { hostFingerprint } from '../metrics/index.js';
import { LiveCellRun } from '../suites/index.js';
import { defaultContainerMemoryMb, programs, type Platform } from './composition.js';
import { runtimeFolder } from './package-root.js';

/** Real containers, as processes of this machine. A file of its own, loaded when it is needed: its HTTP client takes a sixth of a second. */
export function livePlatform(): Platform {
  const cores = availableParallelism();
  const host = { cores, runtimeFolder, whyNoRealTime: whyNoRealTime(), classChanger: classChangerHere() };
  return {
    backend: 'process',
    cores,
    fib30Ms: undefined,
    host: { ...hostFingerprint() },
    isLive: true,
    defaults: { containerMemoryMb: defaultContainerMemoryMb, maxContainers: () => undefined },
    checkFunctions: () => undefined,
    begin: async ({ cell: settings, plugins, containerCores = cores, launchLimit, memoryLimitMb, storage }) => ({
      createRun: (cell, sink, profile) =>
        new LiveCellRun(cell, sink, { settings, programs, plugins, storage, createBackend: async ({ clock, observer }) => createProcessBackend({ ...host, launchLimit, memoryLimitMb, containerCores, clock, observer }) }, profile),
      end: () => undefined,
    }),
  };
}
