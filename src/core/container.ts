export type ContainerState = 'starting' | 'idle' | 'busy' | 'retired' | 'lost';

/** A container as schedulers and recorders see it. Times are in ms from the start of the cell. */
export interface Container {
  readonly id: number;
  readonly functionId: string;
  readonly state: ContainerState;
  /** When it was handed to the backend; while its launch waits under a cap of containers, when the scheduler asked for it. */
  readonly launchedMs: number;
  /** NaN until it is ready. */
  readonly readyMs: number;
  /** Invocations assigned to it that have not ended. */
  readonly inFlight: number;
  /** Batches assigned to it so far. */
  readonly batches: number;
  /** Invocations that ended in it so far. */
  readonly served: number;
}

/**
 * The live containers of one function. The arrays are the engine's own: assigning or retiring a container moves it at once, so take
 * what you need before you act (for example `idle.at(-1)`), or copy before you loop.
 */
export interface PoolView {
  /** Ready and without work; most recently used last. */
  readonly idle: readonly Container[];
  readonly busy: readonly Container[];
  /** Asked for and not ready; a batch assigned to one of them waits until it is. */
  readonly starting: readonly Container[];
}
