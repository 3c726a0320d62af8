/**
 * Buckets of HdrHistogram's layout for whole numbers up to 2^43: values below 2^bits have one each; above, each power of two is cut into
 * half as many. In microseconds that is about 100 days; 11 bits keep three significant digits.
 */
const maxBits = 43;
export const greatestValue = 2 ** maxBits - 1;

export function bucketCountOf(bits: number): number {
  return (maxBits - bits) * 2 ** (bits - 1) + 2 ** bits;
}

/** The bucket of a whole number. Shifts and no powers: it is asked for every part of every latency. */
export function bucketOf(value: number, bits: number): number {
  if (value < 1 << bits) return value;
  if (value >= 2 ** 31) return bucketOf(Math.floor(value / 2 ** 16), bits) + (16 << (bits - 1));
  const shift = 32 - Math.clz32(value) - bits;
  return (shift << (bits - 1)) + (value >>> shift);
}

/** The least value of a bucket. */
export function leastOf(bucket: number, bits: number): number {
  if (bucket < 1 << bits) return bucket;
  const half = 1 << (bits - 1);
  const shift = Math.floor(bucket / half) - 1;
  return (bucket - shift * half) * 2 ** shift;
}
