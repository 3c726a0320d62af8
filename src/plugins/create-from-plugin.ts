import { FbbError, type Scheduler, type SchedulerDefinition, type SchedulerDeps } from '../core/index.js';

const optionalHooks = ['onContainerReady', 'onOutcome', 'onContainerIdle', 'onContainerLost'] as const;

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' || typeof value === 'function' ? `something of type ${typeof value}` : JSON.stringify(value);
}

/** What keeps a value from being a scheduler, one line each. */
function schedulerProblems(made: unknown): string[] {
  if (typeof made !== 'object' || made === null || made instanceof Promise) return [`create returned ${describeValue(made)} instead of an object with onArrival`];
  const hooks = made as Partial<Record<string, unknown>>;
  const problems: string[] = [];
  if (typeof hooks['onArrival'] !== 'function') problems.push(`create returned an object whose onArrival is ${describeValue(hooks['onArrival'])} and not a function`);
  for (const name of optionalHooks) {
    if (hooks[name] !== undefined && typeof hooks[name] !== 'function') problems.push(`create returned an object whose ${name} is ${describeValue(hooks[name])} and not a function`);
  }
  return problems;
}

/** Makes a scheduler for a cell and checks that it is one: a plug-in may return anything. What `create` throws passes through. */
export function createFromPlugin(definition: SchedulerDefinition, options: unknown, deps: SchedulerDeps): Scheduler {
  const made: unknown = definition.create(options, deps);
  const problems = schedulerProblems(made);
  if (problems.length > 0) throw new FbbError('FBB_ERR_PLUGIN_INVALID', `Scheduler '${definition.name}' cannot be used: ${problems.join('; ')}.`);
  return made as Scheduler;
}
