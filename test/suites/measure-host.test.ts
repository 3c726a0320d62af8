import { beforeAll, describe, expect, it } from 'vitest';
import { readHostProfile, SimulatedWorld, type HostProfile } from '../../src/backends/simulation/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { measureHost, PluginSchedulers, SimulatedCellRun, type CreateCellRun, type HostMeasurements } from '../../src/suites/index.js';
import type { FunctionFolder } from '../../src/workloads/index.js';
import { join } from 'node:path';
import { copyOf } from './simulated-cells.js';

/** A host of which everything is known, so that what is measured of it can be checked. */
const host: HostProfile = {
  ...readHostProfile(join(import.meta.dirname, '../../hosts/icdcs2023-testbed.yaml')),
  cores: 2,
  effectiveCores: 1.5,
  launch: { parallel: 4, latencyMs: 20, cpuMs: 120, threads: 1, perSecond: null },
  request: { cpuMs: 0.5, firstCpuMs: 6, toContainerMs: 0.4, fromContainerMs: 0.3 },
  thread: { startCpuMs: 40, startThreads: 1 },
  memory: { containerMb: 12, threadMb: 8, invocationMb: 0, hostMb: null },
  functions: {
    fib: { model: 'fib', loadLatencyMs: 0, loadCpuMs: 0, fib30Ms: 6 },
    blob: { model: 'client', loadLatencyMs: 0, loadCpuMs: 25, clientCpuMs: 3, clientServerCpuMs: 0, clientWaitMs: 4, cpuMs: 2, serverCpuMs: 0, waitMs: 5, firstCpuMs: 60 },
  },
};

function folder(name: string, kind: 'cpu' | 'io'): FunctionFolder {
  return { name, description: name, kind, handlerPath: '', timeoutMs: 60_000, needs: [] };
}

const settings = { seed: 0, keepAliveMs: 600_000, maxContainers: null, maxAttempts: 1, maxLagMs: 1, maxFailedShare: 0 };
const plugins = new PluginSchedulers(builtinSchedulers());
const simulatedRun: CreateCellRun = (cell, sink) => new SimulatedCellRun(cell, sink, { settings, plugins, watchdogProgram: '', createWorld: (needs) => new SimulatedWorld({ host, ...needs }) });

function measure(createRun: CreateCellRun, signal = new AbortController().signal): Promise<HostMeasurements> {
  return measureHost({ createRun, functions: { fib: folder('fib', 'cpu'), blob: folder('blob', 'io') }, cores: 2, launchParallel: 4, fib30Ms: 6, onTrial: () => undefined, signal });
}

describe('what is measured of a host', () => {
  let measured: HostMeasurements;

  beforeAll(async () => {
    measured = await measure(simulatedRun);
  });

  it.each<[keyof HostMeasurements, number, number]>([
    ['effectiveCores', 1.5, 0.02],
    ['launchMs', 140, 1],
    // What a burst tells is a little too much: in its first and last launches some cores have nothing to do.
    ['launchCpuMs', 120, 8],
    ['requestCpuMs', 0.5, 0.01],
    ['toContainerMs', 0.4, 0.01],
    ['fromContainerMs', 0.3, 0.01],
    ['firstRequestCpuMs', 6, 0.01],
    ['threadStartMs', 40, 0.01],
    ['threadStartCpuMs', 40, 0.01],
    ['containerMb', 12, 0.01],
    ['threadMb', 8, 0.01],
  ])('is what it is: %s', (name, expected, tolerance) => {
    expect(Math.abs((measured[name] as number) - expected)).toBeLessThanOrEqual(tolerance);
  });

  it('tells clients, computing and waiting apart', () => {
    const { loadCpuMs, clientCpuMs, clientWaitMs, cpuMs, waitMs, firstCpuMs } = measured.blob;
    for (const [value, expected] of [[loadCpuMs, 25], [clientCpuMs, 3], [clientWaitMs, 4], [cpuMs, 2], [waitMs, 5], [firstCpuMs, 60]] as const) expect(value).toBeCloseTo(expected, 1);
  });
});

it('is refused where nobody tells the CPU time of containers, with the names of what cannot be known', async () => {
  const blind: CreateCellRun = (cell, sink, profile) =>
    simulatedRun(cell, { ...sink, invocation: (outcome) => sink.invocation({ ...copyOf(outcome), containerCpuMs: undefined }) }, profile);
  await expect(measure(blind)).rejects.toThrow(expect.objectContaining({ code: 'FBB_ERR_CALIBRATION_FAILED', message: expect.stringMatching(/needed for: .*requestCpuMs.*threadStartCpuMs.*clientCpuMs/) as string }) as Error);
});

it('ends at once when it is interrupted', async () => {
  await expect(measure(simulatedRun, AbortSignal.abort())).rejects.toThrow(expect.objectContaining({ code: 'FBB_ERR_CELL_INTERRUPTED' }) as Error);
});
