import { createRng, FbbError, type CellProfile, type Scheduler, type SchedulerDefinition } from '../core/index.js';
import { createFromPlugin } from '../plugins/index.js';
import { FakeCell, type FakeCellOptions } from './fake-cell.js';
import { fakeProfile } from './fake-profile.js';
import { spyOn, type HookCall, type SpiedScheduler } from './scheduler-spy.js';

/** How a scheduler is made for a fake cell; what is left out has a default. */
interface SchedulerSettings {
  readonly schedulerOptions?: object;
  readonly seed?: number;
  /** For a scheduler with `profileOf`; of an empty cell unless it is given. */
  readonly profile?: CellProfile;
  log?(line: string): void;
}

export interface SchedulerCellOptions extends Omit<FakeCellOptions, 'scheduler' | 'schedulerName'>, SchedulerSettings {
  /** Called in place of every hook, timer callback and `create`; calls what it is given. */
  readonly around?: HookCall;
}

/** The options given and defaults for the rest, as the schema returns them; throws a sentence when it does not take them. */
export function parseOptions({ name, options }: SchedulerDefinition, given: object): unknown {
  const parsed = options.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw new FbbError('FBB_ERR_OPTION_INVALID', `Scheduler '${name}' does not take the options that it is given: ${problems.join('; ')}.`, { fix: 'Give options that its schema takes, and all that have no default.' });
}

/** A scheduler with the options given and defaults for the rest, made as the suite runner makes it. */
export function createScheduler(definition: SchedulerDefinition, settings: SchedulerSettings = {}): Scheduler {
  return createFromPlugin(definition, parseOptions(definition, settings.schedulerOptions ?? {}), {
    rng: createRng(settings.seed ?? 1).derive('scheduler'),
    profile: definition.profileOf === undefined ? undefined : (settings.profile ?? fakeProfile([])),
    log: (line) => settings.log?.(line),
  });
}

/** A cell that runs a scheduler plug-in; containers take 100 ms to start and invocations 10 ms, unless told otherwise. */
export class SchedulerCell extends FakeCell {
  readonly spy: SpiedScheduler;
  /** What the scheduler told through `deps.log`. */
  readonly logged: readonly string[];

  constructor(definition: SchedulerDefinition, options: SchedulerCellOptions = {}) {
    const logged: string[] = [];
    const settings: SchedulerSettings = { ...options, log: (line) => void logged.push(line) };
    const create = (): Scheduler => createScheduler(definition, settings);
    const scheduler = options.around === undefined ? create() : (options.around('create', create) as Scheduler);
    const spy = spyOn(scheduler, options.around);
    super({ capabilities: definition.requires, ...options, scheduler: spy, schedulerName: definition.name });
    this.spy = spy;
    this.logged = logged;
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
