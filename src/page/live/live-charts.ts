import { leastLogMs, type Axis, type LineChart, type LineSeries } from '../../charts/index.js';
import type { LivePoint } from '../../live/index.js';

const time: Axis = { name: 'time since the cell began', unit: 'ms', scale: 'linear' };

type Value = (point: LivePoint) => number | null;

function series(label: string, scheduler: string, twin: number, { points, value }: { readonly points: readonly LivePoint[]; readonly value: Value }): LineSeries {
  return { label, scheduler, twin, shape: 'line', points: points.map((point) => [point.toMs, value(point)] as const) };
}

/** A logarithm knows no 0. */
function positive(valueMs: number | null): number | null {
  return valueMs === null ? null : Math.max(leastLogMs, valueMs);
}

type LiveChartName = 'latency' | 'containers' | 'memory' | 'cpu';

/** Latencies of what completed in each half second, and the containers that were alive at its end, their memory, and the CPU of the host. */
export function liveCharts(points: readonly LivePoint[], scheduler: string): Readonly<Record<LiveChartName, LineChart>> {
  const single = (name: string, unit: string, value: Value): LineChart => ({ kind: 'lines', x: time, y: { name, unit, scale: 'linear' }, series: [series(name, scheduler, 0, { points, value })] });
  return {
    latency: {
      kind: 'lines',
      x: time,
      y: { name: 'latency', unit: 'ms', scale: 'log' },
      series: [series('p50', scheduler, 0, { points, value: ({ latency }) => positive(latency.p50Ms) }), series('mean', scheduler, 1, { points, value: ({ latency }) => positive(latency.meanMs) }), series('greatest', scheduler, 2, { points, value: ({ latency }) => positive(latency.maxMs) })],
    },
    containers: single('containers', '', ({ containers }) => containers),
    // Where none of them has been read there is nothing to add up.
    memory: single('memory', 'MB', ({ memoryMb, containers, unreadContainers }) => (containers > 0 && containers === unreadContainers ? null : memoryMb)),
    cpu: single('CPU', '%', ({ hostCpuPercent }) => hostCpuPercent),
  };
}
