import { z } from 'zod';
import type { Invocation, SchedulerContext } from '../core/index.js';

/** The option every windowed scheduler has; 200 ms is the artifact's default. */
export const dispatchIntervalOption = z.number().positive().max(60_000).default(200).describe('length of the dispatch window in ms');

/** Takes the invocations of one function that arrived in a window; windows are counted from 0 at the start of the cell. */
type Dispatch = (functionId: string, group: Invocation[], ctx: SchedulerContext, window: number) => void;

/**
 * Collects arrivals a function until the next dispatch tick. Ticks lie on multiples of the interval for all functions together, as
 * one timer drives them in the paper's artifact; an empty window sets no timer.
 */
export class DispatchWindow {
  readonly #intervalMs: number;
  readonly #dispatch: Dispatch;
  #groups = new Map<string, Invocation[]>();
  #armed = false;

  constructor(intervalMs: number, dispatch: Dispatch) {
    this.#intervalMs = intervalMs;
    this.#dispatch = dispatch;
  }

  add(invocation: Invocation, ctx: SchedulerContext): void {
    const group = this.#groups.get(invocation.functionId);
    if (group === undefined) this.#groups.set(invocation.functionId, [invocation]);
    else group.push(invocation);
    if (this.#armed) return;
    this.#armed = true;
    const window = Math.floor(ctx.nowMs / this.#intervalMs);
    const sinceTickMs = ctx.nowMs % this.#intervalMs;
    ctx.setTimer(this.#intervalMs - sinceTickMs, () => this.#tick(window, ctx));
  }

  /** Timers are a moment late: what arrives in that moment is taken along. */
  #tick(window: number, ctx: SchedulerContext): void {
    this.#armed = false;
    const groups = this.#groups;
    // Not cleared: a Map that was cleared holds on to the next contents of its table, and with them to every invocation of the cell.
    this.#groups = new Map();
    for (const [functionId, group] of groups) this.#dispatch(functionId, group, ctx, window);
  }
}
