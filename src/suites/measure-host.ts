import { z } from 'zod';
import { defineScheduler, FbbError, fibGrowth, noSharing, unboundedSharing, type ContainerRow, type ExecutionMode, type FunctionSpec, type LatencyParts, type RowSink, type SchedulerDefinition, type Workload } from '../core/index.js';
import { median } from '../stats/index.js';
import type { FunctionFolder } from '../workloads/index.js';
import { runUnlessAborted } from './cell-run.js';
import type { PlannedCell } from './planned-cell.js';
import type { CreateCellRun } from './suite-runner.js';

/** What happened to one invocation of a measurement. */
interface MeasuredInvocation extends Pick<LatencyParts, 'queueMs' | 'executionMs' | 'responseMs'> {
  readonly id: number;
  readonly containerId: number;
  /** Of its container, up to its end. */
  readonly containerCpuMs: number;
}

interface Measurement {
  readonly invocations: readonly MeasuredInvocation[];
  readonly containers: readonly ContainerRow[];
}

interface Trial {
  readonly name: string;
  readonly folder: FunctionFolder;
  readonly atMs: readonly number[];
  readonly inputOf: (id: number) => unknown;
  /** Which containers take the invocations: a new one each, any that is idle, or one all of them. */
  readonly containers: 'new' | 'idle' | 'one';
  readonly mode: ExecutionMode;
  readonly multiplexing?: boolean;
}

/** What `calibrate` found out; see the fields of a host profile. All in ms, MB and cores. */
export interface HostMeasurements {
  readonly effectiveCores: number;
  readonly launchParallel: number;
  /** Of a launch alone. */
  readonly launchMs: number;
  readonly launchCpuMs: number;
  readonly requestCpuMs: number;
  readonly firstRequestCpuMs: number;
  readonly toContainerMs: number;
  readonly fromContainerMs: number;
  readonly threadStartMs: number;
  readonly threadStartCpuMs: number;
  readonly containerMb: number;
  readonly threadMb: number;
  readonly fib30Ms: number;
  readonly blob: { readonly loadCpuMs: number; readonly clientCpuMs: number; readonly clientWaitMs: number; readonly cpuMs: number; readonly waitMs: number; readonly firstCpuMs: number };
}

interface MeasureHostOptions {
  readonly createRun: CreateCellRun;
  readonly functions: { readonly fib: FunctionFolder; readonly blob: FunctionFolder };
  readonly cores: number;
  readonly launchParallel: number;
  /** About; decides how long the invocations are that are timed. */
  readonly fib30Ms: number;
  readonly onTrial: (name: string) => void;
  readonly signal: AbortSignal;
}

function evenly(count: number, gapMs: number, fromMs = 0): number[] {
  return Array.from({ length: count }, (_item, index) => fromMs + index * gapMs);
}

function trialScheduler({ containers, mode, multiplexing }: Trial): SchedulerDefinition {
  return defineScheduler({
    name: 'calibration',
    description: 'places the invocations of a measurement',
    options: z.strictObject({}),
    multiplexing: multiplexing ?? false,
    create: () => ({
      onArrival(invocation, ctx) {
        const { idle, busy, starting } = ctx.pool(invocation.functionId);
        const there = { new: undefined, idle: idle[0], one: idle[0] ?? busy[0] ?? starting[0] }[containers];
        ctx.assign(there ?? ctx.launch(invocation.functionId), [invocation], mode);
      },
    }),
  });
}

function cellOf(trial: Trial): PlannedCell {
  const { name: functionName, kind, handlerPath, timeoutMs, needs } = trial.folder;
  const spec: FunctionSpec = { functionId: 'f', name: functionName, kind, handlerPath, timeoutMs, needs };
  const count = trial.atMs.length;
  const workload: Workload = {
    name: trial.name,
    functions: new Map([['f', spec]]),
    intendedMs: Float64Array.from(trial.atMs),
    functionIndex: new Uint16Array(count),
    functionIds: ['f'],
    inputOf: trial.inputOf,
    hash: '',
    notes: {},
  };
  const definition = trialScheduler(trial);
  const key = { id: `calibration.${trial.name}`, experiment: 'calibration', workload: trial.name, scheduler: definition.name, parameters: {}, repetition: 1 };
  return { key, definition, options: {}, workload, resourceCache: definition.multiplexing ? unboundedSharing : noSharing, position: 0 };
}

type RunTrial = (trial: Trial) => Promise<Measurement>;

