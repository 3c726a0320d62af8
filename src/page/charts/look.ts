import { neutralStyle, type Look, type Of, type SchedulerStyle } from '../../charts/index.js';

export function styleOf({ styles }: Look, { scheduler }: Of): SchedulerStyle {
  return (scheduler === undefined ? undefined : styles[scheduler]) ?? neutralStyle;
}

/** Rows of one scheduler share its colour and differ in dash. */
const dashes = ['solid', [7, 3], [2, 2], [9, 3, 2, 3]] as const;

export function dashOf({ twin = 0 }: Of): 'solid' | number[] {
  const dash = dashes[twin % dashes.length] as (typeof dashes)[number];
  return dash === 'solid' ? dash : [...dash];
}

/** How much fainter the n-th row of one scheduler is. */
export function opacityOf({ twin = 0 }: Of): number {
  return Math.max(0.4, 1 - 0.2 * twin);
}

/** Marks that ECharts does not have. */
const drawnSymbols: Readonly<Partial<Record<SchedulerStyle['symbol'], string>>> = {
  plus: 'path://M-1-3h2v2h2v2h-2v2h-2v-2h-2v-2h2z',
  triangleDown: 'path://M-1-1h2L0,1z',
};

export function symbolOf(symbol: SchedulerStyle['symbol']): string {
  return drawnSymbols[symbol] ?? symbol;
}
