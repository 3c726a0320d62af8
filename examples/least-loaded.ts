import { defineScheduler, z, type Container } from 'faasbatch-bench';

/** The one with the fewest invocations, of those that have room; the first of several, so warm ones come before those that start. */
function leastLoaded(containers: readonly Container[], target: number): Container | undefined {
  let least: Container | undefined;
  for (const container of containers) {
    if (container.inFlight < target && container.inFlight < (least?.inFlight ?? target)) least = container;
  }
  return least;
}

/**
 * Shares containers as Knative does with its `target`: an invocation goes to the least loaded container of its function, and a further
 * one is launched when all of them run as many as they should.
 */
export default defineScheduler({
  name: 'least-loaded',
  description: 'least loaded container of the function, at most `target` invocations at once in each (Knative)',
  options: z.strictObject({
    target: z.number().int().min(1).max(1_000).default(4).describe('invocations that a container should run at once'),
  }),
  multiplexing: true,
  create: ({ target }) => ({
    onArrival(invocation, ctx) {
      const { idle, busy, starting } = ctx.pool(invocation.functionId);
      // Most recently used first, so that those nobody needs grow old and are retired.
      const newestFirst = [...idle].reverse();
      const container = leastLoaded([...newestFirst, ...busy, ...starting], target) ?? ctx.launch(invocation.functionId);
      ctx.assign(container, [invocation], 'expanded');
    },
  }),
});
