export type { Axis, BarChart, BarRole, Chart, CostChart, CostRow, Figure, IntervalChart, LineChart, LineSeries, Of, TimelineChart } from './chart.js';
export { leastLogMs } from './chart.js';
export { costBars, usualPrices, type PriceModel } from './cost.js';
export type { Look } from './look.js';
export { packedJson, unpackedJson } from './packing.js';
export { neutralStyle, partColours, stylesOf, type SchedulerStyle } from './palette.js';
export { csvOf, tableOf } from './table-of.js';
