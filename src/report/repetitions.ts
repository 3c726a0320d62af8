import { latencyPartNames, type LatencyPartName } from '../core/index.js';
import type { CellSummary, Manifest } from '../results/index.js';

/**
 * One row of a comparison: the mean over the valid repetitions of a cell. Percentiles of several repetitions are means of each
 * repetition's own percentile, each of one run; they are not percentiles of all invocations together.
 */
export interface CellAverage {
  readonly experiment: string;
  readonly workload: string;
  readonly scheduler: string;
  /** The scheduler, with its options where it stands in the experiment more than once. */
  readonly label: string;
  readonly repetitions: number;
  readonly invalid: number;
  readonly arrived: number;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p98Ms: number | null;
  readonly partsMs: Readonly<Record<LatencyPartName, number | null>>;
  readonly containers: number | null;
  readonly gbSeconds: number | null;
  readonly cpuSeconds: number | null;
}

/** Null when one of them is unknown: a mean over some of the repetitions would pass for one over all. */
function mean(values: readonly (number | null)[]): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum / values.length;
}

function keyOf({ cell }: CellSummary): string {
  return JSON.stringify([cell.experiment, cell.workload, cell.scheduler, cell.parameters]);
}

/** What is compared with each other: the schedulers of one workload of one experiment. */
export function groupOf({ experiment, workload }: CellAverage): string {
  return `${experiment} · ${workload}`;
}

function average(runs: readonly CellSummary[], label: string): CellAverage {
  const valid = runs.filter((run) => run.valid);
  // A row of invalid repetitions only is shown as it is, and marked.
  const used = valid.length > 0 ? valid : runs;
  const { cell, invocations } = used[0] as CellSummary;
  const over = (pick: (run: CellSummary) => number | null): number | null => mean(used.map(pick));
  return {
    experiment: cell.experiment,
    workload: cell.workload,
    scheduler: cell.scheduler,
    label,
    repetitions: used.length,
    invalid: runs.length - valid.length,
    arrived: invocations.arrived,
    meanMs: over((run) => run.latencyMs.total.mean),
    p50Ms: over((run) => run.latencyMs.total.p50),
    p98Ms: over((run) => run.latencyMs.total.p98),
    partsMs: Object.fromEntries(latencyPartNames.map((name) => [name, over((run) => run.latencyMs[name].mean)])) as CellAverage['partsMs'],
    containers: over((run) => run.containers.launched),
    gbSeconds: over((run) => run.memory.gbSeconds),
    cpuSeconds: over((run) => run.cpu.coreSeconds),
  };
}

/** Gathers the repetitions of each cell; experiments and workloads in the order of execution, the base scheduler first. */
export function meanOverRepetitions(summaries: readonly CellSummary[], manifest: Manifest): CellAverage[] {
  const groups = new Map<string, CellSummary[]>();
  for (const summary of summaries) groups.set(keyOf(summary), [...(groups.get(keyOf(summary)) ?? []), summary]);
  const rows = [...groups.values()].map((runs) => {
    const { cell } = runs[0] as CellSummary;
    const twins = [...groups.values()].filter(([other]) => other?.cell.experiment === cell.experiment && other.cell.workload === cell.workload && other.cell.scheduler === cell.scheduler);
    const options = Object.entries(cell.parameters).map(([option, value]) => `${option}=${String(value)}`);
    return average(runs, twins.length > 1 ? `${cell.scheduler} ${options.join(' ')}` : cell.scheduler);
  });
  const schedulers = manifest.schedulers.map(({ name }) => name);
  const groupsInOrder = [...new Set(rows.map(groupOf))];
  const rank = ({ scheduler }: CellAverage): number => (scheduler === manifest.base ? -1 : schedulers.indexOf(scheduler));
  return rows.sort((a, b) => groupsInOrder.indexOf(groupOf(a)) - groupsInOrder.indexOf(groupOf(b)) || rank(a) - rank(b));
}
