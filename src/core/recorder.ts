import type { ContainerUsage } from './backend.js';
import type { Container } from './container.js';
import type { Outcome } from './invocation.js';
import type { ContainerRow, SampleRound } from './measures.js';

/** Takes down what happened in a cell. The objects are the engine's own: copy what you keep. */
export interface Recorder {
  containerLaunched(container: Container): void;
  invocationEnded(outcome: Outcome): void;
  /** `endedMs` is when it left service; usage follows separately because it is known only after the process is gone. */
  containerLeft(container: Container, endedMs: number): void;
  containerUsage(containerId: number, usage: ContainerUsage): void;
}

/** Where raw rows go, one at a time; the objects passed are only valid during the call. */
export interface RowSink {
  invocation(outcome: Outcome): void;
  /** At most about one a second, whatever the sums were made of. */
  sample(round: SampleRound): void;
  /** A container whose last word is known, in no certain order. */
  container(row: ContainerRow): void;
}
