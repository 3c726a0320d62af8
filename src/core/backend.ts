import type { Container } from './container.js';
import type { ErrorCode } from './errors.js';
import type { FunctionSpec } from './function.js';
import type { Invocation, OutcomeStatus } from './invocation.js';
import type { ResourceCache, ResourceUsage } from './resource-cache.js';
import type { Capability, CpuClass, CpuState, ExecutionMode } from './scheduler.js';

/** Invocations sent to one container in one request. */
export interface Batch {
  readonly id: number;
  readonly mode: ExecutionMode;
  readonly invocations: readonly Invocation[];
}

/** How one invocation ended inside its container; times in ms from the start of the cell. */
export interface InvocationResult {
  readonly status: Exclude<OutcomeStatus, 'rejected'>;
  readonly errorCode: ErrorCode | undefined;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly cpuMs: number | undefined;
  readonly concurrency?: number | undefined;
  readonly containerCpuMs?: number | undefined;
  /** What went wrong, in one line. */
  readonly message?: string | undefined;
}

/** What a container used over its life, as far as the backend could tell. */
export interface ContainerUsage {
  readonly cpuMs: number | undefined;
  readonly peakMemoryMb: number | undefined;
  /** Undefined when it did not live to tell, or knows nothing of it. */
  readonly resources?: ResourceUsage | undefined;
}

/** Where a backend reports; it never calls these from inside one of its own methods, always later. */
export interface BackendListener {
  containerReady(containerId: number): void;
  invocationEnded(containerId: number, invocationId: number, result: InvocationResult): void;
  /** Gone though nobody retired it. No result follows for what it had. */
  containerLost(containerId: number, code: ErrorCode, reason: string): void;
  /** The last word on a container, retired or lost: its memory is free. */
  containerEnded(containerId: number, usage: ContainerUsage): void;
  /** The backend itself cannot go on. */
  backendFailed(code: ErrorCode, reason: string): void;
}

/** What a backend needs to know of a cell before it opens. */
export interface BackendCell {
  readonly listener: BackendListener;
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  /** The input of an invocation, as JSON data; kept from schedulers. */
  readonly inputOf: (invocationId: number) => unknown;
  /** How its containers share resources between invocations. */
  readonly resourceCache: ResourceCache;
  /** Environment of the containers, for example where storage is. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** See `SchedulerDefinition.serviceSliceMs`. */
  readonly serviceSliceMs?: number | undefined;
}

/** Where containers come from. One instance serves one cell. */
export interface Backend {
  readonly name: string;
  readonly cores: number;
  /** Address of this host on which services for functions must listen to be reached by its containers; undefined: loopback. */
  readonly serviceHost?: string | undefined;
  readonly capabilities: ReadonlySet<Capability>;
  /** Why a capability is not there that the backend has elsewhere, for example "chrt is not permitted". */
  readonly missingCapabilities?: ReadonlyMap<Capability, string>;
  open(cell: BackendCell): Promise<void>;
  /** May be called from inside `containerEnded`, which frees a place for it. */
  launch(container: Container): void;
  dispatch(container: Container, batch: Batch): void;
  /** Ends a container, softly if it answers and by force if not; `containerEnded` follows. */
  retire(container: Container): void;
  setCpuClass?(container: Container, cpuClass: CpuClass): void;
  /** There when `setCpuClass` is. Quick: a scheduler may ask every millisecond. */
  cpuState?(container: Container): CpuState;
  /** Ends every container and waits until nothing of the cell is left. Safe to call twice. */
  close(): Promise<void>;
}
