import type { LatencyPartName } from '../core/index.js';

/**
 * What a chart shows, apart from how it is drawn: plain data that fit into JSON. The pages and the figures for papers are drawn from it by
 * `src/page/charts`, and `tableOf` makes the rows of its download.
 */
export type Chart = LineChart | BarChart | IntervalChart | CostChart | TimelineChart;

/**
 * `percentile`: 0 to 1, drawn by how many of how many lie beyond (50 %, 90 %, 99 %, 99.9 % at equal distances); 1 itself cannot be drawn.
 * `category`: positions 0, 1, 2 … in `categories`.
 */
export interface Axis {
  /** Without its unit: `latency`. */
  readonly name: string;
  /** `ms`, `%`, `MB`; empty for counts. */
  readonly unit: string;
  readonly scale: 'linear' | 'log' | 'percentile' | 'category';
  readonly categories?: readonly string[];
}

/** What is drawn in the colour of a scheduler. */
export interface Of {
  /** As tables name it: the scheduler, with the options that tell it from its twins. */
  readonly label: string;
  /** Undefined for what belongs to none, as arrivals do. */
  readonly scheduler?: string;
  /** 0, 1, 2 …: counts rows of one scheduler in one chart, which share its colour and differ in dash and mark. */
  readonly twin?: number;
}

export interface LineSeries extends Of {
  /** In the order of x; a null leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** `step`: a value holds until the next one. `marks`: also a mark at each point, where there are few. `points`: marks alone. */
  readonly shape: 'line' | 'step' | 'marks' | 'points';
  /** What it is compared with and was not measured here: drawn dashed. */
  readonly reference?: true;
}

export interface LineChart {
  readonly kind: 'lines';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly LineSeries[];
}

/** What the values of one colour or pattern are: measured here, of others to compare with, or a part of a sum. */
export type BarRole = 'own' | 'reference' | LatencyPartName;

/** Bars that lie, a row a scheduler. */
export interface BarChart {
  readonly kind: 'bars';
  readonly rows: readonly Of[];
  readonly value: Axis;
  /** One of them, or several beside each other, or on each other; `values` in the order of `rows`. */
  readonly series: readonly { readonly label: string; readonly role: BarRole; readonly values: readonly (number | null)[] }[];
  readonly stacked: boolean;
}

/** Changes against a base, each with its interval; `value.scale` is linear, shares of 1. */
export interface IntervalChart {
  readonly kind: 'intervals';
  readonly value: Axis;
  readonly rows: readonly (Of & { readonly at: number; readonly from: number; readonly to: number; readonly verdict: 'better' | 'worse' | 'none' | 'tooFew' })[];
}

/** What a price needs to know; the reader chooses the prices. */
export interface CostRow extends Of {
  /** Measured memory of containers over their lives. */
  readonly measuredGbSeconds: number | null;
  /** The memory limit of a container over their lives. */
  readonly provisionedGbSeconds: number | null;
  readonly invocations: number;
}

export interface CostChart {
  readonly kind: 'cost';
  readonly rows: readonly CostRow[];
}

/** What happened in the containers of one cell; times in ms from the start of the cell, NaN-free. */
export interface TimelineChart {
  readonly kind: 'timeline';
  /** The cell. */
  readonly cell: string;
  readonly functions: readonly string[];
  /** Lanes from top to bottom, in the order of their launch; `readyMs` is null when it never was; `slots`: most invocations at a time. */
  readonly containers: readonly { readonly id: number; readonly function: number; readonly launchedMs: number; readonly readyMs: number | null; readonly retiredMs: number; readonly slots: number }[];
  /** `container`: position in `containers`. */
  readonly batches: readonly { readonly id: number; readonly container: number; readonly startMs: number; readonly endMs: number; readonly invocations: number }[];
  /**
   * Invocations that reached a container. `slot`: from 0, apart from others of the same time. `startMs` to `endMs`: its handler ran;
   * `totalMs` from its intended arrival until its outcome was known.
   */
  readonly invocations: readonly { readonly id: number; readonly container: number; readonly slot: number; readonly batch: number; readonly intendedMs: number; readonly startMs: number; readonly endMs: number; readonly coldStartMs: number; readonly queueMs: number; readonly totalMs: number; readonly completed: boolean }[];
}

/** Nothing less is on a logarithmic axis of latencies: what is stored as 0 took less than the µs to which times are stored. */
export const leastLogMs = 0.001;

/** A chart with what a reader needs to understand it. */
export interface Figure {
  /** Unique among the figures of a slice; also the name of its files. */
  readonly id: string;
  readonly title: string;
  /** How it was computed: a sentence or two. */
  readonly how: string;
  /** What is not in it, and why; what was thinned out. Empty when nothing was. */
  readonly caveats: readonly string[];
  readonly chart: Chart;
}
