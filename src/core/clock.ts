/** A pending callback; `cancel` after it has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time since the start of the cell, in milliseconds, and timers on the same time line. */
export interface Clock {
  nowMs(): number;
  setTimer(delayMs: number, callback: () => void): Timer;
}
