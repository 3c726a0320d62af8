import { neutralStyle, type Look, type Of, type SchedulerStyle } from '../../charts/index.js';

const symbols: readonly SchedulerStyle['symbol'][] = ['circle', 'rect', 'triangle', 'diamond', 'plus', 'roundRect', 'triangleDown'];

/** How much nearer to the ink the colour of each further row of one scheduler is: its contrast only grows. */
const shades = [0, 0.4, 0.7] as const;

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** Both as `#rrggbb`. */
function mixed(colour: string, other: string, share: number): string {
  const to = channels(other);
  return `#${channels(colour).map((value, index) => Math.round(value + share * ((to[index] as number) - value)).toString(16).padStart(2, '0')).join('')}`;
}

/** Rows of one scheduler share the hue of its colour, and differ in shade, mark and dash. */
export function styleOf({ styles, ink }: Look, { scheduler, twin = 0 }: Of): SchedulerStyle {
  const own = (scheduler === undefined ? undefined : styles[scheduler]) ?? neutralStyle;
  if (twin === 0) return own;
  return { colour: mixed(own.colour, ink, shades[twin % shades.length] as number), symbol: symbols[(symbols.indexOf(own.symbol) + twin) % symbols.length] as SchedulerStyle['symbol'] };
}

const dashes = ['solid', [7, 3], [2, 2], [9, 3, 2, 3]] as const;

export function dashOf({ twin = 0 }: Of): 'solid' | number[] {
  const dash = dashes[twin % dashes.length] as (typeof dashes)[number];
  return dash === 'solid' ? dash : [...dash];
}

/** Marks that ECharts does not have. */
const drawnSymbols: Readonly<Partial<Record<SchedulerStyle['symbol'], string>>> = {
  plus: 'path://M-1-3h2v2h2v2h-2v2h-2v-2h-2v-2h2z',
  triangleDown: 'path://M-1-1h2L0,1z',
};

export function symbolOf(symbol: SchedulerStyle['symbol']): string {
  return drawnSymbols[symbol] ?? symbol;
}
