import { z } from 'zod';

/** The option of schedulers that expand; 0 is off. */
export const serviceSliceOption = z.number().min(0).max(60_000).describe('expanded invocations that have used more CPU time, in ms, yield to the others of their container (least attained service); 0: off');

/** What the option means for the container. */
export function serviceSlice({ serviceSliceMs }: { readonly serviceSliceMs: number }): number | undefined {
  return serviceSliceMs > 0 ? serviceSliceMs : undefined;
}
