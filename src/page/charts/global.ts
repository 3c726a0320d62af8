import type * as charts from './charts-main.js';

declare global {
  /** What the script before this one has defined: see charts-main.ts. */
  const FbbCharts: typeof charts;
}

export type ChartProgram = typeof charts;
export type MountedChart = charts.MountedChart;
