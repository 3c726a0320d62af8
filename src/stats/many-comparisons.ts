/**
 * P-values corrected for being many, by Benjamini and Hochberg's procedure (1995): of the comparisons whose corrected p is at most 0.05,
 * at most 5 % are expected to be false; where nothing differs at all, the chance of even one is at most 5 %. In the order given.
 */
export function correctForMany(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => (ps[b] as number) - (ps[a] as number));
  const corrected = new Array<number>(ps.length);
  let least = 1;
  order.forEach((index, fromLargest) => {
    least = Math.min(least, ((ps[index] as number) * ps.length) / (ps.length - fromLargest));
    corrected[index] = least;
  });
  return corrected;
}
