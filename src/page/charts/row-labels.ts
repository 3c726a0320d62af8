import type { Look } from '../../charts/index.js';
import { fitted, textWidthPx } from './text-width.js';

/** Of the width of a chart, at most so much for the names of its rows. */
const mostShare = 0.45;

/** Names of rows left of the bars, and the px they take; longer ones are cut, the hint and the table have them whole. */
export function rowLabels(labels: readonly string[], look: Look, widthPx: number): { readonly widthPx: number; readonly axisLabel: object } {
  const needed = Math.max(0, ...labels.map((label) => textWidthPx(label, look.fontSize)));
  const width = Math.min(widthPx * mostShare, needed + 4);
  return { widthPx: width + look.fontSize, axisLabel: { color: look.ink, interval: 0, hideOverlap: false, formatter: (label: string) => fitted(label, look.fontSize, width) } };
}
