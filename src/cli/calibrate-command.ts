import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatHostProfile, type HostProfile } from '../backends/simulation/index.js';
import { describeError, FbbError, wallClockIso } from '../core/index.js';
import { checkWritable } from '../results/index.js';
import { hostFingerprint } from '../metrics/index.js';
import { calibrate, measureHost, PluginSchedulers, type HostMeasurements } from '../suites/index.js';
import { createRegistries, noImages } from './composition.js';
import { livePlatform } from './live-platform.js';
import { interruptible, print, tell } from './output.js';
import { packageVersion } from './package-root.js';
import { defaultLaunchLimit } from './suite-selection.js';

export interface CalibrateOptions {
  readonly out: string;
  readonly write?: string;
}

/** Where the profile of this machine is kept unless it is asked for elsewhere. */
export function ownProfilePath(outFolder: string): string {
  return join(outFolder, 'this-host.yaml');
}

/** What comes after is noise. */
function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** How many threads must have shared this CPU work for it to be done in this time. */
function threadsFor(cpuMs: number, wallMs: number): number {
  return wallMs > 0 ? Math.max(1, Math.round(cpuMs / wallMs)) : 1;
}

function profileOf(measured: HostMeasurements, cores: number): HostProfile {
  const { cpuModel, node } = hostFingerprint();
  const { blob } = measured;
  const launchThreads = threadsFor(measured.launchCpuMs, measured.launchMs);
  return {
    name: 'this-host',
    description: `${cpuModel}, ${cores} cores, Node ${node}`,
    source: `measured ${wallClockIso().slice(0, 10)} by faasbatch-bench ${packageVersion} calibrate, containers as processes`,
    cores,
    effectiveCores: round(measured.effectiveCores),
    containerCores: null,
    launch: { parallel: measured.launchParallel, latencyMs: round(Math.max(0, measured.launchMs - measured.launchCpuMs / launchThreads)), cpuMs: round(measured.launchCpuMs), threads: launchThreads, perSecond: null },
    request: { cpuMs: round(measured.requestCpuMs), firstCpuMs: round(measured.firstRequestCpuMs), toContainerMs: round(measured.toContainerMs), fromContainerMs: round(measured.fromContainerMs) },
    thread: { startCpuMs: round(measured.threadStartCpuMs), startThreads: threadsFor(measured.threadStartCpuMs, measured.threadStartMs) },
    memory: { containerMb: round(measured.containerMb), threadMb: round(measured.threadMb), invocationMb: 0, hostMb: null },
    functions: {
      fib: { model: 'fib', loadLatencyMs: 0, loadCpuMs: 0, fib30Ms: round(measured.fib30Ms) },
      'blob-couchdb': {
        model: 'client',
        loadLatencyMs: 0,
        loadCpuMs: round(blob.loadCpuMs),
        clientCpuMs: round(blob.clientCpuMs),
        // The storage server runs on this machine: what a client waits for is its CPU time.
        clientServerCpuMs: round(blob.clientWaitMs),
        clientWaitMs: 0,
        cpuMs: round(blob.cpuMs),
        serverCpuMs: round(blob.waitMs),
        waitMs: 0,
        firstCpuMs: round(blob.firstCpuMs),
      },
    },
  };
}

/** Measures this machine and writes its profile. */
export async function calibrateHost(outFolder: string, path: string, signal: AbortSignal): Promise<HostProfile> {
  const platform = livePlatform();
  const registries = createRegistries();
  const launchParallel = defaultLaunchLimit(platform.cores);
  const { fib30Ms } = calibrate(outFolder, hostFingerprint(), false);
  const settings = { seed: 0, keepAliveMs: 600_000, maxContainers: null, maxAttempts: 1, maxLagMs: Number.POSITIVE_INFINITY, maxFailedShare: 1 };
  const { createRun } = await platform.begin({
    runId: 'calibrate',
    cell: settings,
    plugins: new PluginSchedulers(registries.schedulers),
    launchLimit: launchParallel,
    memoryLimitMb: platform.defaults.containerMemoryMb,
    containerCores: undefined,
    images: noImages,
    storage: [],
  });
  const measured = await measureHost({
    createRun,
    functions: { fib: registries.functions.get('fib'), blob: registries.functions.get('blob-couchdb') },
    cores: platform.cores,
    launchParallel,
    fib30Ms,
    onTrial: (name) => tell(`measuring ${name}`),
    signal,
  });
  const profile = profileOf(measured, platform.cores);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, formatHostProfile(profile));
  } catch (thrown) {
    throw new FbbError('FBB_ERR_RESULTS_WRITE', `The host profile ${path} could not be written: ${describeError(thrown)}.`, { cause: thrown });
  }
  return profile;
}

/** `calibrate`: measures this machine and writes its profile. */
export async function calibrateCommand(options: CalibrateOptions): Promise<void> {
  const path = options.write ?? ownProfilePath(options.out);
  checkWritable(dirname(path));
  const profile = await calibrateHost(options.out, path, interruptible('nothing is written').signal);
  print(formatHostProfile(profile).trimEnd());
  tell(`${path} is written; suite <name> --backend simulation --host ${path} simulates this machine.`);
}
