/** To so many decimals; never −0, which JSON does not know. */
export function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor + 0;
}

/** Times are stored to the µs. */
export function secondsOf(ms: number): number {
  return rounded(ms / 1_000, 6);
}

export function grouping(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
