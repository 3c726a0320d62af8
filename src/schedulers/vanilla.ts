import { z } from 'zod';
import { defineScheduler, type Container, type Invocation, type SchedulerContext } from '../core/index.js';
import { DispatchWindow, dispatchIntervalOption } from './dispatch-window.js';

/** The work of one tick for one function: it is mapped only when there is a container for every invocation. */
interface Tick {
  readonly group: readonly Invocation[];
  readonly containers: Container[];
}

/**
 * The paper's baseline as its artifact runs it: per tick and function one container an invocation; warm ones are taken first, newest
 * first, the missing ones are created one after another inside the tick, and nothing starts before the last of them is ready. Ticks
 * overlap: a slow one does not hold up the next.
 */
class Vanilla {
  readonly #window: DispatchWindow;
  /** Containers taken by a tick that still waits for others; no other tick may use them. */
  readonly #taken = new Set<number>();
  readonly #awaiting = new Map<number, Tick>();

  constructor(dispatchIntervalMs: number) {
    this.#window = new DispatchWindow(dispatchIntervalMs, (functionId, group, ctx) => this.#begin(functionId, group, ctx));
  }

  onArrival(invocation: Invocation, ctx: SchedulerContext): void {
    this.#window.add(invocation, ctx);
  }

  onContainerReady(container: Container, ctx: SchedulerContext): void {
    const tick = this.#awaiting.get(container.id);
    if (tick === undefined) return;
    this.#awaiting.delete(container.id);
    tick.containers.push(container);
    this.#advance(container.functionId, tick, ctx);
  }

  onContainerLost(container: Container, ctx: SchedulerContext): void {
    this.#taken.delete(container.id);
    const tick = this.#awaiting.get(container.id);
    if (tick === undefined) return;
    this.#awaiting.delete(container.id);
    this.#advance(container.functionId, tick, ctx);
  }

  #begin(functionId: string, group: readonly Invocation[], ctx: SchedulerContext): void {
    const { idle } = ctx.pool(functionId);
    const tick: Tick = { group, containers: [] };
    for (let i = idle.length - 1; i >= 0 && tick.containers.length < group.length; i -= 1) {
      const container = idle[i] as Container;
      if (this.#taken.has(container.id)) continue;
      this.#taken.add(container.id);
      tick.containers.push(container);
    }
    this.#advance(functionId, tick, ctx);
  }

  /** Creates the next missing container, or starts everything when none is missing. */
  #advance(functionId: string, tick: Tick, ctx: SchedulerContext): void {
    // One that was idle when taken may have died or outlived its keep-alive since.
    for (let i = tick.containers.length - 1; i >= 0; i -= 1) {
      if (tick.containers[i]?.state !== 'idle') tick.containers.splice(i, 1);
    }
    if (tick.containers.length < tick.group.length) {
      const container = ctx.launch(functionId);
      this.#taken.add(container.id);
      this.#awaiting.set(container.id, tick);
      return;
    }
    tick.containers.forEach((container, i) => {
      this.#taken.delete(container.id);
      ctx.assign(container, [tick.group[i] as Invocation], 'serial');
    });
  }
}

export const vanilla = defineScheduler({
  name: 'vanilla',
  description: "the paper's baseline: windowed, one container an invocation, missing ones created one after another",
  options: z.strictObject({ dispatchIntervalMs: dispatchIntervalOption }),
  create: ({ dispatchIntervalMs }) => new Vanilla(dispatchIntervalMs),
});
