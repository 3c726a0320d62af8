/** How an invocation ended. */
export type OutcomeStatus = 'completed' | 'failed' | 'timedOut' | 'rejected';

/** One call of one function, as a scheduler sees it. It tells nothing of the future: no input, no duration. */
export interface Invocation {
  /** Position in the workload, from 0. */
  readonly id: number;
  readonly functionId: string;
  /** When the workload wanted it, in ms from the start of the cell. */
  readonly intendedMs: number;
  /** When the engine got it. */
  readonly submittedMs: number;
  /** 1 at first; higher when its container was lost and it came back. */
  readonly attempt: number;
  /**
   * What it will ask the resource multiplexer of its container for, where the workload tells: invocations with equal keys can share
   * one client.
   */
  readonly resourceKey?: string | undefined;
}

/**
 * The latency of one invocation, in ms from its intended arrival. The six parts add up to `totalMs`.
 */
export interface LatencyParts {
  /** Intended arrival to submission: the load generator was late. */
  readonly lagMs: number;
  /** Submission to dispatch into a ready container, less `coldStartMs`. */
  readonly schedulingMs: number;
  /** The part of that wait in which the container that got it was starting. */
  readonly coldStartMs: number;
  /** Dispatch to the start of the handler: transport and waiting inside the container. */
  readonly queueMs: number;
  /** The handler. */
  readonly executionMs: number;
  /** End of the handler to the engine knowing it. */
  readonly responseMs: number;
  readonly totalMs: number;
}

/** The names of the parts in the order in which they pass. */
export const latencyPartNames = ['lag', 'scheduling', 'coldStart', 'queue', 'execution', 'response'] as const;
export type LatencyPartName = (typeof latencyPartNames)[number];

/** An invocation that has ended. */
export interface Outcome extends Invocation, LatencyParts {
  readonly status: OutcomeStatus;
  readonly errorCode: string | undefined;
  /** -1 when it never reached a container. */
  readonly containerId: number;
  readonly batchId: number;
  /** CPU time of the handler's thread, where the platform tells it. */
  readonly cpuMs: number | undefined;
  /** How many invocations its container was executing when it ended, itself included, where the container tells. */
  readonly concurrency: number | undefined;
  /** CPU time of its container since the container's start when it ended, in ms, where the container tells. */
  readonly containerCpuMs: number | undefined;
}
