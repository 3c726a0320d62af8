import { z } from 'zod';
import { cachePolicies, latencyPartNames } from '../core/index.js';

/** Raised when a stored file changes in a way that an older reader would get wrong. */
export const schemaVersion = 1;

const nullableNumber = z.number().nullable();
const count = z.number().int().min(0);
const amount = z.number().min(0);
const nullableAmount = amount.nullable();

const latencySummarySchema = z.object({
  count,
  // A part is the difference of two instants, which two threads may have read and which floating point rounds: 0 can come out a little below.
  mean: z.number().min(-1).nullable(),
  p50: nullableAmount,
  p90: nullableAmount,
  p95: nullableAmount,
  p98: nullableAmount,
  p99: nullableAmount,
  p999: nullableAmount,
  max: nullableAmount,
});

/** An id is a name of a folder, too: it may not lead out of where it is put, nor hide there. */
const cellIdSchema = z.string().regex(/^[^./\\\0][^/\\\0]*$/, 'must be a name of a folder: not empty, no slash, no point first');

const parametersSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));

const cellKeySchema = z.object({
  id: cellIdSchema,
  experiment: z.string(),
  workload: z.string(),
  scheduler: z.string(),
  parameters: parametersSchema,
  repetition: z.number().int().positive(),
});

export const summarySchema = z.object({
  schema: z.literal(schemaVersion),
  cell: cellKeySchema,
  valid: z.boolean(),
  /** What a reader must know before trusting the numbers; empty is best. */
  problems: z.array(z.string()),
  /** Why it was not run: the backend cannot do what the scheduler needs. Nothing was measured then. */
  skipped: z.string().optional(),
  /** What the scheduler told, the first hundred lines. */
  notes: z.array(z.string()).default([]),
  /** The cell whose measurements the scheduler was given. */
  profile: z.string().optional(),
  workloadHash: z.string(),
  multiplexing: z.boolean(),
  backend: z.string(),
  invocations: z.object({
    arrived: count,
    completed: count,
    failed: count,
    timedOut: count,
    rejected: count,
    retried: count,
  }),
  errorCodes: z.record(z.string(), count),
  /** Completed invocations that waited for a container that was starting; result sets of earlier versions do not tell. */
  coldStarts: count.optional(),
  latencyMs: z.object({
    total: latencySummarySchema,
    lag: latencySummarySchema,
    scheduling: latencySummarySchema,
    coldStart: latencySummarySchema,
    queue: latencySummarySchema,
    execution: latencySummarySchema,
    response: latencySummarySchema,
  }),
  /** Null is unknown, which it is in imported results only. */
  containers: z.object({
    launched: count.nullable(),
    peak: count.nullable(),
    containerSeconds: nullableAmount,
    /** With `--max-containers`: launches that waited for a place, the longest of these waits, and idle containers that were ended to make room. */
    cap: z.object({ max: count, launchesWaited: count, longestWaitMs: amount, endedForOthers: count }).optional(),
  }),
  memory: z.object({
    peakMb: nullableAmount,
    meanMb: nullableAmount,
    gbSeconds: nullableAmount,
    unsampledContainers: count,
    kernelPeakMb: nullableAmount.optional(),
    source: z.enum(['pss', 'rss', 'cgroup', 'docker-stats', 'model']).nullable(),
  }),
  /** CPU time of the containers: null where only that of the host is known. */
  cpu: z.object({ coreSeconds: nullableAmount, sampledContainers: count, meanUtilization: nullableAmount, hostMeanUtilization: nullableNumber, hostStolenShare: nullableNumber.default(null) }),
  /** Where only the host as a whole was watched, as in imported results: CPU time of all its cores, and memory in use at first, on average and at most. */
  host: z.object({ cpuCoreSeconds: amount, memoryFirstMb: amount, memoryMeanMb: amount, memoryMaxMb: amount }).optional(),
  /** How containers shared resources between invocations; absent in result sets of earlier versions. */
  resourceCache: z.object({ policy: z.enum(cachePolicies), capacity: count.optional() }).optional(),
  /**
   * What became of the requests for resources, over all containers; absent when there were none. `idealHits`: what Belady's optimal
   * replacement would have hit with the same requests in the same containers and the same capacity, of `idealRequests` whose resource
   * the workload names.
   */
  resources: z
    .object({
      hits: count,
      misses: count,
      failures: count,
      evictions: count,
      broken: count,
      creationMs: z.number(),
      savedBytes: z.number(),
      peakInContainer: count,
      untoldContainers: count,
      idealHits: count.optional(),
      idealRequests: count.optional(),
    })
    .optional(),
  /** `realTime`: whether engine and pacing thread ran in the real-time class, out of the containers' way. */
  loadGenerator: z.object({ lagP50Ms: nullableAmount, lagP99Ms: nullableAmount, lagMaxMs: nullableAmount, realTime: z.boolean() }),
  /** What sampling cost; null when the sampler did not live to tell. */
  sampler: z.object({ cpuMs: amount, coreShare: amount, rounds: count, missedRounds: count }).nullable(),
  /** What engine and load generator cost; result sets of earlier versions do not tell. */
  harness: z.object({ cpuMs: amount, coreShare: amount }).optional(),
  /** What a clairvoyant policy would reach with the same work: all warm, shortest remaining CPU time first. Known where the work is: in simulations. */
  bound: z.object({ cores: count, latencyMs: latencySummarySchema }).optional(),
  /** From the first intended second to the end of the last invocation; null where nobody tells. */
  wallMs: nullableAmount,
});

