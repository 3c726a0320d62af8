import { expect, it } from 'vitest';
import { LiveSeries } from '../../src/live/live-series.js';
import { countsOf } from './live-messages.js';

/** The n-th half second, in which an invocation took n ms, with n containers. */
function tickOf(n: number) {
  return { fromMs: 500 * n, toMs: 500 * (n + 1), ended: 1, failed: n % 2, latencies: countsOf(n, n), containers: n, memoryMb: 10 * n, unreadContainers: 0, hostCpuPercent: n, hostMemoryMb: n };
}

function seriesOf(ticks: number): LiveSeries {
  const series = new LiveSeries(4);
  for (let n = 0; n < ticks; n += 1) series.add(tickOf(n));
  return series;
}

it('keeps a point for each tick while there is room', () => {
  const { points, last } = seriesOf(4);
  expect(points.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[0, 500], [500, 1_000], [1_000, 1_500], [1_500, 2_000]]);
  expect(last).toEqual({ index: 3, point: points[3] });
});

it('merges neighbours when there is no more room, and says so', () => {
  const series = seriesOf(4);
  expect(series.add(tickOf(4))).toBe(true);
  expect(series.points.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[0, 1_000], [1_000, 2_000], [2_000, 2_500]]);
  expect(series.add(tickOf(5))).toBe(false);
  expect(series.last).toMatchObject({ index: 2, point: { fromMs: 2_000, toMs: 3_000, ended: 2, failed: 1 } });
});

it.each([5, 8, 9, 100, 1_001])('stays within its bound, leaves no gap and loses nothing, after %i ticks', (ticks) => {
  const { points } = seriesOf(ticks);
  expect(points.length).toBeLessThanOrEqual(4);
  expect(points[0]?.fromMs).toBe(0);
  expect(points.at(-1)?.toMs).toBe(500 * ticks);
  for (const [i, { fromMs }] of points.entries()) if (i > 0) expect(fromMs).toBe(points[i - 1]?.toMs);
  expect(points.reduce((sum, { ended }) => sum + ended, 0)).toBe(ticks);
  expect(points.reduce((sum, { latency }) => sum + latency.count, 0)).toBe(2 * ticks);
  const spans = new Set(points.slice(0, -1).map(({ fromMs, toMs }) => toMs - fromMs));
  expect(spans.size).toBe(1);
});

it('takes percentiles of merged points from all that was counted, the most of what there was at once, and the mean of the CPU', () => {
  const [first] = seriesOf(5).points;
  expect(first).toMatchObject({ containers: 1, memoryMb: 10, hostCpuPercent: 0.5, hostMemoryMb: 1, latency: { count: 4, meanMs: 0.5, maxMs: 1 } });
  // Two of 0 ms and two of 1 ms: not the mean of 0 and 1.
  expect(first?.latency.p50Ms).toBe(0);
});
