import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { partColours, type TimelineChart } from '../../src/charts/index.js';
import { FigureDrawer } from '../../src/report/index.js';

const chartProgram = readFileSync(join(import.meta.dirname, '../../dist/page/charts.js'), 'utf8');

function invocation(id: number, startMs: number, queueMs: number): TimelineChart['invocations'][number] {
  return { id, container: 0, slot: 0, batch: 1, intendedMs: 0, startMs, endMs: startMs + 100, coldStartMs: 0, queueMs, totalMs: startMs + 100, completed: true };
}

it('a serial batch shows what runs, and not the others that wait for it', () => {
  const chart: TimelineChart = {
    kind: 'timeline',
    cell: 'e2e.icdcs-cpu.batching.r1',
    functions: ['fib'],
    containers: [{ id: 0, function: 0, launchedMs: 0, readyMs: 10, retiredMs: 400, slots: 1 }],
    batches: [{ id: 1, container: 0, startMs: 10, endMs: 310, invocations: 3 }],
    invocations: [invocation(0, 10, 0), invocation(1, 110, 100), invocation(2, 210, 200)],
  };
  const svg = new FigureDrawer(chartProgram, ['batching']).svg({ id: 'timeline-1', title: 'batching', how: 'drawn', caveats: [], chart });
  const placesOf = (colour: string): number[] => [...svg.matchAll(new RegExp(`fill="${colour}"`, 'gi'))].map(({ index }) => index);
  // The last one of each colour is that of the key.
  const [running, waiting] = [placesOf(partColours.execution).slice(0, -1), placesOf(partColours.queue).slice(0, -1)];
  expect([running.length, waiting.length]).toEqual([3, 2]);
  // What comes later in an SVG covers what came before.
  expect(Math.min(...running)).toBeGreaterThan(Math.max(...waiting));
});
