import type { ExecutionMode, Invocation, SchedulerContext } from '../core/index.js';

/** Sends the group of a window to containers. */
export type Place = (functionId: string, group: Invocation[], ctx: SchedulerContext) => void;

/** The newest warm container, or a new one, for the whole group. What happens inside is the mode's business. */
export function oneContainer(mode: ExecutionMode): Place {
  return (functionId, group, ctx) => {
    const container = ctx.pool(functionId).idle.at(-1) ?? ctx.launch(functionId);
    ctx.assign(container, group, mode);
  };
}
