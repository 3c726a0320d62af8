import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { describeError, FbbError } from '../../core/index.js';

const ms = z.number().min(0);
/** What a container of the function costs to start beyond any container. */
const loading = {
  loadLatencyMs: ms.default(0).describe('latency of a launch in the container engine, in addition'),
  loadCpuMs: ms.default(0).describe('CPU work of loading the function'),
};

/** How an invocation of a function spends its time on this host, alone; see `functionModels`. */
const functionSchema = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('fib'), ...loading, fib30Ms: z.number().positive() }),
  z.strictObject({
    model: z.literal('client'),
    ...loading,
    clientCpuMs: ms.describe('CPU work of making a client'),
    clientServerCpuMs: ms.default(0).describe('CPU work of a server on this host meanwhile, which does one thing at a time'),
    clientWaitMs: ms.describe('waiting for something outside meanwhile'),
    cpuMs: ms.describe('CPU work with the client'),
    serverCpuMs: ms.default(0).describe('CPU work of the server meanwhile'),
    waitMs: ms.describe('waiting for something outside meanwhile'),
    firstCpuMs: ms.default(0).describe('CPU work that the first invocation of a container does besides'),
  }),
  z.strictObject({ ...loading, model: z.literal('stated').describe('the input says how long: { cpuMs, waitMs }') }),
]);

/** What a host costs: measured here by `calibrate`, or taken from figures that somebody published. */
const hostProfileSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    description: z.string(),
    source: z.string().describe('where the figures are from'),
    cores: z.number().int().positive().describe('as the operating system counts them: what schedulers see, and what the load of a workload is scaled to'),
    effectiveCores: z.number().positive().nullable().default(null).describe('what all of them do together, as a multiple of what one does alone: less where threads share a core; null: as many as cores'),
    containerCores: z.number().positive().nullable().default(null).describe('most cores that a container uses at once, as with docker --cpus; null: no limit'),
    launch: z.strictObject({
      parallel: z.number().int().positive().nullable().default(null).describe('launches under way at once; null: no limit'),
      latencyMs: ms.describe('of a launch alone, besides its CPU work'),
      cpuMs: ms.describe('CPU work of a launch'),
      threads: z.number().int().positive().default(1).describe('threads that share this work evenly'),
      perSecond: z.number().positive().nullable().default(null).describe('most launches a second; null: no limit'),
    }),
    request: z.strictObject({
      cpuMs: ms.describe('CPU work in the container of taking a request and sending an outcome'),
      firstCpuMs: ms.default(0).describe('the same for the first request of a container, in addition'),
      toContainerMs: ms.describe('latency from dispatch to the container'),
      fromContainerMs: ms.describe('latency from the end of a handler to the outcome being known'),
    }),
    thread: z.strictObject({
      startCpuMs: ms.describe('CPU work of starting a worker thread; 0: everybody gets one at once'),
      startThreads: z.number().int().positive().default(1).describe('threads that share this work evenly'),
    }),
    memory: z.strictObject({ containerMb: ms, threadMb: ms, invocationMb: ms, hostMb: z.number().positive().nullable().default(null) }),
    functions: z.record(z.string(), functionSchema),
  })
  .refine(({ cores, effectiveCores }) => effectiveCores === null || effectiveCores <= cores, { path: ['effectiveCores'], message: 'Too big: expected at most cores' });

export type HostProfile = z.output<typeof hostProfileSchema>;
export type FunctionProfile = HostProfile['functions'][string];

/** Reads a host profile; throws one error that lists every problem with its place. */
export function readHostProfile(path: string): HostProfile {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new FbbError('FBB_ERR_HOST_PROFILE', `The host profile ${path} cannot be read: ${describeError(thrown)}.`);
  }
  const { success, data, error } = hostProfileSchema.safeParse(content);
  if (success) return data;
  const problems = error.issues.map(({ path: place, message }) => `  ${place.join('.') || '(top)'}: ${message}`);
  throw new FbbError('FBB_ERR_HOST_PROFILE', `The host profile ${path} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.join('\n')}`);
}

/** As `readHostProfile` reads it. */
export function formatHostProfile(profile: HostProfile): string {
  return stringify(profile, { lineWidth: 140 });
}
