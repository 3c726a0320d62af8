import { createRng, FbbError, storedOptions, type ErrorCode, type Registry, type ResourceCache, type SchedulerDefinition, type StorageKind, type Workload } from '../core/index.js';
import type { CellKey } from '../results/index.js';
import type { FunctionFolder, WorkloadDefinition } from '../workloads/index.js';
import { expandExperiment, readOverrides, type SchedulerRun, type SweptExperiment } from './option-overrides.js';
import type { PlannedCell } from './planned-cell.js';
import { cachesOf, onlyCache } from './resource-caches.js';
import { orderByProfile } from './profile-order.js';
import type { Suite } from './suite-file.js';

/** Which part of a suite to run, and how often. Undefined lists mean all. */
export interface Selection {
  readonly experiments: readonly string[] | undefined;
  readonly workloads: readonly string[] | undefined;
  readonly schedulers: readonly string[] | undefined;
  readonly repeat: number;
  readonly limit: number | undefined;
  readonly load: number;
  readonly seed: number;
  /** Whether each repetition has a workload of its own, drawn anew; otherwise all have the same. */
  readonly reseed: boolean;
  /** Options that override those of the suite, each as `scheduler.option=value`. */
  readonly set: readonly string[] | undefined;
  /** How containers of all cells share resources, instead of as suite and schedulers have it. */
  readonly cache: ResourceCache | undefined;
  /** Names of schedulers that join every experiment. */
  readonly added: readonly string[];
}

interface PlanDeps {
  readonly schedulers: Registry<SchedulerDefinition>;
  readonly workloads: Registry<WorkloadDefinition>;
  readonly functions: Registry<FunctionFolder>;
  readonly cores: number;
  /** Kinds of the storages that were given. */
  readonly storage?: readonly StorageKind[];
  /** Called at most once, and only when a workload needs it. */
  readonly fib30Ms: () => number;
}

export interface SuitePlan {
  /** In the order of execution: schedulers take turns, so that a slow drift of the host meets all of them. */
  readonly cells: readonly PlannedCell[];
  /** Those of the first repetition. */
  readonly workloads: ReadonlyMap<string, Workload>;
}

/** The names wanted, after checking that each is one of those there. */
function choose(kind: string, wanted: readonly string[] | undefined, there: readonly string[], code: ErrorCode): readonly string[] {
  if (wanted === undefined) return there;
  for (const name of wanted) {
    if (!there.includes(name)) throw new FbbError(code, `The suite has no ${kind} named '${name}'.`, { fix: `Use one of: ${there.join(', ')}.` });
  }
  return there.filter((name) => wanted.includes(name));
}

function rotate<T>(items: readonly T[], by: number): T[] {
  return items.map((_item, i) => items[(i + by) % items.length] as T);
}

/** A run of a scheduler, with what tells it from its twins in the id of a cell. */
interface PlannedRun extends SchedulerRun {
  readonly parameters: CellKey['parameters'];
  readonly suffix: string;
  readonly position: number;
  readonly cache: ResourceCache;
}

/** A run for every cache; options that differ among runs of one scheduler become part of their ids. */
function nameRuns(runs: readonly SchedulerRun[], cachesFor: (name: string) => ReturnType<typeof cachesOf>): PlannedRun[] {
  const stored = runs.map((run) => ({ ...run, parameters: storedOptions(run.options) }));
  const named = stored.flatMap((run) => {
    const twins = stored.filter(({ name }) => name === run.name);
    const differing = Object.keys(run.parameters).filter((option) => new Set(twins.map(({ parameters }) => parameters[option])).size > 1);
    // An id is a name of a folder, and a text may hold anything.
    const options = differing.map((option) => `.${option}-${encodeURIComponent(String(run.parameters[option]))}`).join('');
    return cachesFor(run.name).map(({ cache, parameters, suffix }) => ({ ...run, cache, parameters: { ...run.parameters, ...parameters }, suffix: `${options}${suffix}` }));
  });
  return named.map((run, position) => ({ ...run, position }));
}

interface CellParts {
  readonly experiment: string;
  readonly workload: Workload;
  readonly run: PlannedRun;
  readonly repetition: number;
}