export type CellSummary = z.output<typeof summarySchema>;
export type CellKey = z.output<typeof cellKeySchema>;

const cellStatuses = ['pending', 'valid', 'invalid', 'failed', 'skipped', 'interrupted'] as const;

const manifestCellSchema = cellKeySchema.extend({
  status: z.enum(cellStatuses),
  /** Why it was skipped. */
  reason: z.string().optional(),
  /** Where the suite lists its scheduler among those of the experiment; tables keep to it. */
  position: z.number().int().optional(),
  workloadHash: z.string(),
  multiplexing: z.boolean(),
});

function refuseTwins(cells: readonly { readonly id: string }[], ctx: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { id }] of cells.entries()) {
    if (seen.has(id)) ctx.addIssue({ code: 'custom', path: [index, 'id'], message: `'${id}' is there twice` });
    seen.add(id);
  }
}

/** Where a scheduler came from that is not built in, as it was named, and what it was. */
const pluginSchema = z.object({ specifier: z.string(), version: z.string().nullable(), hash: z.string() });

export const manifestSchema = z.object({
  schema: z.literal(schemaVersion),
  id: z.string(),
  createdAt: z.string(),
  status: z.enum(['running', 'complete', 'interrupted']),
  tool: z.object({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  command: z.string(),
  suite: z.object({ name: z.string(), hash: z.string(), source: z.string() }),
  /** `artifact`: imported, not run here. */
  backend: z.string(),
  fib30Ms: nullableNumber,
  /** Null in imported results is unknown. */
  settings: z.object({
    keepAliveMs: nullableNumber,
    /** Null in simulations: the host profile says. */
    launchLimit: z.number().int().nullable(),
    containerMemoryMb: z.number().nullable(),
    /** Cores that a container may use at once; null: all. */
    containerCores: z.number().int().nullable().default(null),
    /** Docker: what the function image is built upon; null: this machine's own Node. */
    baseImage: z.string().nullable().default(null),
    /** Docker: images that stand for functions, by the name of the function. */
    images: z.record(z.string(), z.string()).default({}),
    /** Containers that a cell may have at a time; null: as many as its scheduler launches. */
    maxContainers: z.number().int().nullable().default(null),
    maxAttempts: z.number().int().nullable(),
    maxLagMs: nullableNumber,
    maxFailedShare: z.number(),
    warmupInvocations: z.number().int(),
    /** Storages that ran already, as `--storage` named them, without user and password. */
    storage: z.array(z.string()).default([]),
    /** Whether each invocation has a row. */
    rows: z.boolean().default(true),
  }),
  host: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  workloads: z.record(z.string(), z.record(z.string(), z.union([z.number(), z.string()]))),
  /** What a cell used stands in its `parameters`. */
  schedulers: z.array(z.object({ name: z.string(), description: z.string(), defaults: parametersSchema, plugin: pluginSchema.nullable().default(null) })),
  /** The part of the suite that was asked for; resuming asks for the same. */
  selection: z.object({
    experiments: z.array(z.string()).nullable(),
    workloads: z.array(z.string()).nullable(),
    schedulers: z.array(z.string()).nullable(),
    repeat: z.number().int().positive(),
    limit: z.number().int().positive().nullable(),
    load: nullableNumber,
    seed: z.number().int().nullable(),
    /** Whether each repetition has a workload of its own, drawn anew. */
    reseed: z.boolean().default(false),
    /** What `--set` said. */
    set: z.array(z.string()).nullable().default(null),
    /** What `--cache` said. */
    cache: z.string().nullable().default(null),
    /** The plug-ins that `--scheduler` named. */
    plugins: z.array(z.string()).nullable().default(null),
  }),
  /** The scheduler every other one of an experiment is compared with. */
  base: z.string(),
  published: z
    .object({
      source: z.string(),
      cells: z.array(
        z.object({
          experiment: z.string(),
          workload: z.string(),
          scheduler: z.string(),
          parameters: parametersSchema.default({}),
          meanMs: z.number(),
          p50Ms: z.number(),
          p98Ms: z.number(),
          containers: z.number(),
          partsMs: z.partialRecord(z.enum(latencyPartNames), z.number()).default({}),
        }),
      ),
    })
    .nullable(),
  /** Where results came from that were not measured by this program, and the files they were read from. */
  imported: z.object({ from: z.string(), files: z.array(z.object({ path: z.string(), bytes: z.number().int(), sha256: z.string() })) }).optional(),
  /** In the order of execution. */
  cells: z.array(manifestCellSchema).superRefine(refuseTwins),
});

export type Manifest = z.output<typeof manifestSchema>;
export type CellStatus = (typeof cellStatuses)[number];
