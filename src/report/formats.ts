/** A latency with three significant digits or whole milliseconds; a dash for one that cannot be named. */
export function formatMs(valueMs: number | null): string {
  if (valueMs === null) return '–';
  if (valueMs >= 100) return valueMs.toFixed(0);
  return valueMs >= 10 ? valueMs.toFixed(1) : valueMs.toFixed(2);
}

/** A mean of counts, whole where it is. */
export function formatCount(value: number | null): string {
  return formatAmount(value).replace(/\.0+$/, '');
}

export function formatAmount(value: number | null): string {
  return value === null ? '–' : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** A share as a signed percentage; what rounds to nothing has no sign. */
export function formatPercent(share: number, digits: number): string {
  const text = Math.abs(share * 100).toFixed(digits);
  return `${Number(text) === 0 ? '' : share > 0 ? '+' : '−'}${text} %`;
}
