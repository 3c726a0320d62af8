import type { LegendComponentOption } from 'echarts';
import type { Look } from '../../charts/index.js';
import { fitted, textWidthPx } from './text-width.js';

const itemWidth = 22;
const itemGap = 8;
/** Between the sample and its label, and what a sample's outline takes. */
const beside = 7;

/** How many lines labels take in a legend that is `width` px wide. */
function legendLines(labels: readonly string[], width: number, fontSize: number): number {
  let lines = 1;
  let used = 0;
  for (const label of labels) {
    const needed = itemWidth + beside + textWidthPx(label, fontSize) + itemGap;
    if (used > 0 && used + needed > width) {
      lines += 1;
      used = 0;
    }
    used += needed;
  }
  return lines;
}

/** A legend above the chart, and the px it takes. Without one it is still there, unseen, so that series can be switched off. */
export function legendOf(labels: readonly string[], look: Look, width: number): { readonly legend: LegendComponentOption; readonly heightPx: number } {
  if (!look.legend || labels.length < 2) return { legend: { show: false, data: [...labels] }, heightPx: 0 };
  const lineHeight = look.fontSize * 1.2;
  const shown = (label: string): string => fitted(label, look.fontSize, width - itemWidth - 2 * beside);
  const heightPx = legendLines(labels.map(shown), width - itemGap, look.fontSize) * (lineHeight + itemGap);
  return {
    legend: {
      show: true,
      type: 'plain',
      left: 0,
      top: 0,
      padding: [0, 0, 0, 0],
      width: width - 4,
      itemWidth,
      itemHeight: look.fontSize * 0.8,
      itemGap,
      data: [...labels],
      formatter: shown,
      textStyle: { color: look.ink, fontSize: look.fontSize, fontFamily: look.fontFamily, lineHeight },
    },
    heightPx,
  };
}
