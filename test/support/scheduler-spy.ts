import type { Container, Invocation, Scheduler, SchedulerContext } from '../../src/core/index.js';

export interface SpiedScheduler extends Scheduler {
  /** One line for each thing the scheduler did, in order. */
  readonly actions: string[];
  /** What it did to containers that were gone; must be empty. */
  readonly actionsOnTheDead: string[];
}

/** Puts itself between a scheduler and the engine and takes down every action with its time and the state the container was in. */
export function spyOn(scheduler: Scheduler): SpiedScheduler {
  const actions: string[] = [];
  const actionsOnTheDead: string[] = [];
  const contexts = new WeakMap<SchedulerContext, SchedulerContext>();

  function on(container: Container, line: string): void {
    actions.push(line);
    if (container.state === 'retired' || container.state === 'lost') actionsOnTheDead.push(line);
  }

  function spied(ctx: SchedulerContext): SchedulerContext {
    const known = contexts.get(ctx);
    if (known !== undefined) return known;
    const made = spyContext(ctx, on, actions);
    contexts.set(ctx, made);
    return made;
  }

  return {
    actions,
    actionsOnTheDead,
    onArrival: (invocation, ctx) => scheduler.onArrival(invocation, spied(ctx)),
    onContainerReady: (container, ctx) => scheduler.onContainerReady?.(container, spied(ctx)),
    onOutcome: (outcome, container, ctx) => scheduler.onOutcome?.(outcome, container, spied(ctx)),
    onContainerIdle: (container, ctx) => scheduler.onContainerIdle?.(container, spied(ctx)),
    onContainerLost: (container, ctx) => scheduler.onContainerLost?.(container, spied(ctx)),
  };
}

function spyContext(ctx: SchedulerContext, on: (container: Container, line: string) => void, actions: string[]): SchedulerContext {
  return {
    get nowMs() {
      return ctx.nowMs;
    },
    get cores() {
      return ctx.cores;
    },
    pool: (functionId) => ctx.pool(functionId),
    history: (functionId) => ctx.history(functionId),
    setTimer(delayMs, callback) {
      actions.push(`${ctx.nowMs}: timer for ${ctx.nowMs + delayMs}`);
      return ctx.setTimer(delayMs, callback);
    },
    launch(functionId) {
      const container = ctx.launch(functionId);
      on(container, `${ctx.nowMs}: launch c${container.id} ${functionId}`);
      return container;
    },
    assign(container: Container, invocations: readonly Invocation[], mode) {
      on(container, `${ctx.nowMs}: assign to ${container.state} c${container.id} ${mode} ${invocations.map(({ id }) => id).join(',')}`);
      ctx.assign(container, invocations, mode);
    },
    retire(container) {
      on(container, `${ctx.nowMs}: retire c${container.id}`);
      ctx.retire(container);
    },
    setCpuClass(container, cpuClass) {
      on(container, `${ctx.nowMs}: setCpuClass c${container.id} ${cpuClass}`);
      ctx.setCpuClass(container, cpuClass);
    },
  };
}
