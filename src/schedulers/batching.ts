import { z } from 'zod';
import { defineScheduler, type Scheduler } from '../core/index.js';
import { DispatchWindow, dispatchIntervalOption } from './dispatch-window.js';
import { oneContainer, type Place } from './placement.js';

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