function planCell({ experiment, workload, run, repetition }: CellParts, deps: PlanDeps): PlannedCell {
  const { name, options, parameters, suffix, position, cache: resourceCache } = run;
  const definition = deps.schedulers.get(name);
  return {
    key: { id: `${experiment}.${workload.name}.${name}${suffix}.r${repetition}`, experiment, workload: workload.name, scheduler: name, parameters, repetition },
    definition,
    options,
    workload,
    resourceCache,
    position,
  };
}

interface ChosenExperiment extends SweptExperiment {
  readonly caches: Parameters<typeof cachesOf>[0];
  readonly workloads: readonly string[];
}

/** The experiments named, each with the schedulers named and those that join. */
function chooseExperiments(suite: Suite, { experiments, schedulers: wanted, added, cache }: Selection): ChosenExperiment[] {
  const chosen = choose('experiment', experiments, Object.keys(suite.experiments), 'FBB_ERR_EXPERIMENT_UNKNOWN').map((experiment) => {
    const { workloads, schedulers, sweep, cache: listed } = suite.experiments[experiment] as Suite['experiments'][string];
    const joining = added.filter((name) => !schedulers.some((entry) => entry.name === name)).map((name) => ({ name, options: {} }));
    return { experiment, workloads, sweep, caches: cache === undefined ? listed : onlyCache(cache), schedulers: [...schedulers, ...joining] };
  });
  const names = choose('scheduler', wanted, [...new Set(chosen.flatMap(({ schedulers }) => schedulers.map(({ name }) => name)))], 'FBB_ERR_SCHEDULER_UNKNOWN');
  return chosen.map((experiment) => ({ ...experiment, schedulers: experiment.schedulers.filter(({ name }) => names.includes(name) || added.includes(name)) }));
}

/** Expands the selected part of a suite to cells. */
export function planSuite(suite: Suite, selection: Selection, deps: PlanDeps): SuitePlan {
  const chosen = chooseExperiments(suite, selection);
  const workloadNames = choose('workload', selection.workloads, [...new Set(chosen.flatMap(({ workloads }) => workloads))], 'FBB_ERR_WORKLOAD_UNKNOWN');
  const overrides = readOverrides(selection.set ?? [], chosen, deps.schedulers);
  const expanded = chosen.map((experiment) => ({ ...experiment, runs: nameRuns(expandExperiment(experiment, overrides, deps.schedulers), (name) => cachesOf(experiment.caches, deps.schedulers.get(name))) }));
  const draw = (repetition: number): ReadonlyMap<string, Workload> => new Map(workloadNames.map((name) => [name, buildWorkload(name, { selection, repetition }, deps)]));
  const workloads = draw(1);
  const cells: PlannedCell[] = [];
  let turn = 0;
  for (let repetition = 1; repetition <= selection.repeat; repetition += 1) {
    const drawn = selection.reseed && repetition > 1 ? draw(repetition) : workloads;
    for (const { experiment, workloads: named, runs } of expanded) {
      for (const workload of named.filter((name) => workloads.has(name))) {
        const group = rotate(runs, turn).map((run) => planCell({ experiment, workload: drawn.get(workload) as Workload, run, repetition }, deps));
        cells.push(...orderByProfile(group, deps.schedulers));
        turn += 1;
      }
    }
  }
  if (cells.length === 0) throw new FbbError('FBB_ERR_SUITE_EMPTY', 'Nothing of the suite is left to run.');
  return { cells, workloads };
}

function buildWorkload(name: string, { selection, repetition }: { readonly selection: Selection; readonly repetition: number }, deps: PlanDeps): Workload {
  const definition = deps.workloads.get(name);
  return definition.build({
    rng: createRng(selection.seed).derive(repetition === 1 ? 'workload' : `workload ${repetition}`),
    functions: deps.functions,
    cores: deps.cores,
    load: selection.load,
    fib30Ms: definition.needsCalibration ? deps.fib30Ms() : Number.NaN,
    limit: selection.limit,
    storage: deps.storage,
  });
}
