import type { LatencyPartName } from '../core/index.js';

/** How everything of one scheduler is drawn. */
export interface SchedulerStyle {
  readonly colour: string;
  readonly symbol: 'circle' | 'rect' | 'triangle' | 'diamond' | 'plus' | 'roundRect' | 'triangleDown';
}

/**
 * Colours after Okabe and Ito ("Color Universal Design", 2008), some darkened: each has a contrast of at least 3 to 1 both with white and
 * with the dark page (WCAG 2.2, 1.4.11), so that a scheduler has one colour everywhere.
 */
const builtIn: Readonly<Record<string, SchedulerStyle>> = {
  vanilla: { colour: '#7d828c', symbol: 'circle' },
  sfs: { colour: '#b8860b', symbol: 'rect' },
  kraken: { colour: '#d55e00', symbol: 'triangle' },
  baseline: { colour: '#a0653a', symbol: 'diamond' },
  batching: { colour: '#009e73', symbol: 'roundRect' },
  'batching-expanding': { colour: '#0a78bd', symbol: 'plus' },
  continuous: { colour: '#c26a9c', symbol: 'triangleDown' },
};

const others: readonly SchedulerStyle[] = [
  { colour: '#7b68cf', symbol: 'circle' },
  { colour: '#3b96a8', symbol: 'rect' },
  { colour: '#d1495b', symbol: 'triangle' },
  { colour: '#6f8f2a', symbol: 'diamond' },
  { colour: '#b05fc4', symbol: 'roundRect' },
];

/** Where colours come again, marks are others. */
function otherStyle(index: number): SchedulerStyle {
  const { colour } = others[index % others.length] as SchedulerStyle;
  const { symbol } = others[(index + Math.floor(index / others.length)) % others.length] as SchedulerStyle;
  return { colour, symbol };
}

/** Of what belongs to no scheduler. */
export const neutralStyle: SchedulerStyle = { colour: '#7d828c', symbol: 'circle' };

/** Colours and marks by the names of schedulers: built-in ones have their own, others one by the order of their names; where there are more than colours, with another mark. */
export function stylesOf(schedulers: readonly string[]): Readonly<Record<string, SchedulerStyle>> {
  const unknown = [...new Set(schedulers)].filter((name) => !Object.hasOwn(builtIn, name)).sort();
  return Object.fromEntries([...Object.entries(builtIn), ...unknown.map((name, index) => [name, otherStyle(index)] as const)]);
}

/** Parts of a latency, from what is waited for to what is work. */
export const partColours: Readonly<Record<LatencyPartName, string>> = {
  lag: '#8a8f98',
  scheduling: '#56a0d6',
  coldStart: '#1f5f99',
  queue: '#cc9a06',
  execution: '#cf5a12',
  response: '#9a5ea1',
};