async function runTrial(trial: Trial, { createRun, onTrial, signal }: MeasureHostOptions): Promise<Measurement> {
  onTrial(trial.name);
  const invocations: MeasuredInvocation[] = [];
  const containers: ContainerRow[] = [];
  const sink: RowSink = {
    invocation: ({ id, containerId, queueMs, executionMs, responseMs, containerCpuMs = Number.NaN }) => invocations.push({ id, containerId, queueMs, executionMs, responseMs, containerCpuMs }),
    sample: () => undefined,
    container: (row) => containers.push(row),
  };
  const { summary } = await runUnlessAborted(createRun(cellOf(trial), sink, undefined), signal);
  const { completed, arrived } = summary.invocations;
  if (completed < trial.atMs.length) throw new FbbError('FBB_ERR_CALIBRATION_FAILED', `Only ${completed} of ${arrived} invocations of '${trial.name}' completed: ${summary.problems.join('; ')}.`);
  invocations.sort((x, y) => x.id - y.id);
  return { invocations, containers };
}

interface CoreMeasurements {
  readonly effectiveCores: number;
  /** In a container, where nothing else runs. */
  readonly fib30Ms: number;
}

/** How much faster all cores are together than one: threads of one core share it, and this harness runs beside. */
async function measureCores(run: RunTrial, { functions, cores, fib30Ms }: MeasureHostOptions): Promise<CoreMeasurements> {
  const n = 30 + Math.round(Math.log(400 / fib30Ms) / Math.log(fibGrowth));
  const rounds = 4;
  const gapMs = 1_500;
  // The first arrivals only bring containers up; then, by turns, one alone and one a core.
  const atMs = [...evenly(cores, 0), ...evenly(rounds, 0).flatMap((_zero, round) => [1_000 + 2 * round * gapMs, ...evenly(cores, 0, 1_000 + (2 * round + 1) * gapMs)])];
  const { invocations } = await run({ name: 'cores', folder: functions.fib, atMs, inputOf: (id) => ({ n: id < cores ? 20 : n }), containers: 'idle', mode: 'serial' });
  const isAlone = ({ id }: MeasuredInvocation): boolean => (id - cores) % (cores + 1) === 0;
  const measured = invocations.slice(cores);
  const aloneMs = median(measured.filter(isAlone).map(({ executionMs }) => executionMs));
  const togetherMs = median(measured.filter((invocation) => !isAlone(invocation)).map(({ executionMs }) => executionMs));
  return { effectiveCores: Math.min(cores, (cores * aloneMs) / togetherMs), fib30Ms: aloneMs * fibGrowth ** (30 - n) };
}

/** Of launches that have the machine for themselves. */
function launchMs({ containers }: Measurement): number {
  return median(containers.map(({ launchedMs, readyMs }) => readyMs - launchedMs));
}

interface LaunchMeasurements {
  readonly aloneMs: number;
  readonly cpuMs: number;
  readonly firstQueueMs: number;
  /** Of a container up to the end of its first invocation. */
  readonly containerCpuMs: number;
  readonly containerMb: number;
}

/** Launches one at a time, and all at once: a burst tells what a launch costs the cores, whoever does the work. */
async function measureLaunches(run: RunTrial, cores: number, { functions }: MeasureHostOptions): Promise<LaunchMeasurements> {
  const common = { folder: functions.fib, inputOf: () => ({ n: 1 }), containers: 'new', mode: 'serial' } as const;
  const apart = await run({ ...common, name: 'launches one by one', atMs: evenly(10, 600) });
  const burstSize = 24;
  const burst = await run({ ...common, name: 'launches at once', atMs: evenly(burstSize, 0) });
  const aloneMs = launchMs(apart);
  const makespanMs = Math.max(...burst.containers.map(({ readyMs }) => readyMs)) - Math.min(...burst.containers.map(({ launchedMs }) => launchedMs));
  const cpuMs = (makespanMs * cores) / burstSize;
  return {
    aloneMs,
    cpuMs,
    firstQueueMs: median(apart.invocations.map(({ queueMs }) => queueMs)),
    containerCpuMs: median(apart.invocations.map(({ containerCpuMs }) => containerCpuMs)),
    containerMb: median(apart.containers.flatMap(({ peakMemoryMb = Number.NaN }) => (Number.isNaN(peakMemoryMb) ? [] : [peakMemoryMb]))),
  };
}

/** CPU time of a container per invocation, between the first and the last of them. */
function cpuPerInvocationMs(invocations: readonly MeasuredInvocation[]): number {
  const first = invocations[1] as MeasuredInvocation;
  const last = invocations[invocations.length - 1] as MeasuredInvocation;
  return (last.containerCpuMs - first.containerCpuMs) / (invocations.length - 2);
}

interface RequestMeasurements {
  readonly requestCpuMs: number;
  readonly toContainerMs: number;
  readonly fromContainerMs: number;
}

/** Invocations that do nothing, one at a time in a warm container. */
async function measureRequests(run: RunTrial, { functions }: MeasureHostOptions): Promise<RequestMeasurements> {
  const { invocations } = await run({ name: 'requests', folder: functions.fib, atMs: evenly(80, 25), inputOf: () => ({ n: 1 }), containers: 'one', mode: 'serial' });
  const warm = invocations.slice(20);
  const requestCpuMs = cpuPerInvocationMs(warm);
  const queueMs = median(warm.map((invocation) => invocation.queueMs));
  return { requestCpuMs, toContainerMs: Math.max(0, queueMs - requestCpuMs), fromContainerMs: median(warm.map(({ responseMs }) => responseMs)) };
}

