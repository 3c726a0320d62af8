import { createRequire } from 'node:module';

/** The part of jStat that is used; it ships no types. */
interface JStat {
  readonly studentt: { cdf(t: number, degreesOfFreedom: number): number; inv(p: number, degreesOfFreedom: number): number };
  readonly normal: { cdf(x: number, mean: number, deviation: number): number };
}

const { jStat } = createRequire(import.meta.url)('jstat') as { readonly jStat: JStat };
const { studentt, normal } = jStat;

/** The value of Student's t that is exceeded in one of its two tails together with probability `alpha`: 2.776 for 0.05 and 4 degrees of freedom. */
export function criticalT(alpha: number, degreesOfFreedom: number): number {
  return studentt.inv(1 - alpha / 2, degreesOfFreedom);
}

/** Probability of a Student's t at least as far from 0 as this one. */
export function twoSidedT(t: number, degreesOfFreedom: number): number {
  return Math.min(1, 2 * studentt.cdf(-Math.abs(t), degreesOfFreedom));
}

/** Probability of a standard normal at least as far from 0 as this one. */
export function twoSidedNormal(z: number): number {
  return Math.min(1, 2 * normal.cdf(-Math.abs(z), 0, 1));
}
