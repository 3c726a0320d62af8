import { describe, expect, it } from 'vitest';
import type { HostCosts } from '../../../src/backends/simulation/host-costs.js';
import type { Container, Scheduler } from '../../../src/core/index.js';
import { builtinScheduler, freeHost, outcomesOf, type SimulatedCellOptions } from './simulated-cell.js';

interface LaunchOptions {
  readonly cores?: number;
  /** Of the functions `f0`, `f1` and `f2`, each of which has one container. */
  readonly loadingOf?: SimulatedCellOptions['loadingOf'];
}

/** When three containers are ready that are launched at once, on one core. */
async function readyMs(launch: Partial<HostCosts['launch']>, { cores = 1, loadingOf }: LaunchOptions = {}): Promise<number[]> {
  const outcomes = await outcomesOf({
    costs: { cores, launch: { ...freeHost.launch, ...launch } },
    scheduler: builtinScheduler('baseline'),
    count: 3,
    gapMs: () => 0,
    functionOf: (id) => `f${id}`,
    demandOf: () => ({}),
    ...(loadingOf === undefined ? {} : { loadingOf }),
  });
  return outcomes.map(({ coldStartMs }) => Math.round(coldStartMs * 1e6) / 1e6);
}

describe('three launches at once', () => {
  it('do not disturb each other where nothing limits them', async () => {
    expect(await readyMs({ latencyMs: 100 })).toEqual([100, 100, 100]);
  });

  it('share the core for their CPU work', async () => {
    expect(await readyMs({ latencyMs: 100, cpuMs: 20 })).toEqual([160, 160, 160]);
  });

  it('wait in line where so many are not allowed', async () => {
    expect(await readyMs({ latencyMs: 100, parallel: 2 })).toEqual([100, 100, 200]);
  });

  it('take as long as the container engine needs for so many', async () => {
    expect(await readyMs({ latencyMs: 100, perSecond: 20 })).toEqual([150, 150, 150]);
    expect(await readyMs({ latencyMs: 100, perSecond: 40 })).toEqual([100, 100, 100]);
  });

  it('take as long as the container engine needs for so many, however quick one alone is', async () => {
    for (const latencyMs of [0, 1e-9, 10]) expect(await readyMs({ latencyMs, perSecond: 20 })).toEqual([150, 150, 150]);
  });

  it('use as many cores as they have threads', async () => {
    // Three threads with 30 each on four cores; then six with 15 each.
    expect(await readyMs({ latencyMs: 100, cpuMs: 30 }, { cores: 4 })).toEqual([130, 130, 130]);
    expect(await readyMs({ latencyMs: 100, cpuMs: 30, threads: 2 }, { cores: 4 })).toEqual([122.5, 122.5, 122.5]);
    // More threads than cores do no more than the cores.
    expect(await readyMs({ latencyMs: 100, cpuMs: 30, threads: 2 })).toEqual([190, 190, 190]);
  });

  it('let the next one begin when one is given up, in line or under way', async () => {
    const launched: Container[] = [];
    const scheduler: Scheduler = {
      onArrival(invocation, ctx) {
        for (let i = 0; i < 3; i += 1) launched.push(ctx.launch('f'));
        ctx.assign(launched[2] as Container, [invocation], 'serial');
        ctx.setTimer(50, () => {
          for (const id of [1, 0]) ctx.retire(launched[id] as Container);
        });
      },
    };
    const costs = { launch: { ...freeHost.launch, latencyMs: 100, parallel: 1 } };
    const outcomes = await outcomesOf({ costs, scheduler, count: 1, gapMs: () => 0, demandOf: () => ({}) });
    expect(outcomes.map(({ coldStartMs }) => coldStartMs)).toEqual([150]);
  });
});

describe('loading the function', () => {
  it('adds to the latency of a launch, however quick one is without', async () => {
    const loadingOf = (): { readonly loadLatencyMs: number } => ({ loadLatencyMs: 50 });
    for (const latencyMs of [100, 1, 0]) expect(await readyMs({ latencyMs }, { loadingOf })).toEqual([latencyMs + 50, latencyMs + 50, latencyMs + 50]);
    expect(await readyMs({ latencyMs: 100, parallel: 1 }, { loadingOf })).toEqual([150, 300, 450]);
  });

  it('adds CPU work, after that of the launch and on one thread', async () => {
    const loadingOf = (): { readonly loadCpuMs: number } => ({ loadCpuMs: 20 });
    expect(await readyMs({ latencyMs: 100, cpuMs: 10 }, { loadingOf })).toEqual([190, 190, 190]);
    // Twelve threads with 10 each on four cores, then three with 20 each.
    expect(await readyMs({ latencyMs: 100, cpuMs: 40, threads: 4 }, { loadingOf, cores: 4 })).toEqual([150, 150, 150]);
    expect(await readyMs({}, { loadingOf, cores: 4 })).toEqual([20, 20, 20]);
  });

  it('is work of the container engine too, where that gets through so many launches a second', async () => {
    // Two launches alone take 100 each at that rate; three of 150 share what two get.
    expect(await readyMs({ latencyMs: 100, perSecond: 20 }, { loadingOf: () => ({ loadLatencyMs: 50 }) })).toEqual([225, 225, 225]);
    // One alone takes 50 at that rate; then three of 60.
    expect(await readyMs({ latencyMs: 0, perSecond: 20 }, { loadingOf: () => ({ loadLatencyMs: 10 }) })).toEqual([180, 180, 180]);
  });

  it('is that of its own function', async () => {
    // Three share what two get until 150, when each has got 100; then the first gets the 50 that it still needs.
    expect(await readyMs({ latencyMs: 100, perSecond: 20 }, { loadingOf: (functionId) => ({ loadLatencyMs: functionId === 'f0' ? 50 : 0 }) })).toEqual([200, 150, 150]);
    expect(await readyMs({ latencyMs: 100 }, { loadingOf: (functionId) => ({ loadCpuMs: functionId === 'f1' ? 20 : 0 }) })).toEqual([100, 120, 100]);
  });
});
