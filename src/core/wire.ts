import type { ErrorCode } from './errors.js';
import type { FunctionSpec } from './function.js';
import type { OutcomeStatus } from './invocation.js';
import type { ResourceCache, ResourceUsage } from './resource-cache.js';

/**
 * What engine and container say to each other: the protocol of the paper's artifact (`/status`, `/init`, `/run`, `/batch_run`, snake
 * case names, `function_id` for what we call an invocation) with additions that an artifact image ignores.
 */

/** Header of `/batch_run` that names the execution mode; absent means expanded, as the artifact's FaaSBatch image does. */
export const modeHeader = 'x-fbb-mode';

export const ndjsonType = 'application/x-ndjson';

/** Body of `POST /init`. */
export interface WireInit {
  readonly workflow?: string;
  readonly function: string;
  /** Ours: everything the runtime needs to load the function. */
  readonly spec?: FunctionSpec;
  /** Absent: nothing is shared. */
  readonly resourceCache?: ResourceCache;
  /** Least attained service: expanded CPU invocations that have used more CPU time, in ms, yield to the others. */
  readonly serviceSliceMs?: number;
}

/** One item of the body of `POST /batch_run`, and the body of `POST /run`. */
export interface WireInvocation {
  readonly function_id: string;
  readonly input: unknown;
}

/** One line of a streamed answer; the unstreamed answer is one object of these keyed by `function_id`. */
export interface WireOutcome {
  readonly function_id: string;
  readonly status: Exclude<OutcomeStatus, 'rejected'>;
  readonly error_code?: ErrorCode;
  readonly message?: string;
  /** On the host's monotonic clock, in ms. */
  readonly started_ms: number;
  readonly ended_ms: number;
  readonly cpu_ms?: number;
  /** Handlers running in the container when it ended, itself included. */
  readonly concurrency?: number;
  /** CPU time of the container since its start, in ms. */
  readonly container_cpu_ms?: number;
  /** What became of all requests for resources in the container so far; absent when there were none. */
  readonly resources?: ResourceUsage;
  /** Execution and in-container wait in ms, as the artifact names them. */
  readonly exec_time: number;
  readonly queue_time: number;
  readonly result?: unknown;
}

/** What a container is told at its start, in the environment variable `FBB_CONTAINER`. */
export interface ContainerConfig {
  readonly socketPath?: string;
  readonly port?: number;
  /** Where the control connection is: file descriptor of a pipe, or path of a socket. When it closes, the container ends itself with all its descendants. */
  readonly controlFd?: number;
  readonly controlPath?: string;
  readonly init?: WireInit;
  readonly memoryLimitMb: number;
}

export const containerConfigVariable = 'FBB_CONTAINER';

/** The container's last words on the control connection. */
export interface WireUsage {
  readonly cpuMs: number;
  readonly peakMemoryMb: number;
}
