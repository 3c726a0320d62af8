import { z } from 'zod';
import { defineScheduler } from '../core/index.js';

/** One container an invocation, launched at once when no warm one is free; warm ones are reused most recently used first. */
export const baseline = defineScheduler({
  name: 'baseline',
  description: 'one container an invocation, launched at once, warm ones reused most recent first (OpenWhisk, Lambda)',
  options: z.strictObject({}),
  create: () => ({
    onArrival(invocation, ctx) {
      const container = ctx.pool(invocation.functionId).idle.at(-1) ?? ctx.launch(invocation.functionId);
      ctx.assign(container, [invocation], 'serial');
    },
  }),
});
