import type { Axis } from '../../charts/index.js';

/** Smaller numbers are written with an exponent where nothing is said. */
const leastPlain = 1e-6;

/** Three significant digits, without an exponent. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  const rounded = size >= 1_000 ? Math.round(size) : Number(size.toPrecision(3));
  const text = rounded < 1_000 && rounded >= leastPlain ? String(rounded) : rounded.toLocaleString('en-US', { maximumFractionDigits: 20 });
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

function duration(valueMs: number): string {
  if (valueMs >= 60_000 && valueMs % 60_000 === 0) return `${shortNumber(valueMs / 60_000)} min`;
  return Math.abs(valueMs) >= 1_000 ? `${shortNumber(valueMs / 1_000)} s` : `${shortNumber(valueMs)} ms`;
}

/** A value with its unit, as axes and hints show it: `1.2 s`, `90 %`, `12`. */
export function withUnit(value: number, { unit, categories, scale }: Axis): string {
  if (scale === 'category') return categories?.[value] ?? '';
  if (scale === 'percentile') return percentileText(value);
  if (unit === 'ms') return duration(value);
  if (unit === 'share') return `${shortNumber(value * 100)} %`;
  if (unit === '$') return `$${shortNumber(value)}`;
  return unit === '' ? shortNumber(value) : `${shortNumber(value)} ${unit}`;
}

/** 0.999 as `99.9 %`; binary fractions of 1 are rounded away. */
export function percentileText(share: number): string {
  const digits = Math.max(0, Math.ceil(-Math.log10(Math.max(1e-9, 1 - share)) - 2 - 1e-9));
  return `${Number((share * 100).toFixed(Math.max(2, digits)))} %`;
}

/** Where a percentile lies on its axis: one unit for each tenth of what is beyond. */
export function percentilePlace(share: number): number {
  return -Math.log10(1 - share);
}

export function percentileAt(place: number): number {
  return 1 - 10 ** -place;
}
