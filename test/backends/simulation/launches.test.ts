import { describe, expect, it } from 'vitest';
import type { HostCosts } from '../../../src/backends/simulation/host-costs.js';
import { builtinScheduler, freeHost, outcomesOf } from './simulated-cell.js';

/** When three containers are ready that are launched at once, on one core. */
async function readyMs(launch: Partial<HostCosts['launch']>): Promise<number[]> {
  const outcomes = await outcomesOf({ costs: { launch: { ...freeHost.launch, ...launch } }, scheduler: builtinScheduler('baseline'), count: 3, gapMs: () => 0, demandOf: () => ({}) });
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
});
