import { join } from 'node:path';
import { readHostProfile, SimulatedWorld, type HostProfile } from '../../src/backends/simulation/index.js';
import type { ContainerRow, FunctionSpec, Outcome, RowSink, SchedulerDefinition } from '../../src/core/index.js';
import { builtinSchedulers } from '../../src/schedulers/index.js';
import { PluginSchedulers, SimulatedCellRun, type PlannedCell } from '../../src/suites/index.js';

const testbed = readHostProfile(join(import.meta.dirname, '../../hosts/icdcs2023-testbed.yaml'));

/** A small host on which launches, requests and threads cost something. */
export const smallHost: HostProfile = {
  ...testbed,
  cores: 2,
  launch: { parallel: 2, latencyMs: 20, cpuMs: 30, threads: 1, perSecond: null },
  request: { cpuMs: 0.5, firstCpuMs: 1, toContainerMs: 0.4, fromContainerMs: 0.3 },
  thread: { startCpuMs: 4, startThreads: 1 },
  memory: { containerMb: 12, threadMb: 8, invocationMb: 1, hostMb: null },
  functions: {
    fib: { model: 'fib', loadLatencyMs: 0, loadCpuMs: 0, fib30Ms: 10 },
    blob: { model: 'client', loadLatencyMs: 5, loadCpuMs: 5, clientCpuMs: 8, clientServerCpuMs: 2, clientWaitMs: 1, cpuMs: 3, serverCpuMs: 1, waitMs: 12, firstCpuMs: 6 },
  },
};

export interface SmallInvocation {
  readonly atMs: number;
  readonly name: 'fib' | 'blob';
  /** Of fib. */
  readonly n: number;
}

/** Arrivals in bursts of five, of both functions and of works from a tenth to four times of 10 ms. */
export const someInvocations: readonly SmallInvocation[] = Array.from({ length: 60 }, (_item, index) => ({ atMs: 35 * Math.floor(index / 5), name: index % 3 === 0 ? 'blob' : 'fib', n: 25 + ((index * 5) % 8) }));

/** A cell of one function of each name, in memory. */
export function smallCell(definition: SchedulerDefinition, invocations: readonly SmallInvocation[] = someInvocations): PlannedCell {
  const functionIds = ['fib', 'blob'] as const;
  const kinds: Readonly<Record<SmallInvocation['name'], FunctionSpec['kind']>> = { fib: 'cpu', blob: 'io' };
  return {
    key: { id: `small.${definition.name}.r1`, experiment: 'small', workload: 'both', scheduler: definition.name, parameters: {}, repetition: 1 },
    definition,
    options: definition.options.parse({}),
    workload: {
      name: 'both',
      functions: new Map(functionIds.map((name) => [name, { functionId: name, name, kind: kinds[name], handlerPath: '', timeoutMs: 60_000, needs: [] }])),
      intendedMs: Float64Array.from(invocations, ({ atMs }) => atMs),
      functionIndex: Uint16Array.from(invocations, ({ name }) => functionIds.indexOf(name)),
      functionIds,
      inputOf: (id) => ({ n: invocations[id]?.n }),
      hash: 'both',
      notes: {},
    },
    resourceCache: { policy: definition.multiplexing ? 'unbounded' : 'off' },
    position: 0,
  };
}

/** The engine reuses its objects, and their latencies are getters. */
export function copyOf({ id, functionId, containerId, batchId, attempt, intendedMs, submittedMs, lagMs, schedulingMs, coldStartMs, queueMs, executionMs, responseMs, totalMs, cpuMs, concurrency, containerCpuMs, status, errorCode }: Outcome): Outcome {
  return { id, functionId, containerId, batchId, attempt, intendedMs, submittedMs, lagMs, schedulingMs, coldStartMs, queueMs, executionMs, responseMs, totalMs, cpuMs, concurrency, containerCpuMs, status, errorCode };
}

/** Rows of a cell. */
export class KeptRows implements RowSink {
  readonly invocations: Outcome[] = [];
  readonly containers: ContainerRow[] = [];
  samples = 0;

  invocation(outcome: Outcome): void {
    this.invocations.push(copyOf(outcome));
  }

  sample(): void {
    this.samples += 1;
  }

  container(row: ContainerRow): void {
    this.containers.push({ ...row });
  }
}

interface SmallRunOptions {
  readonly host?: HostProfile;
  readonly sink?: RowSink;
  readonly maxContainers?: number;
  readonly onWorld?: (world: SimulatedWorld) => void;
}

export function smallRun(cell: PlannedCell, { host = smallHost, sink = new KeptRows(), maxContainers, onWorld }: SmallRunOptions = {}): SimulatedCellRun {
  return new SimulatedCellRun(cell, sink, {
    settings: { seed: 1, keepAliveMs: 600_000, maxContainers: maxContainers ?? null, maxAttempts: 2, maxLagMs: 1, maxFailedShare: 0 },
    plugins: new PluginSchedulers(builtinSchedulers()),
    watchdogProgram: '',
    createWorld(needs) {
      const world = new SimulatedWorld({ host, ...needs });
      onWorld?.(world);
      return world;
    },
  });
}
