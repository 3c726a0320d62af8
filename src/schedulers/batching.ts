import { z } from 'zod';
import { defineScheduler, type ExecutionMode, type Scheduler } from '../core/index.js';
import { DispatchWindow, dispatchIntervalOption } from './dispatch-window.js';
import type { Place } from './ring-placement.js';

/** The newest warm container, or a new one, for the whole group. What happens inside is the mode's business. */
export function oneContainer(mode: ExecutionMode): Place {
  return (functionId, group, ctx) => {
    const container = ctx.pool(functionId).idle.at(-1) ?? ctx.launch(functionId);
    ctx.assign(container, group, mode);
  };
}

/** Places the group of each function once per dispatch interval. */
export function createBatchingScheduler(dispatchIntervalMs: number, place: Place): Scheduler {
  const window = new DispatchWindow(dispatchIntervalMs, place);
  return { onArrival: (invocation, ctx) => window.add(invocation, ctx) };
}

export const batching = defineScheduler({
  name: 'batching',
  description: 'one container a group per dispatch interval, batch run serially',
  options: z.strictObject({ dispatchIntervalMs: dispatchIntervalOption }),
  create: ({ dispatchIntervalMs }) => createBatchingScheduler(dispatchIntervalMs, oneContainer('serial')),
});
