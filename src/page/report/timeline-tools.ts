import type { TimelineChart } from '../../charts/index.js';
import type { MountedChart } from '../charts/global.js';
import { button, element } from '../elements.js';

const narrower = 0.6;
const step = 0.25;
/** Of the whole, in percent: closer than this one sees nothing more. */
const leastWindow = 0.02;

type Window = ReturnType<MountedChart['zoom']>;

function zoomed({ start, end }: Window, factor: number): Window {
  const middle = (start + end) / 2;
  const half = Math.min(50, Math.max(leastWindow / 2, ((end - start) / 2) * factor));
  return moved({ start: middle - half, end: middle + half }, 0);
}

/** Along by a part of its width, and not beyond the ends. */
function moved({ start, end }: Window, share: number): Window {
  const width = end - start;
  const from = Math.min(100 - width, Math.max(0, start + share * width));
  return { start: from, end: from + width };
}

/** What is to be seen of a timeline, in words. */
export function windowText(chart: TimelineChart, mounted: MountedChart): string {
  const { startMs, endMs } = FbbCharts.timelineSpan(chart);
  const [x, y] = [mounted.zoom('x'), mounted.zoom('y')];
  const seconds = (percent: number): string => ((startMs + ((endMs - startMs) * percent) / 100) / 1_000).toFixed(3);
  const lane = (percent: number): number => (chart.containers.length * percent) / 100;
  return `Shown: ${seconds(x.start)} s to ${seconds(x.end)} s, lanes ${Math.floor(lane(y.start)) + 1} to ${Math.max(1, Math.ceil(lane(y.end)))} of ${chart.containers.length}`;
}

/** Buttons and keys that zoom and move a timeline: what a pointer can do with its wheel and sliders. */
export function timelineTools(chartOf: () => MountedChart | undefined): HTMLElement {
  const change = (axis: 'x' | 'y', next: (window: Window) => Window): void => {
    const chart = chartOf();
    chart?.setZoom(axis, next(chart.zoom(axis)));
  };
  const actions: Readonly<Record<string, readonly [key: string, label: string, run: () => void]>> = {
    in: ['+', 'Zoom in', () => change('x', (window) => zoomed(window, narrower))],
    out: ['-', 'Zoom out', () => change('x', (window) => zoomed(window, 1 / narrower))],
    left: ['ArrowLeft', 'Earlier', () => change('x', (window) => moved(window, -step))],
    right: ['ArrowRight', 'Later', () => change('x', (window) => moved(window, step))],
    fewer: ['PageDown', 'Fewer lanes', () => change('y', (window) => zoomed(window, narrower))],
    more: ['PageUp', 'More lanes', () => change('y', (window) => zoomed(window, 1 / narrower))],
    up: ['ArrowUp', 'Lanes above', () => change('y', (window) => moved(window, -step))],
    down: ['ArrowDown', 'Lanes below', () => change('y', (window) => moved(window, step))],
    whole: ['Home', 'Whole cell', () => (['x', 'y'] as const).forEach((axis) => change(axis, () => ({ start: 0, end: 100 })))],
  };
  const tools = element('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Zoom of the timeline' });
  for (const [key, label, run] of Object.values(actions)) tools.append(button(label, run, { title: `key: ${key}` }));
  tools.addEventListener('keydown', (event) => {
    const action = Object.values(actions).find(([key]) => key === event.key);
    if (action === undefined) return;
    action[2]();
    event.preventDefault();
  });
  return tools;
}
