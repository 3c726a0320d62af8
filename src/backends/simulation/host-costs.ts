import type { LaunchCosts } from './launch-model.js';

/** What the host and its runtime cost; from a host profile. All in ms, MB and cores. */
export interface HostCosts {
  /** As the operating system counts them. */
  readonly cores: number;
  /** What all of them do together; not whole where threads share one. */
  readonly effectiveCores: number;
  /** Most cores that a container uses at once; infinite: no limit. */
  readonly containerCores: number;
  readonly launch: LaunchCosts;
  /** CPU work in the container of taking a request and sending an outcome. */
  readonly requestCpuMs: number;
  /** The same, beyond that, for the first request of a container. */
  readonly firstRequestCpuMs: number;
  /** On the wire and in the harness: from dispatch to the container, and from the container to the outcome being known. */
  readonly requestMs: number;
  readonly responseMs: number;
  /** CPU work of starting a worker thread; 0: a thread costs nothing and every invocation gets one at once. */
  readonly threadStartCpuMs: number;
  /** Threads that share this work evenly. */
  readonly threadStartThreads: number;
  readonly containerMemoryMb: number;
  readonly threadMemoryMb: number;
  readonly invocationMemoryMb: number;
  /** Of all containers together; who needs more is lost. Infinite: no limit. */
  readonly hostMemoryMb: number;
}