interface ThreadMeasurements {
  readonly threadStartMs: number;
  readonly threadStartCpuMs: number;
  readonly threadMb: number;
}

/** What a worker thread costs: the first expanded invocation of a container against its first serial one. */
async function measureThreads(run: RunTrial, launches: LaunchMeasurements, { functions }: MeasureHostOptions): Promise<ThreadMeasurements> {
  const { invocations, containers } = await run({ name: 'threads', folder: functions.fib, atMs: evenly(8, 600), inputOf: () => ({ n: 1 }), containers: 'new', mode: 'expanded' });
  const cpuMs = median(invocations.map(({ containerCpuMs }) => containerCpuMs));
  const memoryMb = median(containers.flatMap(({ peakMemoryMb = Number.NaN }) => (Number.isNaN(peakMemoryMb) ? [] : [peakMemoryMb])));
  const startMs = median(invocations.map(({ queueMs }) => queueMs)) - launches.firstQueueMs;
  return { threadStartMs: Math.max(0, startMs), threadStartCpuMs: Math.max(0, cpuMs - launches.containerCpuMs), threadMb: Math.max(0, memoryMb - launches.containerMb) };
}

/** Storage clients: with one for each invocation, and with one for all. */
async function measureBlob(run: RunTrial, { launches, requestCpuMs }: { readonly launches: LaunchMeasurements; readonly requestCpuMs: number }, { functions }: MeasureHostOptions): Promise<HostMeasurements['blob']> {
  const bytes = 5_304;
  const common = { folder: functions.blob, atMs: evenly(50, 60), inputOf: (id: number) => ({ key: `calibration-${id}`, bytes }), containers: 'one', mode: 'serial' } as const;
  const alone = await run({ ...common, name: 'launches with a storage library', atMs: evenly(8, 700), containers: 'new', multiplexing: false });
  const own = (await run({ ...common, name: 'a storage client each', multiplexing: false })).invocations;
  const shared = (await run({ ...common, name: 'one storage client', multiplexing: true })).invocations;
  const executionOf = (invocations: readonly MeasuredInvocation[]): number => median(invocations.slice(10).map(({ executionMs }) => executionMs));
  const [ownMs, sharedMs] = [executionOf(own), executionOf(shared)];
  const [ownCpuMs, sharedCpuMs] = [cpuPerInvocationMs(own.slice(10)), cpuPerInvocationMs(shared.slice(10))];
  const clientCpuMs = Math.max(0, Math.min(ownCpuMs - sharedCpuMs, ownMs - sharedMs));
  const cpuMs = Math.max(0, Math.min(sharedCpuMs - requestCpuMs, sharedMs));
  return {
    loadCpuMs: Math.max(0, launchMs(alone) - launches.aloneMs),
    clientCpuMs,
    clientWaitMs: Math.max(0, ownMs - sharedMs - clientCpuMs),
    cpuMs,
    waitMs: sharedMs - cpuMs,
    firstCpuMs: Math.max(0, Math.min((own[0] as MeasuredInvocation).executionMs, (shared[0] as MeasuredInvocation).executionMs) - ownMs),
  };
}

/** Measures what the simulation must know of this machine, by cells like those that it is to simulate. Takes about 40 s. */
export async function measureHost(options: MeasureHostOptions): Promise<HostMeasurements> {
  const run: RunTrial = (trial) => runTrial(trial, options);
  const { effectiveCores, fib30Ms } = await measureCores(run, options);
  const launches = await measureLaunches(run, effectiveCores, options);
  const requests = await measureRequests(run, options);
  const threads = await measureThreads(run, launches, options);
  const blob = await measureBlob(run, { launches, requestCpuMs: requests.requestCpuMs }, options);
  const measured = {
    effectiveCores,
    launchParallel: options.launchParallel,
    launchMs: launches.aloneMs,
    launchCpuMs: launches.cpuMs,
    containerMb: launches.containerMb,
    firstRequestCpuMs: Math.max(0, launches.firstQueueMs - requests.toContainerMs - requests.requestCpuMs),
    ...requests,
    ...threads,
    fib30Ms,
    blob,
  };
  checkKnown(measured);
  return measured;
}

/** A profile with gaps could be written and not read again. CPU time of containers is told under Linux only. */
function checkKnown({ blob, ...others }: HostMeasurements): void {
  const unknown = Object.entries({ ...others, ...blob }).filter(([, value]) => !Number.isFinite(value)).map(([name]) => name);
  if (unknown.length > 0) throw new FbbError('FBB_ERR_CALIBRATION_FAILED', `This machine does not tell what is needed for: ${unknown.join(', ')}.`, { fix: 'Calibrate under Linux, or write a host profile by hand; docs/simulation.md describes it.' });
}
