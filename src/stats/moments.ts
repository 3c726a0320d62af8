/** Of at least one value. */
export function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += values[i] as number;
  return total / values.length;
}

/** Sample variance, of at least two values. */
export function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += ((values[i] as number) - mean) ** 2;
  return squares / (values.length - 1);
}

/** Correlation of each value with the one after it, 0 when all are equal. */
export function correlationWithNext(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let products = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const deviation = (values[i] as number) - mean;
    squares += deviation * deviation;
    if (i + 1 < values.length) products += deviation * ((values[i + 1] as number) - mean);
  }
  return squares === 0 ? 0 : products / squares;
}

/** Of values above 0. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(meanOf(values.map(Math.log)));
}
