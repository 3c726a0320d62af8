import { grouped, latencyPartNames, type LatencyPartName } from '../core/index.js';
import { labelOf, type CellSummary, type Manifest } from '../results/index.js';
import { harmless } from './terminal-text.js';

/**
 * One row of a comparison: the mean over the valid repetitions of a cell. Percentiles of several repetitions are means of each
 * repetition's own percentile, each of one run; they are not percentiles of all invocations together.
 */
export interface CellAverage {
  readonly experiment: string;
  readonly workload: string;
  readonly scheduler: string;
  /** The scheduler, with the options that tell it from its twins where it stands in the experiment more than once. */
  readonly label: string;
  /** Why it was not run; undefined when it was. */
  readonly skipped: string | undefined;
  readonly parameters: CellSummary['cell']['parameters'];
  readonly repetitions: number;
  readonly invalid: number;
  /** Whether the numbers are those of valid cells. */
  readonly comparable: boolean;
  readonly arrived: number;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p98Ms: number | null;
  readonly partsMs: Readonly<Record<LatencyPartName, number | null>>;
  readonly containers: number | null;
  readonly gbSeconds: number | null;
  readonly cpuSeconds: number | null;
  /** Latency of the last one to complete, in ms: where all arrive at once, the makespan. */
  readonly maxMs: number | null;
  readonly peakMb: number | null;
  /** As the kernel recorded it, for containers that lived too short to be read. */
  readonly kernelPeakMb: number | null;
  /** Mean memory of a container over its life, in MB. */
  readonly mbPerContainer: number | null;
  /** What became of requests for resources; undefined when there were none. */
  readonly resources: ResourceAverage | undefined;
  /** What a cap of containers did: means of the counts, and the longest wait of all. Undefined without a cap. */
  readonly cap: CellSummary['containers']['cap'];
}

interface ResourceAverage {
  readonly policy: string;
  readonly capacity: number | undefined;
  readonly requests: number;
  /** Creations that did not fail. */
  readonly made: number;
  readonly evictions: number;
  readonly hitRate: number | null;
  /** Under optimal replacement with the same placement; null where the workload does not say who needs what. */
  readonly idealHitRate: number | null;
  /** Of one creation, mean. */
  readonly creationMs: number | null;
  readonly savedMb: number;
  readonly untoldContainers: number;
}

const bytesPerMb = 1_048_576;

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

function averageCap(runs: readonly CellSummary[]): CellAverage['cap'] {
  const caps = runs.flatMap(({ containers }) => containers.cap ?? []);
  const [first] = caps;
  if (first === undefined) return undefined;
  return {
    max: first.max,
    launchesWaited: mean(caps.map(({ launchesWaited }) => launchesWaited)) ?? 0,
    longestWaitMs: Math.max(...caps.map(({ longestWaitMs }) => longestWaitMs)),
    endedForOthers: mean(caps.map(({ endedForOthers }) => endedForOthers)) ?? 0,
  };
}

const mbPerGb = 1_024;

function mbPerContainer({ memory, containers }: CellSummary): number | null {
  const { containerSeconds } = containers;
  return memory.gbSeconds === null || containerSeconds === null || containerSeconds === 0 ? null : (memory.gbSeconds * mbPerGb) / containerSeconds;
}

/** Means over the repetitions; rates are of all requests together. */
function averageResources(runs: readonly CellSummary[]): ResourceAverage | undefined {
  const told = runs.flatMap(({ resources }) => resources ?? []);
  const [first] = runs;
  if (told.length === 0 || first === undefined) return undefined;
  const sum = (pick: (resources: (typeof told)[number]) => number): number => told.reduce((total, resources) => total + pick(resources), 0);
  const requests = sum(({ hits, misses }) => hits + misses);
  const made = sum(({ misses, failures }) => misses - failures);
  const idealRequests = sum(({ idealRequests: each }) => each ?? 0);
  return {
    policy: first.resourceCache?.policy ?? (first.multiplexing ? 'unbounded' : 'off'),
    capacity: first.resourceCache?.capacity,
    requests: requests / told.length,
    made: made / told.length,
    evictions: sum(({ evictions }) => evictions) / told.length,
    hitRate: requests === 0 ? null : sum(({ hits }) => hits) / requests,
    idealHitRate: idealRequests === 0 ? null : sum(({ idealHits }) => idealHits ?? 0) / idealRequests,
    creationMs: made === 0 ? null : sum(({ creationMs }) => creationMs) / made,
    savedMb: sum(({ savedBytes }) => savedBytes) / told.length / bytesPerMb,
    untoldContainers: sum(({ untoldContainers }) => untoldContainers),
  };
}

type RowKey = Pick<CellSummary['cell'], 'experiment' | 'workload' | 'scheduler' | 'parameters'>;

