import { describeError, FbbError, thrownPlace, type Container, type Invocation, type Outcome, type Scheduler, type SchedulerContext } from '../core/index.js';

/** Where code of a scheduler may run, as messages call it. */
export type HookName = 'create' | keyof Scheduler | 'a timer';

/** Told when a hook begins and when it is over. Called around every hook of a cell, so it must cost next to nothing. */
export interface HookWatch {
  entered(hook: HookName): void;
  left(): void;
}

interface SchedulerHooksOptions {
  readonly scheduler: Scheduler;
  readonly schedulerName: string;
  readonly context: SchedulerContext;
  readonly watch: HookWatch | undefined;
  /** Ends the cell. */
  readonly fail: (error: FbbError) => void;
}

/** A plug-in may return anything, whatever its types say. */
type LooseScheduler = { readonly [Name in keyof Scheduler]: (...given: Parameters<NonNullable<Scheduler[Name]>>) => unknown };

const ignore = (): void => undefined;

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Calls the hooks of a scheduler: what one throws ends the cell, and so does a promise, which would act when nobody expects it. */
export class SchedulerHooks {
  readonly #options: SchedulerHooksOptions;
  readonly #scheduler: LooseScheduler;
  readonly #context: SchedulerContext;
  readonly #watch: HookWatch | undefined;

  constructor(options: SchedulerHooksOptions) {
    this.#options = options;
    this.#scheduler = options.scheduler;
    this.#context = options.context;
    this.#watch = options.watch;
  }

  arrival(invocation: Invocation): void {
    this.#watch?.entered('onArrival');
    try {
      this.#refusePromise('onArrival', this.#scheduler.onArrival(invocation, this.#context));
    } catch (thrown) {
      this.#threw('onArrival', thrown);
    } finally {
      this.#watch?.left();
    }
  }

  outcome(outcome: Outcome, container: Container): void {
    if (this.#scheduler.onOutcome === undefined) return;
    this.#watch?.entered('onOutcome');
    try {
      this.#refusePromise('onOutcome', this.#scheduler.onOutcome(outcome, container, this.#context));
    } catch (thrown) {
      this.#threw('onOutcome', thrown);
    } finally {
      this.#watch?.left();
    }
  }

  container(name: 'onContainerReady' | 'onContainerIdle' | 'onContainerLost', container: Container): void {
    if (this.#scheduler[name] === undefined) return;
    this.#watch?.entered(name);
    try {
      this.#refusePromise(name, this.#scheduler[name](container, this.#context));
    } catch (thrown) {
      this.#threw(name, thrown);
    } finally {
      this.#watch?.left();
    }
  }

  timer(callback: () => unknown): void {
    this.#watch?.entered('a timer');
    try {
      this.#refusePromise('a timer', callback());
    } catch (thrown) {
      this.#threw('a timer', thrown);
    } finally {
      this.#watch?.left();
    }
  }

  #threw(where: HookName, thrown: unknown): void {
    const { schedulerName, fail } = this.#options;
    if (thrown instanceof FbbError) fail(thrown);
    else fail(new FbbError('FBB_ERR_SCHEDULER_THREW', `Scheduler '${schedulerName}' threw in ${where}: ${describeError(thrown)}${thrownPlace(thrown)}`, { cause: thrown }));
  }

  #refusePromise(where: HookName, returned: unknown): void {
    if (!isPromise(returned)) return;
    this.#options.fail(new FbbError('FBB_ERR_SCHEDULER_THREW', `Scheduler '${this.#options.schedulerName}' returned a promise from ${where}: hooks are synchronous.`));
    // Its cell has ended already: what becomes of it may not be thrown where nobody catches it.
    returned.then(ignore, ignore);
  }
}
