/**
 * How often a property is tried. The seed is fixed, so that a test run tells the same each time; to search further, set
 * FBB_PROPERTY_SEED to another number and FBB_PROPERTY_FACTOR to how much longer to search.
 */
export function runs(count: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: count * Number(process.env['FBB_PROPERTY_FACTOR'] ?? 1), seed: Number(process.env['FBB_PROPERTY_SEED'] ?? 20_230_718) };
}
