import { createRng, type Scheduler, type SchedulerDefinition } from '../../src/core/index.js';
import { FakeCell, type FakeCellOptions } from './fake-cell.js';
import { spyOn, type SpiedScheduler } from './scheduler-spy.js';

/** A scheduler with the options given and defaults for the rest, made as the suite runner makes it. */
export function createScheduler(definition: SchedulerDefinition, options: object = {}, seed = 1): Scheduler {
  return definition.create(definition.options.parse(options), { rng: createRng(seed).derive('scheduler') });
}

/** A cell that runs a built-in scheduler; containers take 100 ms to start and invocations 10 ms, unless told otherwise. */
export class SchedulerCell extends FakeCell {
  readonly spy: SpiedScheduler;

  constructor(definition: SchedulerDefinition, { schedulerOptions = {}, seed = 1, ...options }: Omit<FakeCellOptions, 'scheduler'> & { readonly schedulerOptions?: object; readonly seed?: number } = {}) {
    const spy = spyOn(createScheduler(definition, schedulerOptions, seed));
    super({ ...options, scheduler: spy });
    this.spy = spy;
  }

  /** What the scheduler did, without its timers. */
  get actions(): string[] {
    return this.spy.actions.filter((line) => !line.includes('timer'));
  }

  get timers(): string[] {
    return this.spy.actions.filter((line) => line.includes('timer'));
  }

  /** Lets time pass until `atMs`, then `count` invocations arrive. */
  burstAt(atMs: number, count = 1, functionId = 'f'): void {
    this.clock.advanceTo(atMs);
    this.burst(count, functionId);
  }
}
