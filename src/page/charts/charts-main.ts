/** The program that draws, with ECharts in it: `FbbCharts` of a page, and of a context of Node for figures. */
export { MountedChart, svgOf } from './draw.js';
export { timelineKey, timelineSpan } from './timeline-option.js';
