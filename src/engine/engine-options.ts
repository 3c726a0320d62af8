import type { Backend, Clock, FbbError, FunctionSpec, Recorder, Scheduler } from '../core/index.js';
import type { HookWatch } from './scheduler-hooks.js';

/** What an engine is made of. */
export interface EngineOptions {
  readonly clock: Clock;
  readonly backend: Backend;
  readonly scheduler: Scheduler;
  readonly schedulerName: string;
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  readonly recorder: Recorder;
  /** An idle container is retired after this long. */
  readonly keepAliveMs: number;
  /** The backend has at most so many containers at a time, and further launches wait; undefined: as many as the scheduler launches. */
  readonly maxContainers?: number | undefined;
  /** How often an invocation may be started when its container is lost under it; 1 means no second try. */
  readonly maxAttempts: number;
  /** With work waiting, nothing running and no progress for this long, the scheduler is said to have stalled. */
  readonly stallTimeoutMs: number;
  /** Looks after hooks that do not return. */
  readonly hookWatch?: HookWatch | undefined;
  /** Called once: every arrival has ended, or the cell cannot go on. */
  onFinished(error: FbbError | undefined): void;
}

/** Counts that must agree at the end of a cell. */
export interface EngineCounts {
  readonly arrived: number;
  readonly ended: number;
  readonly retried: number;
  readonly launched: number;
  readonly peakContainers: number;
  readonly problemsLeftOut: number;
}
