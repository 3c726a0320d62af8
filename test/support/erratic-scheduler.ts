import { createRng, type Container, type Invocation, type Rng, type Scheduler, type SchedulerContext } from '../../src/core/index.js';

/**
 * A scheduler that does anything that is allowed: holds invocations back, groups them at random, gives them to idle, busy, starting and
 * new containers in either mode, launches ahead and retires what has no work.
 */
export class ErraticScheduler implements Scheduler {
  readonly #rng: Rng;
  readonly #held = new Map<string, Invocation[]>();
  #armed = false;

  constructor(seed: number) {
    this.#rng = createRng(seed).derive('erratic');
  }

  onArrival(invocation: Invocation, ctx: SchedulerContext): void {
    const group = this.#held.get(invocation.functionId) ?? [];
    group.push(invocation);
    this.#held.set(invocation.functionId, group);
    if (this.#rng.next() < 0.4) this.#assignAll(ctx);
    else this.#arm(ctx);
  }

  onContainerReady(container: Container, ctx: SchedulerContext): void {
    this.#meddle(container, ctx);
  }

  onOutcome(_outcome: unknown, container: Container, ctx: SchedulerContext): void {
    this.#meddle(container, ctx);
  }

  onContainerIdle(container: Container, ctx: SchedulerContext): void {
    this.#meddle(container, ctx);
  }

  onContainerLost(container: Container, ctx: SchedulerContext): void {
    if (this.#rng.next() < 0.2) ctx.launch(container.functionId);
  }

  #arm(ctx: SchedulerContext): void {
    if (this.#armed) return;
    this.#armed = true;
    ctx.setTimer(this.#rng.integer(400), () => {
      this.#armed = false;
      this.#assignAll(ctx);
    });
  }

  #assignAll(ctx: SchedulerContext): void {
    for (const [functionId, group] of this.#held) {
      while (group.length > 0) {
        const batch = group.splice(0, 1 + this.#rng.integer(group.length));
        ctx.assign(this.#choose(functionId, ctx), batch, this.#rng.next() < 0.5 ? 'serial' : 'expanded');
      }
    }
  }

  #choose(functionId: string, ctx: SchedulerContext): Container {
    const { idle, busy, starting } = ctx.pool(functionId);
    const all = [...idle, ...busy, ...starting];
    return all[this.#rng.integer(all.length + 1)] ?? ctx.launch(functionId);
  }

  #meddle(container: Container, ctx: SchedulerContext): void {
    if (this.#rng.next() < 0.3) this.#assignAll(ctx);
    if (container.state === 'idle' && this.#rng.next() < 0.3) ctx.retire(container);
    if (this.#rng.next() < 0.05) ctx.launch(container.functionId);
    const spare = ctx.pool(container.functionId).starting.find(({ inFlight }) => inFlight === 0);
    if (spare !== undefined && this.#rng.next() < 0.1) ctx.retire(spare);
  }
}
