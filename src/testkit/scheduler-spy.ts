import type { Container, Invocation, Scheduler, SchedulerContext } from '../core/index.js';

export interface SpiedScheduler extends Scheduler {
  /** One line for each thing the scheduler did, in order. */
  readonly actions: string[];
  /** What it did to containers that were gone; must be empty. */
  readonly actionsOnTheDead: string[];
}

/** Calls a hook, or the callback of a timer, on behalf of the engine; `hook` is its name. */
export type HookCall = (hook: string, call: () => unknown) => unknown;

const plainly: HookCall = (_hook, call) => call();

/** Puts itself between a scheduler and the engine and takes down every action with its time and the state the container was in. */
export function spyOn(scheduler: Scheduler, around: HookCall = plainly): SpiedScheduler {
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
    const made = spyContext(ctx, { on, timerSet: (line) => void actions.push(line), around });
    contexts.set(ctx, made);
    return made;
  }

  return {
    actions,
    actionsOnTheDead,
    onArrival: (invocation, ctx) => void around('onArrival', () => scheduler.onArrival(invocation, spied(ctx))),
    onContainerReady: (container, ctx) => void around('onContainerReady', () => scheduler.onContainerReady?.(container, spied(ctx))),
    onOutcome: (outcome, container, ctx) => void around('onOutcome', () => scheduler.onOutcome?.(outcome, container, spied(ctx))),
    onContainerIdle: (container, ctx) => void around('onContainerIdle', () => scheduler.onContainerIdle?.(container, spied(ctx))),
    onContainerLost: (container, ctx) => void around('onContainerLost', () => scheduler.onContainerLost?.(container, spied(ctx))),
  };
}

interface ContextObserver {
  readonly on: (container: Container, line: string) => void;
  readonly timerSet: (line: string) => void;
  readonly around: HookCall;
}

function spyContext(ctx: SchedulerContext, { on, timerSet, around }: ContextObserver): SchedulerContext {
  return {
    get nowMs() {
      return ctx.nowMs;
    },
    get maxContainers() {
      return ctx.maxContainers;
    },
    get cores() {
      return ctx.cores;
    },
    pool: (functionId) => ctx.pool(functionId),
    history: (functionId) => ctx.history(functionId),
    cpuState: (container) => ctx.cpuState(container),
    setTimer(delayMs, callback) {
      timerSet(`${ctx.nowMs}: timer for ${ctx.nowMs + delayMs}`);
      return ctx.setTimer(delayMs, () => void around('a timer', callback));
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
