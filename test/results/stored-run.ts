import { schemaVersion, type CellKey, type CellSummary, type Manifest } from '../../src/results/index.js';

type LatencySummary = CellSummary['latencyMs']['total'];
type ManifestCell = Manifest['cells'][number];

export interface SummaryNumbers {
  readonly cell?: Partial<CellKey>;
  readonly valid?: boolean;
  readonly problems?: string[];
  readonly skipped?: string;
  readonly notes?: string[];
  readonly arrived?: number;
  readonly total?: Partial<LatencySummary>;
  /** Means of the parts. */
  readonly parts?: Partial<Record<Exclude<keyof CellSummary['latencyMs'], 'total'>, number | null>>;
  readonly containers?: number;
  readonly cap?: CellSummary['containers']['cap'];
  readonly resourceCache?: CellSummary['resourceCache'];
  readonly resources?: Partial<NonNullable<CellSummary['resources']>>;
  readonly peakMb?: number | null;
  readonly gbSeconds?: number | null;
  readonly coreSeconds?: number;
}

function latency(given: Partial<LatencySummary>): LatencySummary {
  return { count: 10, mean: null, p50: null, p90: null, p95: null, p98: null, p99: null, p999: null, max: null, ...given };
}

export function keyOf(given: Partial<CellKey> = {}): CellKey {
  const key = { experiment: 'e2e', workload: 'icdcs-cpu', scheduler: 'baseline', parameters: {}, repetition: 1, ...given };
  return { id: `${key.experiment}.${key.workload}.${key.scheduler}.r${key.repetition}`, ...key };
}

const noResources = { hits: 0, misses: 0, failures: 0, evictions: 0, broken: 0, creationMs: 0, savedBytes: 0, peakInContainer: 0, untoldContainers: 0 };

/** The summary of a cell that went well, with the numbers that matter to a test. */
export function summaryOf({ cell, valid = true, problems = [], skipped, notes = [], arrived = 10, total = {}, parts = {}, containers = 1, cap, resourceCache, resources, peakMb = 1, gbSeconds = 0, coreSeconds = 0 }: SummaryNumbers = {}): CellSummary {
  const part = (name: keyof typeof parts): LatencySummary => latency({ mean: parts[name] ?? null });
  return {
    schema: schemaVersion,
    cell: keyOf(cell),
    valid,
    problems,
    notes,
    ...(skipped === undefined ? {} : { skipped }),
    workloadHash: 'w',
    multiplexing: false,
    ...(resourceCache === undefined ? {} : { resourceCache }),
    ...(resources === undefined ? {} : { resources: { ...noResources, ...resources } }),
    backend: 'process',
    invocations: { arrived, completed: arrived, failed: 0, timedOut: 0, rejected: 0, retried: 0 },
    errorCodes: {},
    latencyMs: {
      total: latency(total),
      lag: part('lag'),
      scheduling: part('scheduling'),
      coldStart: part('coldStart'),
      queue: part('queue'),
      execution: part('execution'),
      response: part('response'),
    },
    containers: { launched: containers, peak: containers, containerSeconds: 1, ...(cap === undefined ? {} : { cap }) },
    memory: { peakMb, meanMb: 1, gbSeconds, unsampledContainers: 0, source: 'pss' },
    cpu: { coreSeconds, sampledContainers: 0, meanUtilization: 0.5, hostMeanUtilization: null, hostStolenShare: null },
    loadGenerator: { lagP50Ms: 0.1, lagP99Ms: null, lagMaxMs: 0.2, realTime: false },
    sampler: { cpuMs: 10, coreShare: 0.01, rounds: 1, missedRounds: 0 },
    wallMs: 1_000,
  };
}

export function manifestCellOf(given: Partial<ManifestCell> = {}): ManifestCell {
  return { status: 'pending', workloadHash: 'w', multiplexing: false, ...keyOf(given), ...given };
}

/** A manifest of a suite named `tiny`, with the cells given. */
export function manifestOf(given: Partial<Manifest> = {}): Manifest {
  return {
    schema: schemaVersion,
    id: 'tiny-20260101T000000Z-0001',
    createdAt: '2026-01-01T00:00:00.000Z',
    status: 'complete',
    tool: { name: 'faasbatch-bench', version: '0.1.0', commit: null },
    command: 'faasbatch-bench suite tiny',
    suite: { name: 'tiny', hash: 'h', source: 'tiny.yaml' },
    backend: 'process',
    fib30Ms: null,
    settings: { keepAliveMs: 600_000, launchLimit: 4, containerMemoryMb: 1_024, containerCores: null, baseImage: null, images: {}, maxContainers: null, maxAttempts: 2, maxLagMs: 50, maxFailedShare: 0, storage: [], rows: true,
      warmupInvocations: 0 },
    host: { platform: 'linux', cores: 2, cpuGovernor: null },
    workloads: { 'icdcs-cpu': { hash: 'w', load: 0.35 } },
    schedulers: [
      { name: 'baseline', description: 'b', defaults: {}, plugin: null },
      { name: 'batching', description: 'c', defaults: { dispatchIntervalMs: 200 }, plugin: null },
      { name: 'batching-expanding', description: 'd', defaults: { dispatchIntervalMs: 200 }, plugin: null },
    ],
    selection: { experiments: null, workloads: null, schedulers: null, repeat: 1, limit: null, load: 0.35, seed: 1, reseed: false, set: null, cache: null, plugins: null },
    base: 'baseline',
    published: null,
    cells: [manifestCellOf()],
    ...given,
  };
}
