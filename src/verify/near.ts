/** What floating point makes of long sums. */
const relativeError = 1e-9;

/** Whether two numbers are equal but for what was rounded away: `absolute`, in their unit. */
export function isNear(one: number, other: number, absolute: number): boolean {
  return Math.abs(one - other) <= absolute + relativeError * Math.max(Math.abs(one), Math.abs(other));
}
