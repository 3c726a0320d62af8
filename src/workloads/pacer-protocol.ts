/** What the pacing thread is given; the arrays are shared memory. */
export interface PacerData {
  /** Ascending offsets from the start in ms. */
  readonly intendedMs: Float64Array;
  /** One cell: anything but 0 asks the thread to stop. */
  readonly stop: Int32Array;
}

/** Sent once to the thread: when to start, on the host's monotonic clock. */
export interface PacerStart {
  readonly startMs: number;
}

/** From the thread: how many invocations are due by now; the last one is the total. */
export type PacerDue = number;

/** The thread's first message, when it runs: its id for the kernel, or null where that cannot be known. */
export interface PacerReady {
  readonly threadId: number | null;
}
