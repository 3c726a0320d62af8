import { defineScheduler, z, type Container, type Invocation, type SchedulerContext } from 'faasbatch-bench';

/** Takes the invocation out whose function has run shortest on average; one that has never run counts as 0, so that it is learned. */
function takeShortest(waiting: Invocation[], ctx: SchedulerContext): Invocation | undefined {
  const meanOf = ({ functionId }: Invocation): number => ctx.history(functionId).meanMs;
  let shortest = 0;
  waiting.forEach((invocation, i) => {
    const best = waiting[shortest];
    if (best !== undefined && meanOf(invocation) < meanOf(best)) shortest = i;
  });
  return waiting.splice(shortest, 1)[0];
}

/**
 * Runs at most so many invocations a core and holds the others back; when one ends, the one that should be through soonest is next.
 * Fair it is not: a long function waits as long as short ones keep coming.
 */
export default defineScheduler({
  name: 'shortest-job-first',
  description: 'a few invocations a core at once; of those that wait, the one whose function is shortest on average goes next',
  options: z.strictObject({
    perCore: z.number().min(0.5).max(64).default(1).describe('invocations that run at once, for each core'),
  }),
  create: ({ perCore }) => {
    const waiting: Invocation[] = [];
    const inUse = new Set<Container>();

    function fill(ctx: SchedulerContext): void {
      while (inUse.size < Math.max(1, Math.floor(perCore * ctx.cores))) {
        const next = takeShortest(waiting, ctx);
        if (next === undefined) return;
        const container = ctx.pool(next.functionId).idle.at(-1) ?? ctx.launch(next.functionId);
        inUse.add(container);
        ctx.assign(container, [next], 'serial');
      }
    }

    function free(container: Container, ctx: SchedulerContext): void {
      inUse.delete(container);
      fill(ctx);
    }

    return {
      onArrival(invocation, ctx) {
        waiting.push(invocation);
        fill(ctx);
      },
      onContainerIdle: free,
      // What it ran comes back through onArrival right after.
      onContainerLost: free,
    };
  },
});
