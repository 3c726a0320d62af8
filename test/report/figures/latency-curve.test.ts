import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../src/metrics/index.js';
import { curveOfLatencies, storedCurve } from '../../../src/report/figures/latency-curve.js';
import { summaryOf } from '../../results/stored-run.js';
import { temporaryFolder } from '../../results/temporary-folder.js';
import { thrownBy } from '../../results/thrown-by.js';

describe('the curve of latencies', () => {
  it('has every one of a few, of all repetitions together', () => {
    expect(curveOfLatencies([Float64Array.of(30, 10), Float64Array.of(20, 10)])).toEqual({ from: 'rows', count: 4, points: [[10, 0.25], [10, 0.5], [20, 0.75], [30, 1]], ofFirst: false });
  });

  it('is none of none', () => {
    expect(curveOfLatencies([new Float64Array(0)])).toBeUndefined();
  });

  it('has of many some that were measured, the least and the greatest among them, and more in the tail', () => {
    const count = 1_000_003;
    const { points } = curveOfLatencies([Float64Array.from({ length: count }, (_, index) => count - index)])!;
    expect(points.length).toBeLessThanOrEqual(240);
    expect([points[0]![0], points.at(-1)]).toEqual([1, [count, 1]]);
    for (const [ms, share] of points) expect(Math.round(share * count)).toBe(ms);
    expect(points.filter(([, share]) => share > 0.99).length).toBeGreaterThan(30);
    expect(points.at(-2)).toEqual([count - 1, expect.closeTo(1 - 1 / count, 8)]);
  });
});

describe('the curve of a cell without rows', () => {
  const total = { count: 3, p50: 20, p90: null, max: 25 };

  it('is that of its histogram, up to the greatest that was measured', () => {
    const path = join(temporaryFolder(), 'total.hgrm');
    const histogram = new LatencyHistogram();
    for (const ms of [10, 20, 20_001.5]) histogram.record(ms);
    writeFileSync(path, histogram.toHgrm());
    const curve = storedCurve([summaryOf({ total: { count: 3, max: 20_001.5 } })], () => path)!;
    expect(curve).toMatchObject({ from: 'histogram', count: 3, ofFirst: false });
    expect(curve.points.map(([ms, share]) => [Math.round(ms * 10) / 10, Math.round(share * 100)])).toEqual([[10, 33], [20, 67], [20_001.5, 100]]);
  });

  it('is without a histogram that of the percentiles of its summary, of several repetitions of the first', () => {
    expect(storedCurve([summaryOf({ total }), summaryOf({ total: { p50: 1 } })], () => '/nowhere')).toEqual({ from: 'percentiles', count: 3, points: [[20, 0.5], [25, 1]], ofFirst: true });
  });

  it('is none where nobody knows', () => {
    expect(storedCurve([summaryOf()], () => '/nowhere')).toBeUndefined();
  });

  it('is refused where the histogram is damaged', () => {
    const path = join(temporaryFolder(), 'total.hgrm');
    writeFileSync(path, '       Value     Percentile TotalCount\n 12 <b>\n');
    expect(thrownBy(() => storedCurve([summaryOf()], () => path))).toMatchObject({ code: 'FBB_ERR_RESULTS_INVALID', message: expect.stringContaining('line 2') });
  });
});
