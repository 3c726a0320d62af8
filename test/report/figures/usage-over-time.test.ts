import { describe, expect, it } from 'vitest';
import type { SampleRound } from '../../../src/core/index.js';
import { containerOf } from '../../export/stored-cells.js';
import { cellOf, cellWith, chart, figure, figuresOf } from './reported.js';

function round(atMs: number, cpuPercent: number, memoryMb: readonly (number | undefined)[]): SampleRound {
  return { atMs, host: { memoryMb: 500, cpuPercent }, containers: memoryMb.map((mb, containerId) => ({ containerId, cpuPercent: 1, cpuMs: 1, rssMb: 40, memoryMb: mb })) };
}

const baseline = cellWith(cellOf('baseline'), [1, 2]);

describe('usage over time', () => {
  it('adds the memory of the containers up, each with its last reading, and has the CPU of the host', () => {
    const figures = figuresOf([{ ...baseline, samples: [round(1_000, 50, []), round(2_000, 60, [10, undefined]), round(3_000, 70, [undefined, 5]), round(4_000, 0, [20])] }]);
    expect(chart(figures, 'memory-over-time', 'lines').series).toEqual([{ label: 'baseline', scheduler: 'baseline', shape: 'line', points: [[1, 0], [2, 10], [3, 15], [4, 20]] }]);
    expect(chart(figures, 'cpu-over-time', 'lines').series).toMatchObject([{ points: [[1, 50], [2, 60], [3, 70], [4, 0]] }]);
    expect(figure(figures, 'memory-over-time').how).toContain('PSS');
  });

  it('has the last reading of a container that nothing was told of, for as long as it lives', () => {
    const containers = [2_500, 10_000].map((retiredMs, id) => containerOf({ id, retiredMs }));
    const figures = figuresOf([{ ...baseline, containers, samples: [round(1_000, 50, [10, 7]), round(2_000, 50, []), round(3_000, 50, []), round(4_000, 50, [])] }]);
    expect(chart(figures, 'memory-over-time', 'lines').series).toMatchObject([{ points: [[1, 17], [2, 17], [3, 7], [4, 7]] }]);
  });

  it('has means of readings where there are many, and says of how many', () => {
    const figures = figuresOf([{ ...baseline, samples: Array.from({ length: 1_000 }, (_, index) => round(index * 1_000, index % 3, [3])) }]);
    const [series] = chart(figures, 'cpu-over-time', 'lines').series;
    expect(series!.points).toHaveLength(334);
    expect(series!.points.slice(0, 2)).toEqual([[1, 1], [4, 1]]);
    expect(figure(figures, 'cpu-over-time').caveats).toEqual(['baseline: each point is the mean of 3 readings']);
  });

  it('names those that were not sampled, and is left out where none was', () => {
    const batching = cellWith(cellOf('batching'), [1, 2]);
    expect(figure(figuresOf([{ ...baseline, samples: [round(0, 1, [1])] }, batching]), 'memory-over-time').caveats).toEqual(['batching: not sampled']);
    expect(figuresOf([baseline]).map(({ id }) => id)).toEqual(['latency-cdf', 'latency-percentiles', 'containers', 'containers-over-time', 'arrivals', 'cost', 'timeline-1']);
  });
});
