import { z } from 'zod';
import { defineScheduler, type ExecutionMode, type Scheduler } from '../core/index.js';
import { DispatchWindow, dispatchIntervalOption } from './dispatch-window.js';

/** One container a group per dispatch interval: the newest warm one, or a new one. What happens inside is the mode's business. */
export function createBatchingScheduler(dispatchIntervalMs: number, mode: ExecutionMode): Scheduler {
  const window = new DispatchWindow(dispatchIntervalMs, (functionId, group, ctx) => {
    const container = ctx.pool(functionId).idle.at(-1) ?? ctx.launch(functionId);
    ctx.assign(container, group, mode);
  });
  return { onArrival: (invocation, ctx) => window.add(invocation, ctx) };
}

export const batching = defineScheduler({
  name: 'batching',
  description: 'one container a group per dispatch interval, batch run serially',
  options: z.strictObject({ dispatchIntervalMs: dispatchIntervalOption }),
  create: ({ dispatchIntervalMs }) => createBatchingScheduler(dispatchIntervalMs, 'serial'),
});
