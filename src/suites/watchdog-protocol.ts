/** What the watchdog thread is given. */
export interface WatchdogData {
  /** Shared memory; its places are those of `Pulse`. */
  readonly pulse: Int32Array;
  /** What to say when the hook of this number does not return; 0 means that none runs. */
  readonly sentences: readonly string[];
  /** Emitted with the sentence on `process`, in the first thread and in the midst of what does not return; must end the process. */
  readonly event: string;
}

/** A hook decides in microseconds: one that takes so much CPU time will not return. */
export const hookPatienceCpuMs = 5_000;

/** Places in the shared memory. */
export const Pulse = { hook: 0, calls: 1, stop: 2, size: 3 } as const;
