/**
 * What one invocation does, whatever the contention: first it makes a client (unless it shares one), then its work; each a stretch of CPU work
 * in its container, then CPU work of a server on the same host, then a wait for something outside of it. In ms.
 */
export interface Demand {
  /** CPU work before all that, of the first invocation of a container only. */
  firstCpuMs: number;
  clientCpuMs: number;
  clientServerCpuMs: number;
  clientWaitMs: number;
  cpuMs: number;
  serverCpuMs: number;
  waitMs: number;
}

/** Says what an invocation with this input demands, into an object that is used again and again. */
export type DemandOf = (input: unknown, into: Demand) => void;

/** How a function behaves on a host. */
export interface FunctionModel {
  /** What a container of it costs to start beyond any container: latency in the container engine, and CPU work; in ms. */
  readonly loadLatencyMs: number;
  readonly loadCpuMs: number;
  readonly demandOf: DemandOf;
}
