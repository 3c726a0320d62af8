import { createRng, FbbError, type ErrorCode, type Registry, type SchedulerDefinition, type Workload } from '../core/index.js';
import type { CellKey } from '../results/index.js';
import type { FunctionFolder, WorkloadDefinition } from '../workloads/index.js';
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
}

/** A cell, ready to run. */
export interface PlannedCell {
  readonly key: CellKey;
  readonly definition: SchedulerDefinition;
  readonly options: unknown;
  readonly workload: Workload;
  readonly multiplexing: boolean;
}

interface PlanDeps {
  readonly schedulers: Registry<SchedulerDefinition>;
  readonly workloads: Registry<WorkloadDefinition>;
  readonly functions: Registry<FunctionFolder>;
  readonly cores: number;
  /** Called at most once, and only when a workload needs it. */
  readonly fib30Ms: () => number;
}

export interface SuitePlan {
  /** In the order of execution: schedulers take turns, so that a slow drift of the host meets all of them. */
  readonly cells: readonly PlannedCell[];
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

type SchedulerEntry = Suite['experiments'][string]['schedulers'][number];

function planCell(suiteParts: { experiment: string; workload: Workload; entry: SchedulerEntry; repetition: number; ambiguous: boolean }, deps: PlanDeps): PlannedCell {
  const { experiment, workload, entry, repetition, ambiguous } = suiteParts;
  const definition = deps.schedulers.get(entry.name);
  const options = definition.options.parse(entry.options) as CellKey['parameters'];
  const suffix = ambiguous ? `.${Object.entries(options).map(([option, value]) => `${option}-${String(value)}`).join('.')}` : '';
  return {
    key: { id: `${experiment}.${workload.name}.${entry.name}${suffix}.r${repetition}`, experiment, workload: workload.name, scheduler: entry.name, parameters: options, repetition },
    definition,
    options,
    workload,
    multiplexing: definition.multiplexing,
  };
}

/** Expands the selected part of a suite to cells. */
export function planSuite(suite: Suite, selection: Selection, deps: PlanDeps): SuitePlan {
  const experiments = choose('experiment', selection.experiments, Object.keys(suite.experiments), 'FBB_ERR_EXPERIMENT_UNKNOWN');
  const chosen = experiments.map((experiment) => ({ experiment, ...(suite.experiments[experiment] as Suite['experiments'][string]) }));
  const workloadNames = choose('workload', selection.workloads, [...new Set(chosen.flatMap(({ workloads }) => workloads))], 'FBB_ERR_WORKLOAD_UNKNOWN');
  const schedulerNames = choose(
    'scheduler', selection.schedulers, [...new Set(chosen.flatMap(({ schedulers }) => schedulers.map(({ name }) => name)))], 'FBB_ERR_SCHEDULER_UNKNOWN',
  );
  const workloads = new Map(workloadNames.map((name) => [name, buildWorkload(name, selection, deps)]));
  const cells: PlannedCell[] = [];
  let turn = 0;
  for (let repetition = 1; repetition <= selection.repeat; repetition += 1) {
    for (const { experiment, workloads: named, schedulers } of chosen) {
      const entries = schedulers.filter(({ name }) => schedulerNames.includes(name));
      for (const workload of named.filter((name) => workloads.has(name))) {
        for (const entry of rotate(entries, turn)) {
          const ambiguous = entries.filter(({ name }) => name === entry.name).length > 1;
          cells.push(planCell({ experiment, workload: workloads.get(workload) as Workload, entry, repetition, ambiguous }, deps));
        }
        turn += 1;
      }
    }
  }
  if (cells.length === 0) throw new FbbError('FBB_ERR_SUITE_EMPTY', 'Nothing of the suite is left to run.');
  return { cells, workloads };
}

function buildWorkload(name: string, selection: Selection, deps: PlanDeps): Workload {
  const definition = deps.workloads.get(name);
  return definition.build({
    rng: createRng(selection.seed).derive('workload'),
    functions: deps.functions,
    cores: deps.cores,
    load: selection.load,
    fib30Ms: definition.needsCalibration ? deps.fib30Ms() : Number.NaN,
    limit: selection.limit,
  });
}
