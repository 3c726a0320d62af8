import type { z } from 'zod';
import type { Timer } from './clock.js';
import type { Container, PoolView } from './container.js';
import type { DurationHistory } from './duration-history.js';
import type { Invocation, Outcome } from './invocation.js';
import type { CellProfile } from './profile.js';
import type { ResourceCache } from './resource-cache.js';
import type { Rng } from './rng.js';

/** How a container executes a batch: one after another, or in parallel inside the container. */
export type ExecutionMode = (typeof executionModes)[number];
export const executionModes = ['serial', 'expanded'] as const;

/** Something a backend may or may not be able to do, for example `cpu-class`. */
export type Capability = 'cpu-class';

/** Real-time class before fair share, as SFS needs it. */
export type CpuClass = (typeof cpuClasses)[number];
export const cpuClasses = ['fifo', 'fair'] as const;

/** Whether a container has work for a core right now, running or waiting for one, or waits for something else. */
export type CpuState = 'runnable' | 'sleeping';

/** What a scheduler may look at and do. All actions are checked; effects are the engine's. */
export interface SchedulerContext {
  /** Ms from the start of the cell. */
  readonly nowMs: number;
  readonly cores: number;
  /** Most containers that the cell may have at a time: beyond, launches wait, and idle containers are ended to make room. Undefined: no cap. */
  readonly maxContainers: number | undefined;
  setTimer(delayMs: number, callback: () => void): Timer;
  pool(functionId: string): PoolView;
  /** Starts a container; returns at once, state `starting`. */
  launch(functionId: string): Container;
  /**
   * Hands a batch to a container of the same function. A starting container gets it as soon as it is ready. A busy one gets it at
   * once: an `expanded` batch starts beside the work that is there, a `serial` batch waits inside for earlier serial batches.
   */
  assign(container: Container, invocations: readonly Invocation[], mode: ExecutionMode): void;
  /** Ends an idle or starting container that has no work. */
  retire(container: Container): void;
  /** Needs capability `cpu-class`. */
  setCpuClass(container: Container, cpuClass: CpuClass): void;
  /** Needs capability `cpu-class`. A container that is gone sleeps. */
  cpuState(container: Container): CpuState;
  history(functionId: string): DurationHistory;
}

/** A policy: synchronous decisions, no I/O, no clock of its own. Every hook but `onArrival` is optional. */
export interface Scheduler {
  /** A new invocation, or one whose container was lost (`attempt` > 1). */
  onArrival(invocation: Invocation, ctx: SchedulerContext): void;
  onContainerReady?(container: Container, ctx: SchedulerContext): void;
  onOutcome?(outcome: Outcome, container: Container, ctx: SchedulerContext): void;
  onContainerIdle?(container: Container, ctx: SchedulerContext): void;
  /** A container is gone that should not be; its unfinished invocations come back through `onArrival` right after this. */
  onContainerLost?(container: Container, ctx: SchedulerContext): void;
}

export interface SchedulerDeps {
  readonly rng: Rng;
  /** What an earlier cell measured; there for schedulers that name one in `profileOf`, and only for them. */
  readonly profile: CellProfile | undefined;
  /** How containers of the cell share resources; undefined where nobody says. */
  readonly resourceCache?: ResourceCache | undefined;
  /** Tells something that a reader of the results should know; kept with the cell, the first hundred lines. */
  readonly log: (line: string) => void;
}

/** A scheduler plug-in: what it is called, what can be set, what it needs, and how to make one for a cell. */
export interface SchedulerDefinition<Options extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly options: Options;
  readonly requires: readonly Capability[];
  /** Whether its containers share resources between invocations unless the suite says otherwise. */
  readonly multiplexing: boolean;
  /** Name of a scheduler whose cell on the same workload must have run before; its measurements come as `deps.profile`. */
  readonly profileOf?: string;
  /**
   * Least attained service inside an expanded container: invocations that have used more CPU time than this many ms yield to those that
   * have not. Undefined: all threads of a container are equal.
   */
  serviceSliceMs?(options: z.output<Options>): number | undefined;
  create(options: z.output<Options>, deps: SchedulerDeps): Scheduler;
}

type DefinitionInput<Options extends z.ZodType> = Omit<SchedulerDefinition<Options>, 'requires' | 'multiplexing'> &
  Partial<Pick<SchedulerDefinition<Options>, 'requires' | 'multiplexing'>>;

/** Types a scheduler plug-in and fills in what it left out. */
export function defineScheduler<Options extends z.ZodType>(definition: DefinitionInput<Options>): SchedulerDefinition<Options> {
  return { requires: [], multiplexing: false, ...definition };
}
