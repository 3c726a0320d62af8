import type { Container, Invocation, SchedulerContext } from '../core/index.js';

/** The work of one tick for one function: it is mapped only when there are as many containers as were decided. */
interface Tick {
  readonly group: readonly Invocation[];
  readonly wanted: number;
  readonly containers: Container[];
  created: number;
}

/** Launches for one container that a tick wants, before it makes do with those it has: they may die or outlive their keep-alive meanwhile. */
const maxLaunchesEach = 3;

/**
 * Provides the containers of a tick as the artifact of FaaSBatch does for all its strategies: warm ones are taken first, newest first,
 * the missing ones are created one after another inside the tick, and nothing starts before the last of them is ready. Ticks overlap:
 * a slow one does not hold up the next. A tick whose containers go as fast as they come starts with what it has in the end, and where a
 * cap on containers takes them from it, at once: it can have no more.
 */
export class SerialCreation {
  readonly #start: (containers: readonly Container[], group: readonly Invocation[], ctx: SchedulerContext) => void;
  /** Containers taken by a tick that still waits for others; no other tick may use them. */
  readonly #taken = new Set<number>();
  readonly #awaiting = new Map<number, Tick>();

  /** `start` gets the containers of a tick, all idle and most often as many as were wanted, and must assign the whole group. */
  constructor(start: (containers: readonly Container[], group: readonly Invocation[], ctx: SchedulerContext) => void) {
    this.#start = start;
  }

  /** Begins a tick of a group, which is not empty, on `wanted` containers. */
  begin(group: readonly Invocation[], wanted: number, ctx: SchedulerContext): void {
    const { functionId } = group[0] as Invocation;
    const { idle } = ctx.pool(functionId);
    const tick: Tick = { group, wanted, containers: [], created: 0 };
    for (let i = idle.length - 1; i >= 0 && tick.containers.length < wanted; i -= 1) {
      const container = idle[i] as Container;
      if (this.#taken.has(container.id)) continue;
      this.#taken.add(container.id);
      tick.containers.push(container);
    }
    this.#advance(functionId, tick, ctx);
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

  /** Creates the next missing container, or starts everything when none is missing. */
  #advance(functionId: string, tick: Tick, ctx: SchedulerContext): void {
    // One that was idle when taken may have died, outlived its keep-alive, or been ended to make room since.
    const heldBefore = tick.containers.length;
    for (let i = tick.containers.length - 1; i >= 0; i -= 1) {
      if (tick.containers[i]?.state !== 'idle') tick.containers.splice(i, 1);
    }
    const lostSome = tick.containers.length < heldBefore;
    const makesDo = tick.containers.length > 0 && ((ctx.maxContainers !== undefined && lostSome) || tick.created >= maxLaunchesEach * tick.wanted);
    if (tick.containers.length < tick.wanted && !makesDo) {
      tick.created += 1;
      const container = ctx.launch(functionId);
      this.#taken.add(container.id);
      this.#awaiting.set(container.id, tick);
      return;
    }
    for (const { id } of tick.containers) this.#taken.delete(id);
    this.#start(tick.containers, tick.group, ctx);
  }
}
