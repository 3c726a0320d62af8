import { availableParallelism } from 'node:os';
import { classChangerHere, ProcessBackend, whyNoRealTime } from '../backends/process/index.js';
import type { Backend } from '../core/index.js';
import { hostFingerprint } from '../metrics/index.js';
import { LiveCellRun, type BackendDeps } from '../suites/index.js';
import { programs, type Platform } from './composition.js';
import { runtimeFolder } from './package-root.js';

/** Real containers, as processes of this machine. A file of its own, loaded when it is needed: its HTTP client takes a sixth of a second. */
export function livePlatform(): Platform {
  const cores = availableParallelism();
  const noRealTime = whyNoRealTime();
  const classChanger = classChangerHere();
  return {
    backend: 'process',
    cores,
    fib30Ms: undefined,
    host: { ...hostFingerprint() },
    isLive: true,
    checkFunctions: () => undefined,
    createRun({ cell: settings, plugins, containerCores, ...limits }) {
      const createBackend = (deps: BackendDeps): Backend => new ProcessBackend({ cores, ...limits, containerCores: containerCores ?? cores, ...deps, runtimeFolder, whyNoRealTime: noRealTime, classChanger });
      return (cell, sink, profile) => new LiveCellRun(cell, sink, { settings, programs, plugins, createBackend }, profile);
    },
  };
}
