import type { Batch, WireOutcome } from '../../core/index.js';

/** What is told of a batch that was sent to a container. */
export interface BatchListener {
  onOutcome(outcome: WireOutcome): void;
  /** Once for each batch, after its last outcome, with what went wrong if something did. */
  onEnd(failure: string | undefined): void;
}

/** How batches reach one container. */
export interface ContainerClient {
  /** Whether outcomes say what became of requests for resources. */
  readonly tellsResources: boolean;
  runBatch(batch: Batch, inputOf: (id: number) => unknown, listener: BatchListener): void;
  /**
   * Calls back when no batch is under way. Used when the container is dead: what it had written before is still in the sockets and
   * counts, and the end of the sockets ends the batches.
   */
  whenDrained(callback: () => void): void;
  close(): void;
}
