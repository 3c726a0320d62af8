import { describe, expect, it } from 'vitest';
import { aliveOverTime } from '../../../src/report/figures/step-curve.js';
import type { ContainerLife } from '../../../src/results/index.js';

function lifeOf(launchedMs: number, retiredMs: number): ContainerLife {
  return { id: 0, functionId: 'f', launchedMs, startedMs: launchedMs, readyMs: launchedMs, retiredMs, peakMemoryMb: Number.NaN, cpuMs: Number.NaN };
}

describe('containers over time', () => {
  it('change when one is launched or retired, once at each instant', () => {
    expect(aliveOverTime([lifeOf(1_000, 3_000), lifeOf(1_000, 2_000), lifeOf(2_000, 4_000.5), lifeOf(2_500, Number.NaN)])?.points).toEqual([[0, 0], [1, 2], [2, 2], [2.5, 3], [3, 2], [4.0005, 1]]);
  });

  it('are unknown without containers that were launched', () => {
    expect(aliveOverTime([lifeOf(Number.NaN, 5)])).toBeUndefined();
  });

  it('are drawn with so many points that the greatest of each stretch is there, and the end', () => {
    const lives = Array.from({ length: 5_000 }, (_, index) => lifeOf(index * 10, index * 10 + 15));
    // One instant at which there are many.
    lives.push(...Array.from({ length: 77 }, (_, index) => lifeOf(20_001 + index / 100, 20_003 + index / 100)));
    const { points, changes } = aliveOverTime(lives)!;
    expect(points.length).toBeLessThanOrEqual(400);
    expect(changes).toBeGreaterThan(9_000);
    expect(Math.max(...points.map(([, alive]) => alive))).toBe(79);
    expect(points.at(-1)).toEqual([50.005, 0]);
    expect(points.map(([seconds]) => seconds)).toEqual(points.map(([seconds]) => seconds).sort((a, b) => a - b));
  });
});
