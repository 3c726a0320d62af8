import type { SchedulerStyle } from './palette.js';

/** How charts look where they are drawn: a light or dark page, or a figure in a paper. */
export interface Look {
  /** Text and axes. */
  readonly ink: string;
  readonly quietInk: string;
  readonly grid: string;
  readonly surface: string;
  readonly fontFamily: string;
  readonly fontSize: number;
  /** Widths of what is drawn, in px. */
  readonly lineWidth: number;
  /** By the names of schedulers. */
  readonly styles: Readonly<Record<string, SchedulerStyle>>;
  /** Whether the chart brings its own legend; a page has one of buttons. */
  readonly legend: boolean;
}
