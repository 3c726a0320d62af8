/** What an earlier cell measured on the same workload. */
export interface CellProfile {
  /** Which cell it was. */
  readonly cellId: string;
  /** Total latency in ms below which a share `q` of the function's completed invocations stayed; undefined when none completed. */
  latencyQuantileMs(functionId: string, q: number): number | undefined;
  /** How many invocations of the function arrived from `fromMs` up to, not including, `toMs` of the cell. */
  arrivals(functionId: string, fromMs: number, toMs: number): number;
}