/** By all parameters: the label has those only that differ between the rows of one set. */
export function rowKey({ experiment, workload, scheduler, parameters }: RowKey): string {
  return JSON.stringify([experiment, workload, scheduler, Object.entries(parameters).sort()]);
}

/** What is compared with each other: the schedulers of one workload of one experiment. */
export function groupOf({ experiment, workload }: Pick<CellAverage, 'experiment' | 'workload'>): string {
  return harmless(`${experiment} · ${workload}`);
}

/** The repetitions that the numbers of a row are of: the valid ones. A row of invalid repetitions only is shown as it is, and marked. */
function counted(runs: readonly CellSummary[]): readonly CellSummary[] {
  const valid = runs.filter((run) => run.valid);
  const ran = runs.filter((run) => run.skipped === undefined);
  return [valid, ran].find(({ length }) => length > 0) ?? runs;
}

/** The cells that a row is made of: its valid repetitions, or all where none is. */
export function runsOf(row: RowKey, summaries: readonly CellSummary[]): readonly CellSummary[] {
  return counted(summaries.filter(({ cell }) => rowKey(cell) === rowKey(row)));
}

function average(runs: readonly CellSummary[], label: string): CellAverage {
  const valid = runs.filter((run) => run.valid);
  const ran = runs.filter((run) => run.skipped === undefined);
  const used = counted(runs);
  const { cell, invocations, skipped } = used[0] as CellSummary;
  const over = (pick: (run: CellSummary) => number | null): number | null => mean(used.map(pick));
  return {
    experiment: cell.experiment,
    workload: cell.workload,
    scheduler: cell.scheduler,
    label: harmless(label),
    skipped: skipped === undefined ? undefined : harmless(skipped),
    parameters: cell.parameters,
    repetitions: used.length,
    invalid: ran.length - valid.length,
    comparable: valid.length > 0,
    arrived: invocations.arrived,
    meanMs: over((run) => run.latencyMs.total.mean),
    p50Ms: over((run) => run.latencyMs.total.p50),
    p98Ms: over((run) => run.latencyMs.total.p98),
    partsMs: Object.fromEntries(latencyPartNames.map((name) => [name, over((run) => run.latencyMs[name].mean)])) as CellAverage['partsMs'],
    containers: over((run) => run.containers.launched),
    gbSeconds: over((run) => run.memory.gbSeconds),
    cpuSeconds: over((run) => run.cpu.coreSeconds),
    maxMs: over((run) => run.latencyMs.total.max),
    peakMb: over((run) => run.memory.peakMb),
    kernelPeakMb: over((run) => run.memory.kernelPeakMb ?? null),
    mbPerContainer: over(mbPerContainer),
    resources: averageResources(used),
    cap: averageCap(used),
  };
}

/** Gathers the repetitions of each cell; experiments and workloads in the order of execution, the base scheduler first, the others as in the suite. */
export function meanOverRepetitions(summaries: readonly CellSummary[], manifest: Manifest): CellAverage[] {
  const groups = grouped(summaries, ({ cell }) => rowKey(cell));
  const firsts = [...groups.values()].map(([first]) => (first as CellSummary).cell);
  const rows = [...groups.values()].map((runs, index) => average(runs, labelOf(firsts[index] as CellSummary['cell'], firsts)));
  const groupsInOrder = [...new Set(rows.map(groupOf))];
  const schedulers = manifest.schedulers.map(({ name }) => name);
  const positions = new Map(manifest.cells.map(({ experiment, workload, scheduler, parameters, position }) => [rowKey({ experiment, workload, scheduler, parameters }), position]));
  const place = (row: CellAverage): number => positions.get(rowKey(row)) ?? schedulers.indexOf(row.scheduler);
  const afterBase = (row: CellAverage): number => (row.scheduler === manifest.base ? 0 : 1);
  return rows.sort((a, b) => groupsInOrder.indexOf(groupOf(a)) - groupsInOrder.indexOf(groupOf(b)) || afterBase(a) - afterBase(b) || place(a) - place(b));
}

type PublishedCell = NonNullable<Manifest['published']>['cells'][number];

/** The published cell that stands for a row: of the same scheduler, and with the parameters that it names; none where another function or cache was run. */
export function publishedFor({ experiment, workload, scheduler, parameters }: RowKey, { published, workloads }: Manifest): PublishedCell | undefined {
  if ('cache' in parameters || workloads[workload]?.['insteadOf'] !== undefined) return undefined;
  return published?.cells.find(
    (cell) => cell.experiment === experiment && cell.workload === workload && cell.scheduler === scheduler && Object.entries(cell.parameters).every(([name, value]) => parameters[name] === value),
  );
}
